"""Arguments of `animate` name files, folders and patterns; every file gets an output of its own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from a2f_server.animate_command.inputs import FoundFiles, find, printable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def targets(found: FoundFiles) -> dict[str, str]:
    return {str(source.path): str(source.target) for source in found.sources}


def test_files_lose_their_folders() -> None:
    put("in/a.wav", "in/deep/b.mp3")
    assert targets(find(["in/a.wav", "in/deep/b.mp3"])) == {"in/a.wav": "a", "in/deep/b.mp3": "b"}


def test_folders_are_mirrored() -> None:
    put("in/a.wav", "in/deep/b.FLAC", "in/deep/.c.wav", "in/.git/d.wav", "in/notes.txt")
    found = find(["in"])
    assert targets(found) == {"in/a.wav": "a", "in/deep/b.FLAC": "deep/b"}
    assert not found.problems


@pytest.mark.parametrize("pattern", ["in/*.wav", "in/**/?.wav", "i[n]/*.wav"])
def test_patterns_need_no_shell(pattern: str) -> None:
    put("in/b.wav", "in/a.wav", "in/c.mp3")
    assert list(targets(find([pattern]))) == ["in/a.wav", "in/b.wav"]


def test_a_file_whose_name_looks_like_a_pattern() -> None:
    put("take [1].wav", "take 1.wav")
    assert targets(find(["take [1].wav"])) == {"take [1].wav": "take [1]"}


@pytest.mark.parametrize(
    "name",
    ["with space.wav", 'it\'s "quoted".wav', "日本語.wav", "-dash.wav", "a.b.c.wav", "%$&;.wav"],
)
def test_odd_names(name: str) -> None:
    put(name)
    assert targets(find([name])) == {name: name.removesuffix(".wav")}


def test_files_of_the_same_stem_keep_their_suffixes() -> None:
    put("a.wav", "a.mp3", "b.wav")
    assert targets(find(["."])) == {"a.wav": "a.wav", "a.mp3": "a.mp3", "b.wav": "b"}


def test_files_of_the_same_name_keep_their_folders() -> None:
    put("x/a.wav", "y/a.wav", "y/b.wav")
    assert targets(find(["x/a.wav", "y/a.wav", "y/b.wav"])) == {
        "x/a.wav": "x/a",
        "y/a.wav": "y/a",
        "y/b.wav": "b",
    }


def test_files_of_the_same_name_and_stem_keep_both() -> None:
    names = ["x/a.wav", "x/a.mp3", "y/a.wav", "y/a.mp3"]
    put(*names)
    assert targets(find(names)) == {name: name for name in names}


def test_an_output_that_only_looks_different() -> None:
    """`a.wav` with its suffix would be the stem of `a.wav.flac`."""
    put("a.wav", "a.mp3", "a.wav.flac")
    found = find(["a.wav", "a.mp3", "a.wav.flac"])
    assert len(set(targets(found).values())) == 3


def test_each_file_is_animated_once() -> None:
    put("in/a.wav")
    assert len(find(["in/a.wav", "in", "in/*.wav", os.path.abspath("in/a.wav")]).sources) == 1


def test_the_standard_input() -> None:
    (source,) = find(["-"]).sources
    assert (source.path, str(source.target), source.name) == (None, "stdin", "-")


def test_the_standard_input_is_read_once_and_has_an_output_of_its_own() -> None:
    put("stdin.wav")
    assert targets(find(["-", "stdin.wav", "-"])) == {"None": "stdin", "stdin.wav": "stdin.wav"}


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("nothing.wav", "no such file"),
        ("*.ogg", "no file matches"),
        ("empty", "no audio files"),
        ("dangling.wav", "No such file"),
        ("/dev/null", "neither a file nor a folder"),
        ("x\n\x1b.wav", "no such file"),
    ],
)
def test_what_cannot_be_found_is_named(argument: str, reason: str) -> None:
    Path("empty").mkdir()
    Path("dangling.wav").symlink_to("gone.wav")
    put("good.wav")
    found = find([argument, "good.wav"])
    ((name, why),) = found.problems
    assert reason in why
    assert "\n" not in name
    assert [str(source.path) for source in found.sources] == ["good.wav"]


def test_links_in_a_circle_end() -> None:
    put("in/a.wav")
    Path("in/again").symlink_to(".")
    assert targets(find(["in"])) == {"in/a.wav": "a"}


def test_sockets_in_a_folder_are_no_audio() -> None:
    put("in/a.wav")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind("in/b.sock")
        assert len(find(["in"]).sources) == 1


def test_pipes_in_a_folder_are_not_waited_for() -> None:
    put("in/a.wav")
    os.mkfifo("in/b.wav")
    assert targets(find(["in"])) == {"in/a.wav": "a"}
    assert targets(find(["in/b.wav"])) == {"in/b.wav": "b"}, "named by an argument, as by <(command)"


def test_names_are_shown_without_what_a_terminal_interprets() -> None:
    assert printable("a\x1b[2Jb\n.wav") == "a\\x1b[2Jb\\n.wav"
    assert printable(os.fsdecode(b"\xff.wav")) == "\\udcff.wav"
    assert printable("日本 é.wav") == "日本 é.wav"
