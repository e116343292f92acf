"""Lints the files of the container image and checks that they are consistent, without building it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from typer.main import get_command

from a2f_server.cli import app
from a2f_server.settings import Settings
from tests.runpod.conftest import ROOT

BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "runpod/Dockerfile").read_text()
README = (ROOT / "runpod/README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BODIES = {name: json.loads((ROOT / f"runpod/{name}.json").read_text()) for name in ("template", "endpoint", "queue")}
SCRIPTS = sorted(
    path
    for path in ROOT.rglob("*.sh")
    if not {".venv", "node_modules", "runs", ".cache"} & set(path.relative_to(ROOT).parts)
)


def pinned(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def lint(*command: str | Path) -> None:
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_dockerfile_is_lint_free() -> None:
    lint(BIN / "hadolint", ROOT / "runpod/Dockerfile")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_are_lint_free(script: Path) -> None:
    lint(BIN / "shellcheck", script)


def test_the_compose_file_fits_its_schema() -> None:
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml")


def test_the_pins_of_the_gpu_match_the_extra() -> None:
    pins = pinned("runpod/gpu.txt")
    for line in PROJECT["optional-dependencies"]["gpu"]:
        wanted = Requirement(line)
        assert pins[wanted.name] in wanted.specifier, line


def test_the_cuda_version_is_consistent() -> None:
    """onnxruntime-gpu is for CUDA 12 up to 1.26, for CUDA 13 from 1.28 on; 1.27 is neither."""
    pins = pinned("runpod/gpu.txt")
    major = 12 if pins["onnxruntime-gpu"] in SpecifierSet("<1.27") else 13
    libraries = {name for name in pins if name.startswith("nvidia-")}
    assert libraries == {name for name in libraries if name.endswith(f"-cu{major}")}
    required = re.search(r'NVIDIA_REQUIRE_CUDA="cuda>=([\d.]+)"', DOCKERFILE)
    assert required
    assert required[1].startswith(f"{major}.")
    assert BODIES["endpoint"]["gpu"]["minCudaVersion"] == BODIES["queue"]["gpu"]["minCudaVersion"] == required[1]
    assert min(BODIES["template"]["allowedCudaVersions"], key=lambda v: [*map(int, v.split("."))]) == required[1]
    assert f"CUDA {required[1]}" in README


def test_the_pins_of_the_queue_match_the_extra_and_keep_the_servers() -> None:
    queue = pinned("runpod/queue.txt")
    wanted = Requirement(PROJECT["optional-dependencies"]["runpod"][0])
    assert queue[wanted.name] in wanted.specifier
    own = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert not own & set(queue), "the server's own packages have one version in all images"


def test_the_python_of_the_image_is_supported() -> None:
    version = re.search(r"^ARG PYTHON=([\d.]+)$", DOCKERFILE, re.MULTILINE)
    assert version
    assert version[1] in SpecifierSet(PROJECT["requires-python"])


def test_extras_of_the_image_exist() -> None:
    used = {extra for found in re.findall(r"whl\)\[([\w,]+)", DOCKERFILE) for extra in found.split(",")}
    assert {"cpu", "gpu", "runpod"} < used <= set(PROJECT["optional-dependencies"])


def test_every_package_of_a_clean_environment_has_an_exact_version(clean: Path, pins: Path) -> None:
    ask = "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
    listed = subprocess.run([clean / "python", "-c", ask], check=True, capture_output=True, text=True).stdout.split()
    exact = {re.sub(r"[-_.]+", "-", line).lower() for line in pins.read_text().split()}
    loose = {re.sub(r"[-_.]+", "-", line).lower() for line in listed if not line.startswith("a2f")} - exact
    assert not loose


def test_the_container_runs_as_non_root_and_holds_no_secret() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    for target in ("cpu", "gpu", "queue"):
        (stage,) = [s for s in stages if re.match(rf"\S+ AS {target}\n", s)]
        assert re.findall(r"^USER (.*)$", stage, re.MULTILINE) == ["10001:10001"]
    named = re.findall(r"^(?:ARG|ENV) (.*)$", DOCKERFILE, re.MULTILINE)
    assert not [line for line in named if re.search(r"KEY|TOKEN|SECRET|PASSWORD", line)]


def test_the_health_check_does_not_depend_on_free_slots() -> None:
    """/ping returns 503 while the server is full, which must not cause a restart."""
    assert re.search(r'^HEALTHCHECK .* CMD \["/opt/a2f/start.sh", "health"\]$', DOCKERFILE, re.MULTILINE)
    assert "$port/health" in (ROOT / "runpod/start.sh").read_text()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that .dockerignore sends to the builder."""
    out = tmp_path_factory.mktemp("context")
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*", "everything is excluded by default"
    for pattern in (line[1:] for line in lines if line.startswith("!")):
        found = list(ROOT.glob(pattern))
        assert found, pattern
        for path in found:
            to = out / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, to)
    return out


def test_the_context_contains_all_that_the_image_copies(context: Path) -> None:
    copied = [line.split()[:-1] for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE)]
    for source in {source for sources in copied for source in sources}:
        assert (context / source).exists(), source


def test_the_context_contains_all_files_of_the_server(context: Path, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, context]
    subprocess.run(line, check=True)
    assert next(tmp_path.glob("*.whl")).stat().st_size > 1 << 20, "with the page, its head and the model"


def test_compose_requires_a_key_and_listens_on_loopback() -> None:
    for name, target in (("cpu", "cpu"), ("gpu", "gpu")):
        service = COMPOSE["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert service["mem_limit"] == "${MEM_LIMIT:-8g}"
        assert service["pids_limit"] == "${PIDS_LIMIT:-2048}"
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["environment"]["A2F_API_KEY"].startswith("${A2F_API_KEY:?")
        assert service["ports"][0].startswith("127.0.0.1:")
        assert service["ports"][0].endswith(f":{service['environment']['A2F_PORT']}")
        assert service["environment"]["PORT"] == service["environment"]["A2F_PORT"], "it comes first in start.sh"
        assert service["build"]["target"] == target
        assert service["volumes"] == ["models:/workspace"]
        assert int(service["stop_grace_period"].removesuffix("s")) > Settings.model_fields["drain_s"].default
    assert COMPOSE["services"]["gpu"]["deploy"]["resources"]["reservations"]["devices"][0]["capabilities"] == ["gpu"]


SERVES = ("template", "endpoint")


@pytest.mark.parametrize("name", SERVES)
def test_ports_agree(name: str) -> None:
    body = BODIES[name]
    port = body["env"]["PORT"]
    assert body["ports"] == [f"{port}/http"]
    assert body["env"].get("PORT_HEALTH", port) == port
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert body["env"].get("HEALTH_CHECK_PATH", "/ping") == "/ping"


@pytest.mark.parametrize("name", SERVES)
def test_keys_are_references(name: str) -> None:
    assert re.fullmatch(r"\{\{ RUNPOD_SECRET_\w+ \}\}", BODIES[name]["env"]["A2F_API_KEY"])


@pytest.mark.parametrize(("name", "target"), [("template", "gpu"), ("endpoint", "gpu"), ("queue", "queue")])
def test_images_are_those_of_the_readme(name: str, target: str) -> None:
    image = BODIES[name]["image"]
    assert image == f"YOUR_NAME/a2f-server:{target}"
    assert f"--target {target} -t {image} " in README
    assert all(isinstance(value, str) for value in BODIES[name]["env"].values()), "RunPod wants strings"


def test_endpoints_have_the_fields_that_runpod_requires() -> None:
    for body in (BODIES["endpoint"], BODIES["queue"]):
        assert {"name", "type", "image", "gpu", "scaling", "workers"} <= set(body)
    assert BODIES["endpoint"]["type"] == "LOAD_BALANCER"
    assert BODIES["endpoint"]["scaling"]["type"] == "REQUEST_COUNT", "the only one that such endpoints take"
    assert BODIES["queue"]["type"] == "QUEUE"
    assert int(BODIES["endpoint"]["env"]["A2F_MAX_FILE_BYTES"]) <= 30_000_000, "RunPod takes no more"
    assert int(BODIES["queue"]["env"]["A2F_MAX_FILE_BYTES"]) * 4 / 3 <= 20_000_000, "in base64"


NAMING = ["docker-compose.yml", "docs/deploy.md", "docs/troubleshooting.md"]
NAMING += [str(path.relative_to(ROOT)) for path in (ROOT / "runpod").iterdir() if path.is_file()]
STARTS = {"A2F_MODEL", "A2F_ACCEPT_LICENCE", "A2F_VOLUME"}
"""Variables that start.sh reads itself."""


@pytest.mark.parametrize("name", NAMING)
def test_named_settings_exist(name: str) -> None:
    known = {f"A2F_{field.upper()}" for field in Settings.model_fields} | STARTS
    assert set(re.findall(r"\bA2F_[A-Z_]+[A-Z]\b", (ROOT / name).read_text())) <= known


def test_variables_of_start_are_documented_at_its_top() -> None:
    top = (ROOT / "runpod/start.sh").read_text().partition("set -eu")[0]
    assert set(re.findall(r"^#   (A2F_\w+)", top, re.MULTILINE)) == STARTS


def test_files_and_commands_of_the_readme_exist() -> None:
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", README):
        assert (ROOT / "runpod" / link).exists(), link
    for path in re.findall(r"(?<![\w/.])runpod/[\w./-]+\w", README):
        assert (ROOT / path).exists(), path
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    for command in re.findall(r"a2f-server ([a-z]+)(?: |`|\n)", README):
        assert command in commands, command
