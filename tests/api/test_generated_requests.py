"""The HTTP routes take whatever their OpenAPI document allows, and more, without failing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from a2f_server.tts.contract import SpeechEvent, SpeechRequest, VoiceToken
from tests.support.running import Running, run_server
from tests.tts.toy import ToyVoice

CHECKS = ("not_a_server_error", "unsupported_method")


class PatientVoice(ToyVoice):
    """Speaks any text, shortened, and never fails or hangs."""

    issues_tokens = True

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        text = (request.text or "ssml")[:20]
        plain = replace(request, text="".join(letter if letter.isalnum() else "a" for letter in text), ssml=None)
        async for event in super().speak(plain):
            yield event

    async def token(self) -> VoiceToken:
        return VoiceToken("token", 600)


@pytest.fixture
def server() -> Iterator[Running]:
    with run_server(voice=PatientVoice(), text_per_minute=10**9) as running:
        yield running


def test_no_request_fails(server: Running, tmp_path: Path) -> None:
    """The requests are the same in every run."""
    options = ["--checks", ",".join(CHECKS), "--generation-deterministic", "--max-examples", "30"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json", *options, "--no-color"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)
    assert run.returncode == 0, run.stdout
    with server.http() as http:
        routes = http.get("/openapi.json").json()["paths"].values()
    assert re.findall(r"Tested: (\d+)", run.stdout) == [str(sum(map(len, routes)))]
    assert server.service.engine.slots.taken == 0
    assert not server.service.http_speeches
