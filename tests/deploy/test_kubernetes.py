"""The manifests for Kubernetes fit its schemas, each other and the server."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from a2f_server import __version__
from a2f_server.metrics import Metrics
from a2f_server.settings import Settings
from tests.support.running import run_server
from tests.support.spawning import ROOT

FOLDER = ROOT / "deploy/kubernetes"
OLDEST, NEWEST = "1.29", "1.34"
"""Versions of Kubernetes."""
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))


def documents(name: str) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all((FOLDER / name).read_text("utf-8"))


MANIFESTS = {manifest["kind"]: manifest for name in KUSTOMIZATION["resources"] for manifest in documents(name)}
POD = MANIFESTS["Deployment"]["spec"]["template"]
(CONTAINER,) = POD["spec"]["containers"]
LABELS = {"app.kubernetes.io/name": "a2f-server"}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("kind", MANIFESTS)
def test_it_fits_the_schema(kind: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


def test_the_schema_would_find_a_fault() -> None:
    wrong = json.loads(json.dumps(MANIFESTS["Deployment"]))
    wrong["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


def test_every_file_is_listed_or_for_something_that_is_installed_extra() -> None:
    extra = {"kustomization.yaml", "podmonitor.yaml", "adapter-values.yaml"}
    assert {path.name for path in FOLDER.glob("*.yaml")} == {*KUSTOMIZATION["resources"], *extra}


def test_the_documented_command_names_the_image_in_both_folders() -> None:
    lines = (ROOT / "docs/operations.md").read_text("utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("sed -i")]
    _, _, command, *files = shlex.split(line.replace("$IMAGE", "registry.example.com/a2f-server"))
    _, old, new, _ = command.split("#")
    names = []
    for file in files:
        (image,) = yaml.safe_load((ROOT / file).read_text("utf-8").replace(old, new))["images"]
        names.append(image.get("newName", image["name"]))
    assert names == ["registry.example.com/a2f-server"] * 2
    assert {str(path.relative_to(ROOT)) for path in FOLDER.rglob("*.yaml") if old in path.read_text()} == set(files)


def test_probes_ask_what_the_server_answers_without_a_key() -> None:
    probes = {name: CONTAINER[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startup": "/health",
        "liveness": "/health",
        "readiness": "/ping",
    }
    with run_server(api_key="a key that is long enough") as server:
        for probe in probes.values():
            assert httpx.get(server.url + probe["path"], headers={"Host": "10.1.2.3"}).status_code == 200


def test_settings_exist() -> None:
    names = {entry["name"] for entry in CONTAINER["env"]}
    assert names - {"PORT"} <= {f"A2F_{name.upper()}" for name in Settings.model_fields}
    values = {e["name"].removeprefix("A2F_").lower(): e["value"] for e in CONTAINER["env"] if "value" in e}
    del values["port"]
    assert Settings(**values).locked


def test_ports_and_labels_agree() -> None:
    (port,) = CONTAINER["ports"]
    assert port["name"] == MANIFESTS["Service"]["spec"]["ports"][0]["targetPort"]
    assert {"name": "PORT", "value": str(port["containerPort"])} in CONTAINER["env"]
    backend = MANIFESTS["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": MANIFESTS["Service"]["metadata"]["name"], "port": {"name": "http"}}
    assert POD["metadata"]["labels"] == LABELS == MANIFESTS["Service"]["spec"]["selector"]
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert MANIFESTS[kind]["spec"]["selector"] == {"matchLabels": LABELS}
    (monitor,) = documents("podmonitor.yaml")
    assert monitor["spec"]["selector"] == {"matchLabels": LABELS}
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] == port["name"]


def test_the_file_of_keys_is_mounted_as_a_folder() -> None:
    """A file that is mounted alone does not change with its secret."""
    file = next(e["value"] for e in CONTAINER["env"] if e["name"] == "A2F_KEYS_FILE")
    mount = next(m for m in CONTAINER["volumeMounts"] if m["name"] == "keys")
    assert (mount["mountPath"], "subPath" in mount) == (str(Path(file).parent), False)
    assert {v["name"] for v in POD["spec"]["volumes"]} == {m["name"] for m in CONTAINER["volumeMounts"]}


def test_there_is_time_to_shut_down() -> None:
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])
    assert POD["spec"]["terminationGracePeriodSeconds"] >= pause + Settings.model_fields["drain_s"].default + 2


def test_it_scales_by_a_metric_that_exists() -> None:
    (metric,) = [m["pods"]["metric"] for m in MANIFESTS["HorizontalPodAutoscaler"]["spec"]["metrics"] if "pods" in m]
    assert metric["name"] in {family.name for family in Metrics().registry.collect()}
    (values,) = documents("adapter-values.yaml")
    assert values["rules"]["custom"][0]["seriesQuery"].startswith(f"{metric['name']}{{")


def test_it_runs_with_few_rights() -> None:
    assert POD["spec"]["securityContext"]["runAsUser"] == 10001, "the user of the image"
    assert POD["spec"]["securityContext"]["runAsNonRoot"]
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_version_of_the_images_is_this_one() -> None:
    gpu = yaml.safe_load((FOLDER / "gpu/kustomization.yaml").read_text("utf-8"))
    (cpu_image,), (gpu_image,) = KUSTOMIZATION["images"], gpu["images"]
    assert (cpu_image["name"], cpu_image["newTag"]) == (CONTAINER["image"], f"{__version__}-cpu")
    assert (gpu_image["name"], gpu_image["newTag"]) == (cpu_image["newName"], f"{__version__}-gpu")
    for change in yaml.safe_load(gpu["patches"][0]["patch"]):
        assert change["path"].startswith("/spec/template/spec/containers/0/resources/limits/")
