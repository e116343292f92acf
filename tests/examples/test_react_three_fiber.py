"""examples/react-three-fiber: built with Vite, the component speaks, and is mounted twice without harm."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.examples.pages import READY, SPEAKS, press, wait_for
from tests.examples.site import EXAMPLES, serve_examples

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = EXAMPLES / "react-three-fiber"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[str]:
    if not (FOLDER / "node_modules/vite").is_dir():
        pytest.skip(f"packages are missing: cd {FOLDER} && npm install")
    output = tmp_path_factory.mktemp("site")
    line = ["node", "node_modules/vite/bin/vite.js", "build", "--outDir", str(output), "--emptyOutDir"]
    done = subprocess.run(line, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    with serve_examples(origin, output) as url:
        yield url


def test_the_component_speaks(visit: Callable[..., Page], built: str) -> None:
    page = visit(built)
    wait_for(page, READY)
    press(page, "Speak")
    wait_for(page, SPEAKS)
