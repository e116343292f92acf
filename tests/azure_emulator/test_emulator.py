"""The emulator over plain sockets, with the messages of Microsoft's JavaScript SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from a2f_server.azure_emulator import facial_expression
from a2f_server.azure_emulator.app import SOCKETS
from a2f_server.azure_emulator.failures import MEANING, Failure
from a2f_server.azure_emulator.messages import parse
from a2f_server.azure_emulator.recorded_voice import RecordedVoice
from a2f_server.tts.contract import VisemeEvent
from tests.support.emulating import PATIENCE, Emulated, Hummer, run_emulator
from tests.support.spawning import command
from tests.support.waiting import until

SSML = (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" '
    'xml:lang="en-US"><voice name="{}"><mstts:viseme type="FacialExpression"/>hm</voice></speak>'
)
ALL = {"visemeEnabled": True, "wordBoundaryEnabled": "true", "sessionEndEnabled": True}


def talk(azure: Emulated, path: str = SOCKETS[1], **options: Any) -> ClientConnection:
    return connect(azure.host + path, compression=None, open_timeout=PATIENCE, max_size=None, **options)


def accepted(azure: Emulated, path: str = SOCKETS[1], **options: Any) -> None:
    with talk(azure, path, **options):
        pass


def ask(
    socket: ClientConnection,
    request: str,
    voice: str = "en-US-AvaNeural",
    format: str = "raw-24khz-16bit-mono-pcm",
    options: dict[str, Any] = ALL,
) -> None:
    context = json.dumps({"synthesis": {"audio": {"outputFormat": format, "metadataOptions": options}}})
    socket.send(f"Path: synthesis.context\r\nX-RequestId: {request}\r\n\r\n{context}")
    socket.send(f"Path: ssml\r\nX-RequestId: {request}\r\n\r\n{SSML.format(voice)}")


class Answer:
    """All messages of a turn."""

    def __init__(self, socket: ClientConnection) -> None:
        self.paths: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.sound = b""
        self.requests: set[str] = set()
        while not self.paths or self.paths[-1] != "turn.end":
            self._take(socket.recv(PATIENCE))

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            size = int.from_bytes(message[:2])
            self.sound += message[2 + size :]
            message = message[2 : 2 + size].decode()
        read = parse(message)
        self.paths.append(read.path)
        self.requests.add(read.request_id)
        if read.path == "audio.metadata":
            self.events += read.json()["Metadata"]

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event["Data"] for event in self.events if event["Type"] == type]


@pytest.mark.parametrize("path", SOCKETS)
def test_a_turn(path: str) -> None:
    with run_emulator() as azure, talk(azure, path) as socket:
        for request in ("one", "two"):
            ask(socket, request)
            answer = Answer(socket)
            assert answer.requests == {request}
            assert answer.paths[:2] == ["turn.start", "response"]
            assert answer.paths[-3:] == ["audio.metadata", "audio", "turn.end"]
            assert answer.sound == Hummer().sound
            assert [v["Offset"] for v in answer.of("Viseme")[:3]] == [0, 1_000_000, 5_000_000]
            assert [w["text"]["Text"] for w in answer.of("WordBoundary")] == ["hm0", "hm1", "hm2", "hm3"]
            assert answer.of("SessionEnd") == [{"Offset": 20_000_000}]
        assert [turn.state for turn in azure.records.turns] == ["done", "done"]
        assert azure.records.connections == 1


@pytest.mark.parametrize(
    ("name", "rate"), [("8khz", 8000), ("16khz", 16000), ("22050hz", 22050), ("44100hz", 44100), ("48khz", 48000)]
)
def test_rates(name: str, rate: int) -> None:
    with run_emulator() as azure, talk(azure) as socket:
        ask(socket, "r", format=f"raw-{name}-16bit-mono-pcm", options={})
        answer = Answer(socket)
        assert abs(len(answer.sound) // 2 - 2 * rate) <= 1
        assert not answer.events
        ask(socket, "r", format=f"riff-{name}-16bit-mono-pcm", options={})
        wav = Answer(socket).sound
        assert wav[:4] == b"RIFF"
        assert wav[44:] == answer.sound


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"format": "audio-24khz-48kbitrate-mono-mp3"}, "output format"),
        ({"voice": "en-US-NobodyNeural"}, "Unsupported voice"),
        ({"voice": "en-US-Fail-sometimes"}, "failures are"),
        ({"voice": "<"}, "well-formed"),
    ],
)
def test_unsupported_requests_are_refused(options: dict[str, str], words: str) -> None:
    with run_emulator() as azure, talk(azure) as socket:
        ask(socket, "r", **options)
        with pytest.raises(ConnectionClosed) as closed:
            Answer(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1007
        assert words in closed.value.rcvd.reason


def test_facial_expression_only_where_azure_has_it() -> None:
    with run_emulator() as azure, talk(azure) as socket:
        ask(socket, "r")
        visemes = Answer(socket).of("Viseme")
        chunks = [json.loads(v["AnimationChunk"]) for v in visemes if v["AnimationChunk"]]
        assert sum(len(chunk["BlendShapes"]) for chunk in chunks) == 120
        assert all(v["IsLastAnimation"] for v in visemes)
        ask(socket, "r", voice="ja-JP-NanamiNeural")
        assert not any(v["AnimationChunk"] for v in Answer(socket).of("Viseme"))
        ask(socket, "r", voice="en-US-Fail-chunked")
        pieces = [v for v in Answer(socket).of("Viseme") if not v["IsLastAnimation"]]
        assert len(pieces) == 2 * len(chunks)


def test_disconnecting_cancels_the_turn() -> None:
    with run_emulator(Hummer(40), pace=1.0) as azure:
        with talk(azure) as socket:
            ask(socket, "r")
            socket.recv(PATIENCE)
        until(lambda: azure.cancelled == 1)
        assert azure.records.turns[0].sent < len(Hummer(40).sound)
        until(lambda: azure.records.open == 0)


def test_keys_and_tokens() -> None:
    with run_emulator(key="k") as azure, httpx.Client(base_url=azure.http, verify=False) as http:
        with pytest.raises(InvalidStatus):
            accepted(azure)
        assert http.get("/cognitiveservices/voices/list").status_code == 401
        assert http.post("/sts/v1.0/issueToken").status_code == 401
        shown = {"Ocp-Apim-Subscription-Key": "k"}
        assert http.get("/tts/cognitiveservices/voices/list", headers=shown).json()[0]["ShortName"]
        token = http.post("/sts/v1.0/issueToken", headers=shown).text
        for path in ("?Ocp-Apim-Subscription-Key=k", f"?Authorization=Bearer%20{token}"):
            accepted(azure, SOCKETS[1] + path)
        accepted(azure, additional_headers={"Authorization": f"Bearer {token}"})


def test_cross_origin_requests_are_allowed() -> None:
    with run_emulator() as azure, httpx.Client(base_url=azure.http, verify=False) as http:
        origin = {"Origin": "http://page.example"}
        assert http.get("/cognitiveservices/voices/list", headers=origin).headers["access-control-allow-origin"] == "*"
        asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-any"}
        assert http.options("/sts/v1.0/issueToken", headers=asked).status_code == 200


@pytest.mark.parametrize(("failure", "status"), [("401", 401), ("429", 429), ("503", 503)])
def test_connections_can_be_refused(failure: str, status: int) -> None:
    with run_emulator(fail=Failure(failure)) as azure:
        with pytest.raises(InvalidStatus) as refused:
            accepted(azure)
        assert refused.value.response.status_code == status
    with run_emulator(fail=Failure("429-once")) as azure:
        with pytest.raises(InvalidStatus):
            accepted(azure)
        accepted(azure)


def test_a_recording_replaces_the_voice() -> None:
    path = Path(__file__).parents[1] / "data/voice.wav"
    recording = RecordedVoice(path, [VisemeEvent(1.0, 6), VisemeEvent(0.0, 0)])
    with run_emulator(recording) as azure, talk(azure) as socket:
        ask(socket, "r", format="raw-16khz-16bit-mono-pcm")
        answer = Answer(socket)
        assert answer.sound == path.read_bytes()[44:]
        assert [v["VisemeId"] for v in answer.of("Viseme")] == [0, 6]


def test_the_jaw_opens_in_vowels_and_the_lips_close_in_bilabials() -> None:
    rows = facial_expression.rows([VisemeEvent(0, 21), VisemeEvent(0.5, 2), VisemeEvent(1.0, 0)], 1.5)
    assert rows.shape == (90, 55)
    assert rows[10, facial_expression.PRESS_LEFT] > 0.3
    assert rows[45, facial_expression.JAW_OPEN] > 0.4
    assert rows[10, facial_expression.JAW_OPEN] < 0.1
    assert rows[:, :52].min() < 0
    assert np.abs(np.diff(rows[:, facial_expression.JAW_OPEN])).max() < 0.2
    assert facial_expression.rows([], 0.1).shape == (6, 55)
    assert facial_expression.rows([], 0).shape == (0, 55)


def test_every_failure_is_explained() -> None:
    assert set(MEANING) == set(Failure)
    listed = command("azure-emulator", "--help").stdout
    assert "429-once" in listed
    assert "no-visemes" in listed


def test_the_command_reports_errors() -> None:
    done = command("azure-emulator", "--recording", "/nowhere.wav")
    assert done.returncode == 2
    assert "/nowhere.wav" in done.stderr
