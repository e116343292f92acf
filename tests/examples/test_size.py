"""A reader writes at most 15 lines for the face, and each example has a README of ten lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples.site import EXAMPLES

OURS = [
    *(EXAMPLES / "streaming-tts" / name for name in ("elevenlabs.js", "azure.js")),
    *EXAMPLES.glob("*/face.js"),
    *EXAMPLES.glob("*/face.py"),
    EXAMPLES / "react-three-fiber/src/App.jsx",
    EXAMPLES / "livekit/room.js",
]
MOST = 15
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))
NO_CODE = re.compile(r"^(import .*|from .* import .*|class .*|(async )?def .*|[\])};,(\s]*|//.*|/?\*.*|@.*|#.*)$")


def code(path: Path) -> list[str]:
    """Returns the lines of a file without imports, signatures, comments, docstrings and lines of brackets."""
    text = re.sub(r'"""(?:.|\n)*?"""', "", path.read_text("utf-8"))
    text = re.sub(r"^from [\w.]+ import \([^)]*\)|^import \{[^}]*\} from .*", "", text, flags=re.MULTILINE)
    return [line for line in map(str.strip, text.splitlines()) if not NO_CODE.match(line)]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_the_readers_code_is_short(path: Path) -> None:
    assert 0 < len(code(path)) <= MOST, "\n".join(code(path))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_folder_has_a_readme_with_one_command(folder: Path) -> None:
    lines = [line for line in (folder / "README.md").read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) <= 14
    assert lines.count("```sh") == 1
    assert f"[{folder.name}]({folder.name}/README.md)" in (EXAMPLES / "README.md").read_text("utf-8")
