"""`POST /v1/video`: a streamed video of the whole file, or progress events; and every bad input."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import av
import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from tests.api.compat.test_chunked import RATE, lumas, running
from tests.support.faces import GLB
from tests.support.running import Running
from tests.support.sounds import buzz, wav
from tests.support.waiting import until

SPEECH = wav(buzz(1.2, RATE), RATE)
KEY = "a key of the tests"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(video_sessions=4) as own:
        yield own


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def make(
    http: httpx.Client, audio: bytes = SPEECH, image: bytes = GLB, accept: str = "", **query: Any
) -> httpx.Response:
    headers = {"Accept": accept} if accept else {}
    files = {"image": ("face.glb", image), "audio": ("speech.wav", audio)}
    return http.post("/v1/video", files=files, params=query, headers=headers)


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text[:300]
    return str(answer.json()["message"])


def idle(server: Running) -> bool:
    return not (
        server.service.videos.capacity.taken or server.service.engine.slots.taken or server.service.uploads.held
    )


def test_a_picture_and_a_file_become_a_video(server: Running, http: httpx.Client) -> None:
    answer = make(http)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content)) as file:
        assert {stream.type for stream in file.streams} == {"video", "audio"}
        assert file.streams.video[0].average_rate == 25
        heard = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    assert abs(len(heard) / 48000 - 1.2) < 0.05
    assert len(lumas(answer.content)) == 30
    until(lambda: idle(server))


@pytest.mark.parametrize("fps", [25, 30, 60])
def test_the_frames_are_those_of_the_animation(http: httpx.Client, fps: int) -> None:
    clip = http.post("/v1/animate", params={"fps": fps, "seed": 3}, content=SPEECH).json()
    jaw = np.array(clip["weights"])[:, clip["blendshapes"].index("jawOpen")]
    assert lumas(make(http, fps=fps, seed=3).content) == pytest.approx(list(16 + 219 * jaw), abs=3)


@pytest.mark.parametrize("accept", ["text/event-stream", "application/x-ndjson"])
def test_events_report_progress_and_where_the_video_is(server: Running, http: httpx.Client, accept: str) -> None:
    answer = make(http, accept=accept)
    assert answer.headers["content-type"].startswith(accept)
    if accept == "application/x-ndjson":
        events = [json.loads(line) for line in answer.text.splitlines()]
    else:
        pairs = [event.split("\ndata: ") for event in answer.text.strip().split("\n\n")]
        events = [{"type": kind.removeprefix("event: "), **json.loads(data)} for kind, data in pairs]
    assert [event["type"] for event in events][:2] == ["start", "progress"]
    start, end = events[0], events[-1]
    assert (start["fps"], start["width"], start["height"], start["duration"]) == (25, 128, 128, 1.2)
    assert end["type"] == "end"
    assert (end["frames"], end["duration"]) == (30, 1.2)
    assert len(lumas(http.get(end["url"]).content)) == 30
    assert "#EXT-X-ENDLIST" in http.get(start["hls"]).text
    until(lambda: idle(server))


def test_a_file_that_breaks_off_is_an_error(server: Running, http: httpx.Client) -> None:
    refused(make(http, audio=b"RIFF....WAVEjunk"), 400, "bad_audio")
    refused(make(http, audio=b"no sound at all"), 415, "unsupported_audio")
    refused(make(http, audio=b""), 400, "bad_audio")
    refused(make(http, audio=wav(np.zeros(0), RATE)), 400, "bad_audio")
    events = make(http, audio=wav(np.zeros(0), RATE), accept="application/x-ndjson").text.splitlines()
    assert json.loads(events[-1])["code"] == "bad_audio"
    until(lambda: idle(server))


def test_pictures_without_a_face_are_refused(server: Running, http: httpx.Client) -> None:
    refused(make(http, image=b"<svg/>"), 415, "unsupported_picture")
    until(lambda: idle(server))


@pytest.mark.parametrize(
    "query",
    [{"fps": 5}, {"size": 64}, {"size": 2000}, {"face": -1}, {"profile": "none"}, {"emotions": "{"}, {"crop": "maybe"}],
)
def test_bad_options_are_refused(http: httpx.Client, query: dict[str, Any]) -> None:
    refused(make(http, **query), 422, "bad_message")


def test_both_files_are_needed(http: httpx.Client) -> None:
    assert "image" in refused(http.post("/v1/video", files={"audio": SPEECH}), 422, "bad_message")
    assert "audio" in refused(http.post("/v1/video", files={"image": GLB}), 422, "bad_message")
    assert "multipart" in refused(http.post("/v1/video", content=SPEECH), 422, "bad_message")
    assert "video/mp4" in refused(make(http, accept="image/png"), 422, "bad_message")


def test_a_client_that_leaves_frees_everything(server: Running) -> None:
    long = wav(buzz(60, RATE), RATE)
    files = {"image": ("face.glb", GLB), "audio": ("speech.wav", long)}
    for accept in ("video/mp4", "application/x-ndjson"):
        with (
            server.http() as http,
            http.stream("POST", "/v1/video", files=files, headers={"Accept": accept}) as answer,
        ):
            next(answer.iter_raw())
        until(lambda: idle(server))


def test_a_full_server_says_so_before_the_upload() -> None:
    with running(video_sessions=1) as own, own.http() as http:
        own.service.videos.capacity._most = 0
        answer = make(http)
        refused(answer, 503, "busy")
        assert answer.headers["retry-after"]


def test_a_key_or_token_is_needed() -> None:
    with running(api_key=SecretStr(KEY)) as own, own.http() as http:
        refused(make(http), 401, "unauthorized")
        http.headers["Authorization"] = f"Bearer {KEY}"
        assert make(http).status_code == 200
