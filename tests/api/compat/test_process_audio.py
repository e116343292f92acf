"""`POST /process-audio/`: chunks that a2f-client can merge, the same frames as /v1/animate, and bad input."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from a2f_server import arkit
from a2f_server.api.compat.base64_audio import decoded
from a2f_server.api.compat.dynamic_rate import DynamicRate
from tests.backends.toy import Raising
from tests.support.running import Running, run_server
from tests.support.sounds import buzz, encoded, wav
from tests.support.waiting import until

SOUND = wav(buzz(5.03, 22050), 22050)
FIELDS = {
    *("exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat"),
    *("joints", "rotations", "translations"),
}


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def process(http: httpx.Client, file: bytes = SOUND, path: str = "/process-audio/", **options: Any) -> httpx.Response:
    return http.post(path, files={"audio_file": ("speech.wav", file, "audio/wav")}, **options)


def chunks(answer: httpx.Response) -> list[dict[str, Any]]:
    """Returns the results; checks their numbers and fields."""
    assert answer.status_code == 200, answer.text[:200]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["chunk_id"] for line in lines] == list(range(len(lines)))
    for line in lines:
        assert line.keys() == {"chunk_id", "result"}
        assert line["result"].keys() == FIELDS
    return [line["result"] for line in lines]


def merged(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Merges chunks in the way of a2f-client: what describes the face must be the same in all of them."""
    whole = dict(results[0])
    for part in results[1:]:
        for name in ("exportFps", "numPoses", "facsNames", "joints"):
            assert part[name] == whole[name], name
        for i in range(part["numFrames"]):
            for name in ("weightMat", "rotations", "translations"):
                whole[name] = [*whole[name], part[name][i]]
        whole["numFrames"] += part["numFrames"]
    return whole


def animated(http: httpx.Client, fps: int, data: bytes = SOUND, **query: Any) -> list[list[float]]:
    return list(http.post("/v1/animate", content=data, params={"fps": fps, **query}).json()["weights"])


@pytest.mark.parametrize("fps", [10, 20, 24, 30, 60])
def test_merged_chunks_equal_the_whole_animation(http: httpx.Client, fps: int) -> None:
    results = chunks(process(http, params={"fps": fps}))
    whole = merged(results)
    assert [r["numFrames"] for r in results[:2]] == [2 * fps, 2 * fps]
    assert whole["weightMat"] == animated(http, fps)
    assert whole["numFrames"] == len(whole["weightMat"]) == len(whole["rotations"]) == len(whole["translations"])
    assert (whole["exportFps"], whole["numPoses"], whole["joints"]) == (fps, 52, [])
    assert whole["facsNames"] == list(arkit.NAMES)


@pytest.mark.parametrize("seconds", [0.01, 1.999, 2, 2.0001, 4])
def test_every_chunk_has_two_seconds_but_the_last(http: httpx.Client, seconds: float) -> None:
    data = wav(np.zeros(round(seconds * 48000), np.float32), 48000)
    results = chunks(process(http, data, params={"fps": 30}))
    assert len(results) == -(-round(seconds * 48000) // 96000)
    assert merged(results)["weightMat"] == animated(http, 30, data)


def test_the_rate_changes_at_the_boundaries_of_chunks_only(http: httpx.Client) -> None:
    results = chunks(process(http))
    assert results[0]["exportFps"] == 10, "every request begins there"
    for i, result in enumerate(results):
        fps = result["exportFps"]
        assert 10 <= fps <= 30
        assert result["weightMat"] == animated(http, fps)[2 * i * fps : 2 * (i + 1) * fps]


@pytest.mark.parametrize("rates", [(10, 29, 10, 11, 60), (30, 17, 23), (13, 13, 60, 13)])
def test_any_rate_may_follow_any_other(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch, rates: tuple[int, ...]
) -> None:
    def adapt(self: DynamicRate, chunk_s: float, took_s: float) -> None:
        assert took_s >= 0
        assert chunk_s == 2
        left.append(left.pop(0))
        self.fps = left[0]

    left = list(rates)
    monkeypatch.setattr(DynamicRate, "adapt", adapt)
    monkeypatch.setattr("a2f_server.api.compat.dynamic_rate.LEAST", rates[0])
    data = wav(buzz(2 * len(rates), 8000), 8000)
    results = chunks(process(http, data))
    assert [r["exportFps"] for r in results] == list(rates)
    for i, fps in enumerate(rates):
        assert results[i]["weightMat"] == animated(http, fps, data)[2 * i * fps : 2 * (i + 1) * fps]


def test_the_rate_follows_the_speed_of_the_model() -> None:
    rate = DynamicRate()
    seen = []
    for took in (0.5, 0.5, 4.0, 0.0, 2.0, 100.0, 100.0, 100.0):
        rate.adapt(2, took)
        seen.append(rate.fps)
    # 10 · 4 − 7 = 33 → (10 + 33) // 2; then 21 · 4 − 7 = 77 …; below real time the safe rate is 10
    assert seen == [21, 30, 20, 30, 26, 18, 14, 12]


def test_a_rate_that_was_asked_for_stays() -> None:
    rate = DynamicRate(24)
    rate.adapt(2, 100)
    assert rate.fps == 24


def test_emotions(http: httpx.Client) -> None:
    joy = '{"joy": 0.5}'
    for text in (joy, '{"joy": 0.5, "out_of_breath": 1, "../": "x"}'):
        assert merged(chunks(process(http, params={"fps": 20}, data={"emotions": text})))["weightMat"] == animated(
            http, 20, emotions=joy
        )
    assert chunks(process(http, params={"fps": 20}, data={"emotions": ""})) == chunks(process(http, params={"fps": 20}))


@pytest.mark.parametrize(
    "text", ["{joy", "joy", "[]", "7", '{"joy": 7}', '{"joy": -1}', '{"joy": NaN}', '{"joy": "much"}', "[" * 5000]
)
def test_bad_emotions(http: httpx.Client, text: str) -> None:
    answer = process(http, data={"emotions": text})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Invalid emotions format: ")
    assert answer.json()["detail"] == answer.json()["message"]


@pytest.mark.parametrize(
    "text", [base64.b64encode(SOUND), base64.encodebytes(SOUND), base64.b64encode(SOUND).rstrip(b"=")]
)
def test_base64(http: httpx.Client, text: bytes) -> None:
    assert chunks(process(http, text, params={"fps": 20})) == chunks(process(http, params={"fps": 20}))


def test_audio_is_not_taken_for_base64() -> None:
    for data in (SOUND, encoded(buzz(0.1, 16000), 16000, "FLAC"), b"no audio!", b"", b"!"):
        assert decoded(data) == data


def test_other_formats_and_the_address_without_a_slash(http: httpx.Client) -> None:
    data = encoded(buzz(1, 16000), 16000, "FLAC")
    assert merged(chunks(process(http, data, "/process-audio?fps=30")))["weightMat"] == animated(http, 30, data)


def test_the_name_of_the_file_means_nothing(http: httpx.Client) -> None:
    files = {"audio_file": ("../../etc/passwd", SOUND)}
    results = chunks(http.post("/process-audio/", params={"fps": 20}, files=files))
    assert results == chunks(process(http, params={"fps": 20}))
    assert {r["trackPath"] for r in results} == {""}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"files": {"audio_file": ("a.wav", b"")}}, 400),
        ({"files": {"audio_file": ("a.wav", SOUND[:60])}}, 400),
        ({"files": {"audio_file": ("a.wav", b"no audio at all")}}, 415),
        ({"files": {"audio_file": ("a.wav", base64.b64encode(b"no audio at all"))}}, 415),
        ({"files": {"audio": ("a.wav", SOUND)}}, 422),
        ({"data": {"audio_file": "text"}, "files": {"other": ("a.wav", b"")}}, 422),
        ({"content": b""}, 400),
        ({"files": {"audio_file": SOUND}, "params": {"fps": 0}}, 422),
        ({"files": {"audio_file": SOUND}, "params": {"fps": 61}}, 422),
        ({"files": {"audio_file": SOUND}, "params": {"fps": "fast"}}, 422),
        ({"files": {"audio_file": encoded(np.full(99, np.nan, np.float32), 8000, "WAV", "FLOAT")}}, 400),
    ],
)
@pytest.mark.parametrize("path", ["/process-audio/", "/process-audio"])
def test_bad_input(http: httpx.Client, options: dict[str, Any], status: int, path: str) -> None:
    answer = http.post(path, **options)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_failure_before_the_first_chunk_is_an_error_of_http() -> None:
    with run_server(backend=Raising()) as server, server.http() as http:
        answer = process(http, wav(np.ones(8000, np.float32), 8000))
        assert answer.status_code == 500
        assert answer.json()["detail"]


def test_a_failure_after_the_first_chunk_is_a_line() -> None:
    """A run of 64 windows fails together, so the chunk before the failure may be missing, too."""
    with run_server(mock_fail_after=4.9) as server, server.http() as http:
        first, *rest = (json.loads(line) for line in process(http).text.splitlines())
        assert first["result"]["numFrames"] == 20
        assert rest[-1].keys() == {"chunk_id", "error"}
        assert (rest[-1]["chunk_id"], bool(rest[-1]["error"])) == (len(rest), True)
        until(lambda: server.service.engine.slots.taken == 0)


def test_keys_origins_and_slots() -> None:
    with run_server(api_key=SecretStr("correct horse battery staple"), max_streams=1) as server, server.http() as http:
        answer = process(http)
        assert (answer.status_code, bool(answer.json()["detail"])) == (401, True)
        key = {"Authorization": "Bearer correct horse battery staple"}
        answer = process(http, headers={**key, "Origin": "https://evil.example"})
        assert (answer.status_code, bool(answer.json()["detail"])) == (403, True)
        slot = server.service.engine.slots.reserve()
        answer = process(http, headers=key)
        assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "full", "1")
        slot.close()
        assert len(chunks(process(http, headers=key))) == 3


def test_a_client_that_leaves_frees_its_slot(server: Running) -> None:
    data = wav(buzz(60, 8000), 8000)
    with server.http() as http, http.stream("POST", "/process-audio/", files={"audio_file": data}) as answer:
        assert next(answer.iter_lines())
    until(lambda: server.service.engine.slots.taken == 0 and server.service.uploads.held == 0)
    until(lambda: not server.service.engine._open)
