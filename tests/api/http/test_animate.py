"""`POST /v1/animate`: four formats with the same frames."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.clip import FaceClip, quantise
from tests.backends.toy import Hanging
from tests.support.running import PATIENCE, Running, run_server
from tests.support.sounds import buzz, encoded, wav
from tests.support.waiting import until

JSON, CSV, NDJSON, SSE = "application/json", "text/csv", "application/x-ndjson", "text/event-stream"
SOUND = wav(buzz(1.3, 16000), 16000)


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def animate(http: httpx.Client, accept: str = JSON, data: bytes = SOUND, **query: Any) -> httpx.Response:
    return http.post("/v1/animate", content=data, params=query, headers={"Accept": accept})


def weights(http: httpx.Client, **query: Any) -> np.ndarray:
    return np.array(animate(http, **query).json()["weights"])


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """Returns the message of an error."""
    assert answer.status_code == status, answer.text[:200]
    body = answer.json()
    assert body.keys() - {"reason"} == {"type", "code", "message"}
    assert ("reason" in body) == (code == "busy")
    assert (body["type"], body["code"]) == ("error", code)
    return str(body["message"])


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def events(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    parts = [part.split("\n") for part in answer.text.removesuffix("\n\n").split("\n\n")]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in parts]


def streamed(server: Running, data: bytes, **fields: Any) -> np.ndarray:
    """Returns the frames from the socket, as u16."""
    with server.talk() as talk:
        talk.expect("ready")
        return talk.animate(data, audio={"encoding": "file"}, **fields)


# Formats


def test_json_equals_the_socket_to_four_decimals(server: Running, http: httpx.Client) -> None:
    answer = animate(http)
    values = streamed(server, SOUND)
    assert answer.headers["content-type"] == JSON
    assert answer.json() == {
        "fps": 30,
        "blendshapes": list(arkit.NAMES),
        "weights": [[round(value / 65535, 4) for value in row] for row in values.tolist()],
    }


def test_csv_is_exact(server: Running, http: httpx.Client) -> None:
    answer = animate(http, CSV)
    assert answer.headers["content-type"].startswith(CSV)
    assert 'filename="animation_30fps.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]
    assert len(rows) == 1 + 39
    assert np.array_equal(quantise(FaceClip.from_csv(answer.text, 30).weights), streamed(server, SOUND))


def test_ndjson_agrees_with_json(http: httpx.Client) -> None:
    answer = animate(http, NDJSON)
    assert answer.headers["content-type"].startswith(NDJSON)
    start, *parts, end = lines(answer)
    whole = animate(http).json()
    assert start == {"type": "start", "fps": 30, "blendshapes": whole["blendshapes"]}
    assert end == {"type": "end", "frames": 39, "duration": 1.3}
    rows: list[list[float]] = []
    for part in parts:
        assert part.keys() == {"type", "first", "weights"}
        assert (part["type"], part["first"]) == ("frames", len(rows))
        rows += part["weights"]
    assert rows == whole["weights"]


def test_events_agree_with_ndjson(http: httpx.Client) -> None:
    answer = animate(http, SSE)
    assert answer.headers["content-type"].startswith(SSE)
    kinds = events(answer)
    assert [kind for kind, _ in kinds[:1] + kinds[-1:]] == ["start", "end"]
    assert {kind for kind, _ in kinds[1:-1]} == {"frames"}
    rows = [row for kind, data in kinds if kind == "frames" for row in data["weights"]]
    assert rows == [row for line in lines(animate(http, NDJSON)) for row in line.get("weights", [])]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("text/csv;charset=utf-8", CSV),
        ("TEXT/CSV", CSV),
        ("application/x-ndjson, application/json", NDJSON),
        ("text/html, text/event-stream", SSE),
    ],
)
def test_accept_selects_the_format(http: httpx.Client, accept: str, form: str) -> None:
    assert animate(http, accept).headers["content-type"].partition(";")[0] == form


def test_an_unknown_format_is_refused(http: httpx.Client) -> None:
    sentence = refused(animate(http, "application/xml"), 422, "bad_message")
    assert all(form in sentence for form in (JSON, CSV, NDJSON, SSE))


# The file


def test_multipart_equals_the_raw_body(http: httpx.Client) -> None:
    form = http.post("/v1/animate", files={"audio": ("a.wav", SOUND, "audio/wav")}, data={"note": "ignored"})
    assert form.json() == animate(http).json()


@pytest.mark.parametrize("content_type", ["audio/wav", "application/octet-stream", "text/plain"])
def test_the_raw_body_may_have_any_content_type(http: httpx.Client, content_type: str) -> None:
    answer = http.post("/v1/animate", content=SOUND, headers={"Content-Type": content_type})
    assert answer.status_code == 200


def test_flac_gives_the_frames_of_its_wav(http: httpx.Client) -> None:
    integers = np.rint(buzz(1.3, 16000) * 32767).astype(np.int16)
    assert animate(http, data=encoded(integers, 16000, "FLAC")).json() == animate(http).json()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"files": {"sound": ("a.wav", SOUND)}}, "no file field named 'audio'"),
        ({"data": {"audio": "text"}, "files": {"other": b""}}, "no file field named 'audio'|Too many files"),
        ({"files": [("audio", SOUND), ("audio", SOUND)]}, "cannot be read"),
        ({"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, "cannot be read"),
        ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "cannot be read"),
    ],
    ids=["another name", "a text field", "two files", "no boundary", "nonsense"],
)
def test_multipart_without_audio_is_refused(http: httpx.Client, options: dict[str, Any], words: str) -> None:
    sentence = refused(http.post("/v1/animate", **options), 422, "bad_message")
    assert any(word in sentence for word in words.split("|")), sentence


def test_an_empty_body(http: httpx.Client) -> None:
    assert "empty" in refused(animate(http, data=b""), 400, "bad_audio")


# The query


def test_fps(http: httpx.Client) -> None:
    answer = animate(http, fps=60).json()
    assert (answer["fps"], len(answer["weights"])) == (60, 78)
    assert lines(animate(http, NDJSON, fps=24))[0]["fps"] == 24
    assert animate(http, CSV, fps=50).text.splitlines()[50].startswith("00:00:00:49.000")


def test_seed_profile_and_backend(server: Running, http: httpx.Client) -> None:
    data = wav(buzz(7, 8000), 8000)
    one, other, raw = (weights(http, data=data, **q) for q in ({"seed": 1}, {"seed": 2}, {"profile": "raw"}))
    assert not np.array_equal(one[:, 0], other[:, 0])
    assert np.array_equal(one[:, 17], other[:, 17])
    assert not raw[:, 0].any()
    assert np.array_equal(weights(http, data=data, seed=1, backend="mock"), one)
    assert np.allclose(streamed(server, data, seed=1) / 65535, one, atol=5.1e-5)


def test_emotions(server: Running, http: httpx.Client) -> None:
    happy = weights(http, emotions=json.dumps({"joy": 0.5}))
    assert happy[:, arkit.INDEX["mouthSmileLeft"]].min() >= 0.35
    assert np.allclose(streamed(server, SOUND, emotions={"joy": 0.5}) / 65535, happy, atol=5.1e-5)


def test_a_profile_that_renames(http: httpx.Client) -> None:
    query = {"profile": "KQ-default", "offset_name": "anger_4", "seed": 3}
    whole = animate(http, **query).json()
    start, *parts, _ = lines(animate(http, NDJSON, **query))
    assert whole["blendshapes"] == start["blendshapes"]
    assert {"あ", "ワ", "まばたき", "怒り"} <= set(whole["blendshapes"])
    assert [row for part in parts for row in part["weights"]] == whole["weights"]
    column = whole["blendshapes"].index("怒り")
    assert all(row[column] == 0.9 for row in whole["weights"])
    assert "other names than a CSV" in refused(animate(http, CSV, **query), 422, "bad_message")


def test_offset_name(server: Running, http: httpx.Client) -> None:
    plain, angry, unknown = (
        weights(http, profile="dlp3d", **more) for more in ({}, {"offset_name": "anger_4"}, {"offset_name": "hunger"})
    )
    brow = arkit.INDEX["browDownLeft"]
    np.testing.assert_allclose(angry[:, brow], plain[:, brow] + 0.7, atol=1e-3)
    assert np.array_equal(unknown, plain)
    live = streamed(server, SOUND, profile="dlp3d", offset_name="anger_4") / 65535
    np.testing.assert_allclose(live, angry, atol=5.1e-5)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"fps": 9}, "fps: "),
        ({"fps": 61}, "fps: "),
        ({"fps": "fast"}, "fps: "),
        ({"fps": 29.97}, "fps: "),
        ({"seed": -1}, "seed: "),
        ({"seed": 2**32}, "seed: "),
        ({"seed": "x"}, "seed: "),
        ({"profile": "nobody"}, "there is no profile 'nobody'; known are default, calm, raw"),
        ({"backend": "oracle"}, "the backend 'oracle' does not run here"),
        ({"emotions": "joy"}, "emotions: not JSON"),
        ({"emotions": "["}, "emotions: not JSON"),
        ({"emotions": "[" * 5000}, "emotions: not JSON"),
        ({"emotions": "[]"}, "emotions: "),
        ({"emotions": '{"joy": 2}'}, "emotions.joy: "),
        ({"emotions": '{"joy": NaN}'}, "emotions.joy: "),
        ({"emotions": '{"hunger": 1}'}, "there is no emotion 'hunger'"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("accept", [JSON, NDJSON])
def test_bad_values(http: httpx.Client, query: dict[str, Any], words: str, accept: str) -> None:
    assert words in refused(animate(http, accept, **query), 422, "bad_message")


# Limits


@pytest.fixture(scope="module")
def small() -> Iterator[Running]:
    with run_server(max_file_bytes=1_500_000, max_utterance_s=2, max_streams=1) as running:
        yield running


def test_the_size_limit_is_exact(small: Running) -> None:
    largest = wav(np.zeros(((1_500_000 - 44) // 4, 2), np.float32), 192000)
    assert len(largest) == 1_500_000
    with small.http() as http:
        assert animate(http, data=largest).status_code == 200
        assert refused(animate(http, data=largest + bytes(1)), 413, "too_large")


@pytest.mark.parametrize("multipart", [False, True])
def test_a_file_beyond_the_limit(small: Running, multipart: bool) -> None:
    data = SOUND + bytes(3_000_000)
    with small.http() as http:
        answer = http.post("/v1/animate", files={"audio": data}) if multipart else animate(http, data=data)
    assert "1500000 bytes" in refused(answer, 413, "too_large")
    until(lambda: small.service.engine.slots.taken == 0)


def test_a_file_beyond_the_limit_is_refused_while_it_is_read(small: Running) -> None:
    with socket.create_connection(("127.0.0.1", small.port), PATIENCE) as connection:
        connection.sendall(b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
        connection.sendall(bytes(1_600_000))
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("accept", [JSON, CSV, NDJSON, SSE])
def test_a_bad_file_is_an_http_error_in_every_format(small: Running, accept: str) -> None:
    with small.http() as http:
        refused(animate(http, accept, data=wav(buzz(3, 8000), 8000)), 413, "too_long")
        refused(animate(http, accept, data=b"text"), 415, "unsupported_audio")
        refused(animate(http, accept, data=SOUND[:1000]), 400, "bad_audio")
    until(lambda: small.service.engine.slots.taken == 0)


@pytest.mark.parametrize("accept", [JSON, CSV, NDJSON, SSE])
def test_a_full_server_sends_retry_after(small: Running, accept: str) -> None:
    with small.talk() as talk, small.http() as http:
        talk.expect("ready")
        talk.start()
        talk.expect("started")
        talk.send(bytes(2))
        until(lambda: small.service.engine.slots.taken)
        answer = animate(http, accept)
        refused(answer, 503, "busy")
        assert answer.headers["retry-after"] == "1"
        talk.say("end")
        talk.expect("end")
        until(lambda: small.service.engine.slots.taken == 0)
        assert animate(http, accept).status_code == 200


def test_a_client_that_disconnects_mid_stream_frees_its_slot() -> None:
    backend = Hanging()
    sound = np.concatenate([buzz(3, 16000) * np.float32(0.5), np.ones(16000, np.float32)])
    with run_server(backend) as own:
        body: dict[str, Any] = {"content": wav(sound, 16000), "headers": {"Accept": NDJSON}}
        with own.http() as http, http.stream("POST", "/v1/animate", **body) as answer:
            lines = answer.iter_lines()  # kept: dropping the iterator would close the connection
            assert next(lines).startswith('{"type":"start"')
            assert own.service.engine.slots.taken == 1
        until(lambda: own.service.engine.slots.taken == 0)
        backend.released.set()


def test_a_client_that_disconnects_mid_upload_is_not_an_error(small: Running) -> None:
    with socket.create_connection(("127.0.0.1", small.port), PATIENCE) as connection:
        connection.sendall(
            b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + SOUND[:100]
        )
    until(lambda: not small.server.server_state.tasks)
    until(lambda: small.service.engine.slots.taken == 0)
