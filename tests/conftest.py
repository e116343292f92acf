"""What all tests share: the machine's recordings where they are, our own voice, and a running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Running, run_server

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def voice() -> bytes:
    """Our own four seconds of babble: a wav, 16 kHz, mono, 16 bits."""
    return (ROOT / "tests/data/voice.wav").read_bytes()


@pytest.fixture(scope="session")
def recordings() -> list[Path]:
    """Real recordings, which lie beside the checkout of those who develop here."""
    folder = SHARED / "data/speech"
    if not folder.is_dir():
        pytest.skip(f"real recordings are missing: {folder} (runs in CI)")
    return sorted(p for p in folder.iterdir() if p.suffix in {".wav", ".flac", ".mp3", ".opus"})


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """A real server with the settings of a newcomer."""
    with run_server() as running:
        yield running
