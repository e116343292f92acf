"""Grafana's dashboard, Prometheus's rules and the compose profile agree with the server's metrics."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from a2f_server.api.scrape import Scrape
from a2f_server.api.service import Service
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from tests.support.spawning import ROOT

DEPLOY = ROOT / "deploy"
ALERTS = DEPLOY / "prometheus/alerts.yml"
BOARD = json.loads((DEPLOY / "grafana/a2f-server.json").read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OF_PROMETHEUS = {"up"}
LEFT_OUT: set[str] = set()
"""Metrics of ours that the dashboard does not show."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all metrics of a server, each as its queries write it."""
    file = tmp_path_factory.mktemp("keys") / "keys.toml"
    file.write_text('[[keys]]\nname = "web"\nkey = "long enough"\nexpires = 2020-01-01')
    service = Service(Settings(backend="mock", keys_file=file), MockBackend(), profiles.load(None))
    families = text_string_to_metric_families(Scrape(service).text().decode())
    suffixes = {"counter": "_total", "histogram": "_bucket"}
    names = {family.name + suffixes.get(family.type, "") for family in families if not _is_time(family.name)}
    return {"a2f_build_info" if name == "a2f_build" else name for name in names}


def _is_time(name: str) -> bool:
    """Returns True for the times at which counters began, which the library adds to each."""
    return name.endswith("_created")


def used(expression: str) -> set[str]:
    """Returns the metrics that a query names."""
    return set(re.findall(r"\b(?:a2f|process)_\w+\b|\bup\b", re.sub(r'"[^"]*"', "", expression)))


def expressions() -> list[str]:
    return [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]


def test_every_metric_of_the_dashboard_exists(known: set[str]) -> None:
    named = set().union(*map(used, expressions()))
    assert named
    assert named <= known


def test_every_metric_is_on_the_dashboard(known: set[str]) -> None:
    named = set().union(*map(used, expressions()))
    assert known - named == LEFT_OUT


def test_every_metric_of_the_alerts_exists(known: set[str]) -> None:
    named = set().union(*(used(rule["expr"]) for rule in rules()))
    assert named
    assert named <= known | OF_PROMETHEUS


def test_every_metric_of_the_documentation_exists(known: set[str]) -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    named = set(re.findall(r"`(a2f_\w+[a-z])`", page))
    assert len(named) > 15
    assert named <= {re.sub("_bucket$", "", name) for name in known}


def test_every_alert_says_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules()) >= 8
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_alert_is_tested() -> None:
    tested = yaml.safe_load((DEPLOY / "prometheus/alerts_test.yml").read_text("utf-8"))["tests"]
    fired = {case["alertname"] for test in tested for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules()}


@pytest.mark.parametrize(
    "command",
    [("check", "config", "--syntax-only", "prometheus.yml"), ("check", "rules", "alerts.yml"),
     ("test", "rules", "alerts_test.yml")],
    ids=" ".join,
)  # fmt: skip
def test_promtool_accepts_the_files(command: tuple[str, ...]) -> None:
    script = ROOT / "scripts/promtool.sh"
    found = subprocess.run([script], capture_output=True, text=True, timeout=300, check=False)
    if found.returncode:
        pytest.skip(f"promtool is missing: {found.stderr.strip().splitlines()[-1]}")
    ran = subprocess.run(
        [found.stdout.strip(), *command], cwd=ALERTS.parent, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_dashboard_is_generated() -> None:
    command = [sys.executable, ROOT / "scripts/dashboard.py", "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for place in (panel["gridPos"] for panel in BOARD["panels"]):
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_compose_mounts_what_the_files_name() -> None:
    prometheus = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    services, (job,) = COMPOSE["services"], prometheus["scrape_configs"]
    assert {name for name, service in services.items() if service["profiles"] == ["monitoring"]} == {
        "prometheus",
        "grafana",
    }
    secret = job["authorization"]["credentials_file"].removeprefix("/run/secrets/")
    assert secret in services["prometheus"]["secrets"]
    assert COMPOSE["secrets"][secret] == {"environment": "A2F_API_KEY"}
    assert set(job["dns_sd_configs"][0]["names"]) <= services.keys()
    assert job["job_name"] == "a2f-server", "the alerts name it"
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    assert source["datasources"][0]["url"] == "http://prometheus:9090"
    folder = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/a2f-server.yml").read_text("utf-8"))
    for service in ("prometheus", "grafana"):
        mounted = [volume.split(":") for volume in services[service]["volumes"] if volume.startswith("./")]
        assert all((ROOT / path).exists() for path, *_ in mounted)
    targets = [str(Path(target).parent) for _, target, *_ in mounted]
    assert folder["providers"][0]["options"]["path"] in targets
