"""Every example of docs/python-client.md runs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.running import Running, run_server
from tests.support.sounds import buzz, wav

PAGE = (ROOT / "docs/python-client.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python[^\n]*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def talking() -> Iterator[Running]:
    with run_server(tts="espeak") as running:
        yield running


@pytest.mark.parametrize("code", EXAMPLES, ids=[str(i) for i in range(len(EXAMPLES))])
def test_an_example_runs(code: str, talking: Running, tmp_path: Path) -> None:
    (tmp_path / "speech.wav").write_bytes(wav(buzz(0.5, 16000), 16000))
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    script = code.replace("http://127.0.0.1:8000", talking.url)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == 7
