"""`POST /v1/speak`, `GET /v1/voices` and `POST /v1/azure-token`."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from tests.support.emulating import Marker, run_emulator
from tests.support.running import PATIENCE, Running, run_server
from tests.support.waiting import until
from tests.tts.toy import RATE, ToyVoice, sound

KEY = "correct horse battery staple"


@pytest.fixture
def voice() -> ToyVoice:
    return ToyVoice()


@pytest.fixture
def server(voice: ToyVoice) -> Iterator[Running]:
    with run_server(voice=voice) as running:
        yield running


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def test_json_contains_everything(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "hallo", "fps": 60}).json()
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(answer["audio"])), dtype="int16")
    assert rate == answer["sample_rate"] == RATE
    assert samples.astype("<i2").tobytes() == b"".join(sound(i, letter) for i, letter in enumerate("hallo"))
    assert (len(answer["weights"]), answer["fps"], answer["duration"]) == (30, 60, 0.5)
    assert len(answer["blendshapes"]) == len(answer["weights"][0]) == 52
    assert [word["text"] for word in answer["words"]] == list("hallo")
    assert answer["visemes"][1] == {"time": 0.1, "id": ord("a") % 22}
    assert answer["errors"] == []


def test_weights_equal_those_of_the_same_audio_as_a_file(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "hallo", "seed": 4}).json()
    file = http.post("/v1/animate?seed=4", content=base64.b64decode(answer["audio"])).json()
    assert answer["weights"] == file["weights"]


def test_lines_are_streamed_in_order(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "ab"}, headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["type"] for line in lines if line["type"] != "frames"] == [
        *("start", "viseme", "word", "audio", "viseme", "word", "audio", "end")
    ]
    audio = [line for line in lines if line["type"] == "audio"]
    assert b"".join(base64.b64decode(line["pcm"]) for line in audio) == sound(0, "a") + sound(1, "b")
    assert [line["first"] for line in audio] == [0, len(sound(0, "a")) // 2]
    assert sum(len(line["weights"]) for line in lines if line["type"] == "frames") == lines[-1]["frames"] == 6


def test_bookmarks() -> None:
    with run_server(voice=Marker()) as marking, marking.http() as http:
        answer = http.post("/v1/speak", json={"text": "hm"}).json()
        lines = http.post("/v1/speak", json={"text": "hm"}, headers={"Accept": "application/x-ndjson"}).text
    assert answer["bookmarks"][0] == {"time": 0.25, "name": "wave"}
    assert {"type": "bookmark", "time": 1.9, "name": "bow & é"} in map(json.loads, lines.splitlines())


def test_server_sent_events(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "ab"}, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith('event: start\ndata: {"fps":30')
    assert answer.text.endswith('event: end\ndata: {"frames":6,"duration":0.2}\n\n')


def test_a_request_that_the_voice_refuses_is_an_http_error(http: httpx.Client) -> None:
    for accept in ("application/json", "application/x-ndjson"):
        answer = http.post("/v1/speak", json={"text": "!"}, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (502, "tts_failed")
        answer = http.post("/v1/speak", json={"text": "a", "voice": "nobody"}, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")


def test_a_later_failure_is_an_event(http: httpx.Client) -> None:
    answer = http.post("/v1/speak", json={"text": "abc!"}, headers={"Accept": "application/x-ndjson"})
    last = json.loads(answer.text.splitlines()[-1])
    assert (last["type"], last["code"]) == ("error", "tts_failed")
    assert answer.text.count('"pcm"') == 3


def test_a_failed_face_is_reported_beside_the_audio() -> None:
    with run_server(voice=ToyVoice(), mock_fail_after=0.3) as server, server.http() as http:
        answer = http.post("/v1/speak", json={"text": "abcdefghij"}).json()
        (error,) = answer["errors"]
        assert (error["code"], error["continues"]) == ("backend_failed", True)
        assert answer["duration"] == 1.0
        assert len(answer["weights"]) < 30


def test_disconnecting_stops_the_voice(server: Running, http: httpx.Client, voice: ToyVoice) -> None:
    with http.stream("POST", "/v1/speak", json={"text": "a~"}, headers={"Accept": "application/x-ndjson"}) as answer:
        assert next(answer.iter_lines()).startswith('{"type":"start"')
    until(lambda: voice.stopped == 1 and server.service.engine.slots.taken == 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": ""}, 422),
        ({"text": "a", "fps": 500}, 422),
        ({"text": "a", "emotions": {"hunger": 1}}, 422),
        ({"ssml": "<speak><audio src='x'/></speak>"}, 422),
        ({"text": "a" * 5001}, 422),
        ([], 422),
    ],
)
def test_bad_bodies(http: httpx.Client, body: object, status: int) -> None:
    answer = http.post("/v1/speak", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, "bad_message")
    assert answer.json()["message"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_a_body_is_json_whatever_its_content_type(http: httpx.Client, kind: str) -> None:
    answer = http.post("/v1/speak", content=b"{text}", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert "JSON" in answer.json()["message"]
    assert http.post("/v1/speak", content=b'{"text": "a"}', headers={"Content-Type": kind}).status_code == 200


def test_a_body_has_a_limit() -> None:
    with run_server(voice=ToyVoice(), max_message_bytes=1024) as server, server.http() as http:
        answer = http.post("/v1/speak", json={"text": "a", "more": "b" * 2000})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_exceeded_quota_is_busy() -> None:
    with run_server(voice=ToyVoice(), text_per_minute=3) as server, server.http() as http:
        assert http.post("/v1/speak", json={"text": "abc"}).status_code == 200
        answer = http.post("/v1/speak", json={"text": "a"})
        body = answer.json()
        assert (answer.status_code, body["code"], body["reason"]) == (503, "busy", "quota")
        assert answer.headers["retry-after"]


def test_voices(http: httpx.Client) -> None:
    one = {"name": "toy-one", "locale": "en-US", "gender": "female", "description": "a toy"}
    assert http.get("/v1/voices").json() == {"tts": "toy", "voices": [one]}


def test_a_server_without_a_voice() -> None:
    with run_server() as server, server.http() as http:
        for answer in (
            http.post("/v1/speak", json={"text": "a"}),
            http.get("/v1/voices"),
            http.post("/v1/azure-token"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (501, "tts_unavailable")
        assert http.get("/health").json()["tts"] is None


def test_every_route_requires_the_key() -> None:
    with run_server(voice=ToyVoice(), api_key=KEY) as server, server.http() as http:
        for method, path in (("POST", "/v1/speak"), ("GET", "/v1/voices"), ("POST", "/v1/azure-token")):
            assert http.request(method, path, json={"text": "a"}).status_code == 401
        answer = http.post("/v1/speak", json={"text": "a"}, headers={"Authorization": f"Bearer {KEY}"})
        assert answer.status_code == 200
        assert np.shape(answer.json()["weights"]) == (3, 52)


def test_a_page_speaks_with_a_token_within_the_limits_of_its_user() -> None:
    with run_server(voice=ToyVoice(), api_key=KEY, subject_text_per_minute=10) as server, server.http() as http:
        own = {"Authorization": f"Bearer {KEY}"}
        token = http.post("/v1/token", json={"subject": "ann"}, headers=own).json()["token"]
        as_ann = {"Authorization": f"Bearer {token}"}
        assert http.post("/v1/speak", json={"text": "a" * 8}, headers=as_ann).status_code == 200
        assert http.post("/v1/speak", json={"text": "a" * 8}, headers=as_ann).status_code == 503
        assert http.post("/v1/speak", json={"text": "a" * 8}, headers=own).status_code == 200
        assert http.post("/v1/azure-token", headers=as_ann).status_code == 401


def test_a_client_that_does_not_read_is_dropped(voice: ToyVoice) -> None:
    with run_server(voice=voice, send_timeout_s=0.2) as server:
        body = json.dumps({"text": "a" * 3000}).encode()
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(("127.0.0.1", server.port))
            head = f"POST /v1/speak HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
            reader.sendall(f"{head}Accept: application/x-ndjson\r\n\r\n".encode() + body)
            until(lambda: voice.spoken and server.service.engine.slots.taken == 0)
            assert not server.service.http_speeches


def test_disconnecting_before_the_response_stops_the_voice(server: Running, voice: ToyVoice) -> None:
    with pytest.raises(httpx.ReadTimeout), server.http() as http:
        http.post("/v1/speak", json={"text": "a~"}, timeout=0.3)
    until(lambda: voice.stopped == 1 and server.service.engine.slots.taken == 0)


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_a_stopping_server_reports_draining(voice: ToyVoice, accept: str) -> None:
    answers: list[httpx.Response] = []
    with run_server(voice=voice) as server, server.http() as http:

        def ask() -> None:
            answers.append(http.post("/v1/speak", json={"text": "abc~"}, headers={"Accept": accept}))

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: voice.spoken)
        server.stop()
        asking.join(PATIENCE)
    (answer,) = answers
    last = json.loads(answer.text.splitlines()[-1])
    assert (last["code"], last["reason"]) == ("busy", "draining")
    assert answer.status_code == (503 if accept == "application/json" else 200)


def test_azure_tokens_require_a_key_beyond_loopback() -> None:
    with run_emulator() as azure:
        settings = {"tts": "azure", "azure_host": azure.host}
        with run_server(**settings) as server, server.http() as http:
            credentials = http.post("/v1/azure-token").json()
            assert (credentials["host"], credentials["token"]) == (azure.host, None)
        with run_server(host="0.0.0.0", insecure=True, **settings) as server, server.http() as http:
            answer = http.post("/v1/azure-token")
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
