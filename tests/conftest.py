"""Fixtures for all tests: recordings, the test voice, and a running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.support.running import Running, run_server

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

hypothesis.settings.register_profile("loaded", deadline=None)  # the machine may be slow
hypothesis.settings.load_profile("loaded")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Takes back what a command configured in this process: at its level, other tests would miss log lines."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def voice() -> bytes:
    """Four seconds of synthesised babble: a wav, 16 kHz, mono, 16 bits."""
    return (ROOT / "tests/data/voice.wav").read_bytes()


@pytest.fixture(scope="session")
def recordings() -> list[Path]:
    """Real recordings, if there are any next to the checkout."""
    folder = SHARED / "data/speech"
    if not folder.is_dir():
        pytest.skip(f"real recordings are missing: {folder} (runs in CI)")
    return sorted(p for p in folder.iterdir() if p.suffix in {".wav", ".flac", ".mp3", ".opus"})


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """A real server with default settings."""
    with run_server() as running:
        yield running
