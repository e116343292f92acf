"""`a2f-server models check`: its output, one line for each problem, and its exit status."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from a2f_server.cli import app
from tests.support import bundles


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.regression(tmp_path_factory.mktemp("regression"))


@pytest.fixture(scope="module")
def diffusion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.diffusion(tmp_path_factory.mktemp("diffusion"))


def check(folder: Path, *options: str) -> Result:
    result = CliRunner().invoke(app, ["models", "check", str(folder), *options], env={"NO_COLOR": "1"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def problems(result: Result) -> list[str]:
    assert result.exit_code == 1
    return [line.split(maxsplit=1)[1] for line in result.output.splitlines() if line.startswith("  problem")]


def test_a_whole_regression_bundle_is_described(regression: Path) -> None:
    result = check(regression, "--no-measure")
    assert result.exit_code == 0
    for words in (
        "v2.3 Mark: regression, 520 ms of audio for each frame",
        "1300 of 2000 vertices, 43 of 52 poses",
        "solved with L1 0.5, L2 0.5, temporal 0.3, symmetry 100",
        "260 ms at 30 FPS",
        "all files are present and consistent",
    ):
        assert words in result.output


def test_a_whole_diffusion_bundle_is_described(diffusion: Path) -> None:
    result = check(diffusion, "--no-measure", "--identity", "mark")
    assert result.exit_code == 0
    assert "v3.2 Mark: diffusion, 1000 ms of audio for every 30 frames" in result.output
    assert "Claire, James, Mark" in result.output
    assert "750 ms at 30 FPS" in result.output


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_it_is_run_to_measure_its_speed(kind: str, request: pytest.FixtureRequest) -> None:
    result = check(request.getfixturevalue(kind), "--device", "cpu")
    assert result.exit_code == 0
    assert re.search(
        r"speed +\d+\.\d ms per window, \d+\.\d ms in a batch of 8, on CPUExecutionProvider", result.output
    )
    assert re.search(r"real-time factor \d\.\d\d", result.output)
    assert re.search(r"memory +\d+\.\d MB for the network", result.output)
    assert ("of noise" in result.output) == (kind == "diffusion")


def test_every_problem_is_a_line(diffusion: Path, tmp_path: Path) -> None:
    broken = bundles.copy(diffusion, tmp_path / "bundle")
    (broken / "network.onnx").unlink()
    (broken / "bs_tongue_James.npz").write_bytes(b"")
    (broken / "model_config_Mark.json").write_text("{")
    found = problems(check(broken))
    assert len(found) == 3
    assert "network.onnx is missing" in found[0]
    assert "bs_tongue_James.npz is empty" in found[1]
    assert "model_config_Mark.json: this is not JSON" in found[2]


def test_only_the_named_actor_is_checked(diffusion: Path, tmp_path: Path) -> None:
    broken = bundles.copy(diffusion, tmp_path / "bundle")
    (broken / "bs_tongue_James.npz").write_bytes(b"")
    assert check(broken, "--no-measure", "--identity", "Claire").exit_code == 0
    assert problems(check(broken, "--no-measure", "--identity", "Nobody"))


def test_git_lfs_pointers_are_recognised(regression: Path, tmp_path: Path) -> None:
    clone = bundles.copy(regression, tmp_path / "bundle")
    for file in (*clone.glob("*.npz"), clone / "network.onnx"):
        file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    found = problems(check(clone))
    assert len(found) == 5
    assert all("is a pointer of Git LFS" in line for line in found)


def test_a_bundle_of_another_kind_is_named(tmp_path: Path) -> None:
    """The files of an Audio2Emotion model."""
    (tmp_path / "model.json").write_text('{"networkInfoPath": "network_info.json", "networkPath": "network.trt"}')
    (tmp_path / "network_info.json").write_text('{"id": {"type": "audio2emotion"}}')
    [line] = problems(check(tmp_path))
    assert "it looks like Audio2Emotion" in line


def spoil_weights(file: Path) -> None:
    """Changes a 1 in the network to NaN; constants are stored as they are."""
    data = file.read_bytes()
    assert np.float32(1).tobytes() in data
    file.write_bytes(data.replace(np.float32(1).tobytes(), np.float32(np.nan).tobytes(), 1))


def spoil_inside(file: Path) -> None:
    """Overwrites part of the graph, keeping the length."""
    data = bytearray(file.read_bytes())
    data[200:400] = bytes(200)
    file.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("spoil", "words"), [(spoil_weights, "values that are not numbers"), (spoil_inside, "network.onnx")]
)
def test_a_damaged_network_is_a_problem(
    regression: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    broken = bundles.copy(regression, tmp_path / "bundle")
    spoil(broken / "network.onnx")
    [line] = problems(check(broken, "--device", "cpu"))
    assert words in line


def test_the_network_of_another_kind_is_a_problem(regression: Path, diffusion: Path, tmp_path: Path) -> None:
    broken = bundles.copy(regression, tmp_path / "bundle")
    shutil.copy(diffusion / "network.onnx", broken)
    [line] = problems(check(broken, "--device", "cpu"))
    assert "network.onnx" in line
    assert "input" in line


def test_help_explains_both_commands() -> None:
    text = CliRunner().invoke(app, ["models", "--help"], env={"COLUMNS": "200"}).output
    assert "check" in text
    assert "pull" in text
