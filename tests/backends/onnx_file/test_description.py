"""Descriptions of networks in TOML: the shipped ones, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from a2f_server import arkit
from a2f_server.backends.onnx_file import description

SMALLEST = 'name = "mine"\n'


def read(folder: Path, text: str) -> description.Description:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return description.load(file)


def test_the_shipped_ones() -> None:
    unitalker, wav2arkit = description.shipped("unitalker"), description.shipped("wav2arkit")
    assert len(unitalker.names) == 51
    assert set(unitalker.names) == set(arkit.NAMES) - {"tongueOut"}
    assert unitalker.names[45] == "mouthShrugUpper"
    assert wav2arkit.names == sorted(arkit.NAMES)
    assert wav2arkit.repository == "myned-ai/wav2arkit_cpu"


def test_everything_but_the_name_has_a_default(tmp_path: Path) -> None:
    found = read(tmp_path, SMALLEST)
    assert found.columns == list(range(52))
    assert found.windows().layout().lookahead(30) == 1
    assert found.pauses() is None


def test_other_outputs_are_ignored(tmp_path: Path) -> None:
    found = read(tmp_path, SMALLEST + 'order = ["headYaw", "jawOpen"]')
    assert found.columns == [None, arkit.INDEX["jawOpen"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name: Field required"),
        ("name = ", "mine.toml: Invalid value"),
        ('name = "../x"', "name: "),
        (SMALLEST + "smaple_rate = 16000", "smaple_rate: Extra inputs"),
        (SMALLEST + "sample_rate = 0", "sample_rate: "),
        (SMALLEST + 'order = ["a", "b"]', "none of the 52 names"),
        (SMALLEST + 'order = ["jawOpen", "jawOpen"]', "occurs twice"),
        (SMALLEST + 'order = "azure"', "order"),
        (SMALLEST + 'file = "../x.onnx"', "file: "),
        (SMALLEST + 'repository = "x"', "repository: "),
        (SMALLEST + "[window]\nhop = 2", "overlap of windows"),
        (SMALLEST + "[window]\nahead = 0", "one frame ahead"),
        (SMALLEST + "[silence]\nwindow_s = 0", "silence.window_s"),
        (SMALLEST + '[inputs]\nx = { meaning = "frames" }', 'exactly one input must have the meaning "audio"'),
        (SMALLEST + '[inputs]\nx = { meaning = "smell" }', "inputs.x"),
        (SMALLEST + '[inputs]\nx = { meaning = "one_hot", size = 2, index = 2 }', "index must be below size"),
        (SMALLEST + '[inputs]\nx = { meaning = "emotion", neutral = 1, ids = { glee = 2 } }', "no emotion 'glee'"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"mine\.toml") as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.toml cannot be read: No such file"):
        description.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ValueError, match=r"latin\.toml"):
        description.load(tmp_path / "latin.toml")
