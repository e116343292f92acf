"""Chunked sessions: the documented fields and states, every way to send speech, and every bad input."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

import a2f_server.portrait
from a2f_server.api.compat.chunked import SEARCHED, _Place
from a2f_server.video import sessions as sessions_module
from a2f_server.video.session import VideoSession
from a2f_server.video.sessions import VideoSessions
from tests.support.faces import GLB, flat_faces
from tests.support.running import PATIENCE, Running, run_server
from tests.support.sounds import buzz, encoded, s16, wav
from tests.support.waiting import until

BASE = "/api/audio-driven/chunked"
SAMPLE = (Path(a2f_server.portrait.__file__).parent / "sample.jpg").read_bytes()
RATE = 16000
KEY = "a key of the tests"


@contextmanager
def running(**settings: Any) -> Iterator[Running]:
    """Runs a server that draws flat faces."""
    with run_server(**settings) as server:
        server.service.videos.load = flat_faces
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(video_sessions=8) as own:
        yield own


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client
    for key in list(server.service.videos.sessions._sessions):
        server.loop.call_soon_threadsafe(server.service.videos.sessions._sessions[key].close)
        del server.service.videos.sessions._sessions[key]


def init(http: httpx.Client, image: bytes = GLB, **fields: Any) -> httpx.Response:
    data = {"audio_sample_rate": RATE, **fields}
    return http.post(f"{BASE}/init", files={"image": ("face.glb", image)}, data=data)


def opened(http: httpx.Client, image: bytes = GLB, **fields: Any) -> str:
    answer = init(http, image, **fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["session_id"])


def feed(http: httpx.Client, key: str, chunk: bytes, final: bool = False) -> httpx.Response:
    return http.post(
        f"{BASE}/feed",
        data={"session_id": key, "is_final_chunk": str(final).lower()},
        files={"audio_chunk": ("chunk", chunk)},
    )


def fed(http: httpx.Client, key: str, chunk: bytes, final: bool = False) -> dict[str, Any]:
    answer = feed(http, key, chunk, final)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def status(http: httpx.Client, key: str) -> dict[str, Any]:
    return dict(http.get(f"{BASE}/status/{key}").json())


def complete(http: httpx.Client, key: str) -> dict[str, Any]:
    until(lambda: status(http, key)["status"] in ("complete", "error"))
    return status(http, key)


def video(http: httpx.Client, key: str) -> bytes:
    answer = http.get(f"/api/hls/{key}/download")
    assert answer.status_code == 200, answer.text
    return answer.content


def lumas(mp4: bytes) -> list[int]:
    """Returns the brightness of every frame."""
    with av.open(io.BytesIO(mp4)) as file:
        return [int(np.median(frame.to_ndarray()[: frame.height])) for frame in file.decode(video=0)]


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["detail"] == answer.json()["message"]
    return str(answer.json()["message"])


def test_a_session_has_the_documented_fields(http: httpx.Client) -> None:
    answer = init(http, crop="true", seed=42, nfe=10, cfg_scale=2.0, chunk_duration=1.0, audio_sample_rate=24000)
    key = answer.json()["session_id"]
    assert answer.json() == {
        "status": "success",
        "session_id": key,
        "hls_url": f"/hls/{key}/playlist.m3u8",
        "message": "Session ready. Send audio chunks to /api/audio-driven/chunked/feed",
        "chunk_duration": 1.0,
        "audio_sample_rate": 24000,
    }
    assert status(http, key)["status"] == "waiting_for_audio"
    chunk = wav(buzz(1, 24000), 24000)
    assert fed(http, key, chunk) == {
        "status": "success",
        "session_id": key,
        "buffer_samples": 24000,
        "frames_generated": 0,
        "session_status": "processing",
        "message": "Audio chunk received and queued for processing",
    }
    until(lambda: status(http, key)["status"] == "waiting_for_audio")
    assert fed(http, key, chunk, final=True)["frames_generated"] > 15
    done = complete(http, key)
    assert done.keys() == {
        *("session_id", "status", "total_frames_generated", "buffer_samples", "error"),
        *("created_at", "uptime_seconds"),
    }
    assert (done["status"], done["total_frames_generated"], done["buffer_samples"]) == ("complete", 50, 48000)
    assert done["error"] is None
    deleted = http.delete(f"{BASE}/session/{key}")
    assert deleted.json() == {"status": "success", "message": f"Session {key} cleaned up"}
    refused(http.get(f"{BASE}/status/{key}"), 404, "not_found")


def test_chunks_make_the_video_of_the_whole_file(http: httpx.Client) -> None:
    sound = buzz(2.03, RATE)
    whole, chunked, raw = opened(http), opened(http), opened(http)
    fed(http, whole, wav(sound, RATE), final=True)
    for part in np.split(sound, [8000, 16000, 24000]):
        fed(http, chunked, wav(part, RATE))
        fed(http, raw, s16(part)[:-1] if len(part) == 8000 else s16(part))  # raw chunks may end within a sample
        fed(http, raw, s16(part)[-1:] if len(part) == 8000 else b"\0\0")
    fed(http, chunked, b"", final=True)
    fed(http, raw, b"", final=True)
    assert complete(http, whole)["total_frames_generated"] == 51
    assert complete(http, chunked)["total_frames_generated"] == 51, "overlap adds no frames"
    complete(http, raw)
    assert lumas(video(http, whole)) == lumas(video(http, chunked)) == lumas(video(http, raw))[:51]
    assert len(set(lumas(video(http, whole)))) > 10, "the mouth moves"


def test_the_frames_are_those_of_the_animation(http: httpx.Client) -> None:
    sound, key = wav(buzz(1, RATE), RATE), opened(http, seed=7)
    fed(http, key, sound, final=True)
    complete(http, key)
    clip = http.post("/v1/animate", params={"fps": 25, "seed": 7}, content=sound).json()
    jaw = np.array(clip["weights"])[:, clip["blendshapes"].index("jawOpen")]
    assert lumas(video(http, key)) == pytest.approx(list(16 + 219 * jaw), abs=3)


def test_the_mouth_opens_with_the_sound(http: httpx.Client) -> None:
    sound = np.concatenate([np.zeros(RATE // 2, np.float32), buzz(0.5, RATE), np.zeros(RATE // 2, np.float32)])
    key = opened(http)
    fed(http, key, wav(sound, RATE), final=True)
    complete(http, key)
    mp4 = video(http, key)
    with av.open(io.BytesIO(mp4)) as file:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    loud = np.flatnonzero(np.abs(heard) > 0.15)[[0, -1]] / 48000
    assert loud[0] == pytest.approx(0.5, abs=0.02)
    open_at = np.flatnonzero(np.array(lumas(mp4)) > 60)[0] / 25
    assert open_at == pytest.approx(loud[0], abs=0.08), "the mouth's own attack included"


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_chunks_of_another_rate_are_resampled(http: httpx.Client, rate: int) -> None:
    key = opened(http)
    for number in range(2):
        fed(http, key, wav(buzz(0.5, rate, seed=number), rate))
    fed(http, key, b"", final=True)
    done = complete(http, key)
    assert abs(done["buffer_samples"] - RATE) <= 2
    assert done["total_frames_generated"] in (25, 26)


def test_other_formats_and_stereo(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, encoded(buzz(0.5, RATE), RATE, "MP3"))
    fed(http, key, encoded(buzz(0.5, RATE), RATE, "FLAC"))
    fed(http, key, wav(buzz(0.5, RATE, channels=2), RATE), final=True)
    assert 35 <= complete(http, key)["total_frames_generated"] <= 42


def test_silence_is_a_video_too(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, s16(np.zeros(RATE)), final=True)
    assert complete(http, key)["total_frames_generated"] == 25


def test_nothing_is_refused_unless_it_is_the_end(http: httpx.Client) -> None:
    key = opened(http)
    refused(feed(http, key, b""), 400, "bad_audio")
    refused(feed(http, key, wav(np.zeros(0), RATE)), 400, "bad_audio")
    fed(http, key, wav(np.zeros(0), RATE), final=True)
    assert complete(http, key)["total_frames_generated"] == 0
    refused(http.get(f"/hls/{key}/playlist.m3u8"), 404, "not_found")


def test_a_chunk_after_the_final_one_is_refused(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, s16(buzz(0.2, RATE)), final=True)
    assert "final chunk" in refused(feed(http, key, s16(buzz(0.2, RATE))), 409, "bad_state")


@pytest.mark.parametrize("key", ["550e8400-e29b-41d4-a716-446655440000", "../../etc/passwd", "x" * 90, "ü"])
def test_a_chunk_for_an_unknown_session_is_refused(http: httpx.Client, key: str) -> None:
    assert "not found" in refused(feed(http, key, s16(buzz(0.2, RATE))), 404, "not_found")


def test_an_unknown_session_is_refused_before_the_upload(server: Running) -> None:
    head = '--b\r\nContent-Disposition: form-data; name="session_id"\r\n\r\nnone\r\n--b\r\n'
    request = (
        f"POST {BASE}/feed HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: 10000000\r\n\r\n{head}"
    )
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(request.encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 404")


def test_the_session_may_follow_the_chunk(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="audio_chunk"; filename="c"\r\n\r\n'
        + s16(np.zeros(20000))
        + b'\r\n--b\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n'
        + key.encode()
        + b"\r\n--b--\r\n"
    )
    answer = http.post(f"{BASE}/feed", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.json()["buffer_samples"] == 20000
    fed(http, key, b"", final=True)


def test_chunks_that_are_sent_together_keep_their_order(server: Running, http: httpx.Client) -> None:
    """The first request begins first and completes last."""
    key = opened(http)
    first, second = s16(np.full(8000, 0.25, np.float32)), s16(np.full(8000, 0.75, np.float32))

    def body(chunk: bytes) -> bytes:
        parts = f'--b\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n{key}\r\n--b\r\n'
        return (
            parts.encode()
            + b'Content-Disposition: form-data; name="audio_chunk"; filename="c"\r\n\r\n'
            + chunk
            + b"\r\n--b--\r\n"
        )

    head = (
        f"POST {BASE}/feed HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {len(body(first))}\r\n\r\n"
    )
    session = server.service.videos.sessions.find(key)
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as slow, ThreadPoolExecutor(1) as pool:
        slow.sendall(head.encode() + body(first)[:300])
        until(lambda: len(session.turns) == 1)
        fast = pool.submit(fed, http, key, second)
        until(lambda: len(session.turns) == 2)
        slow.sendall(body(first)[300:])
        assert b"200 OK" in slow.recv(1000)
        assert fast.result(PATIENCE)["buffer_samples"] == 16000
    fed(http, key, b"", final=True)
    complete(http, key)
    with av.open(io.BytesIO(video(http, key))) as file:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    assert abs(float(heard[4800:19200].mean())) < abs(float(heard[28800:43200].mean())) + 1
    assert np.abs(heard[2000:4000]).max() < 0.6, "the quiet one came first"


def test_a_cancelled_upload_adds_nothing_and_lets_others_in(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    session = server.service.videos.sessions.find(key)
    head = f'--b\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n{key}\r\n--b\r\n'
    request = (
        f"POST {BASE}/feed HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: 1000000\r\n\r\n{head}"
    )
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(request.encode())
        until(lambda: len(session.turns) == 1)
    until(lambda: len(session.turns) == 0)
    assert fed(http, key, s16(buzz(0.2, RATE)), final=True)["buffer_samples"] == 3200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"nfe": 4}, 400),
        ({"nfe": 51}, 400),
        ({"cfg_scale": 0.9}, 400),
        ({"cfg_scale": "nan"}, 400),
        ({"chunk_duration": 0.05}, 400),
        ({"chunk_duration": 11}, 400),
        ({"audio_sample_rate": 7999}, 400),
        ({"audio_sample_rate": 10**9}, 400),
        ({"seed": -1}, 400),
        ({"pose_style": "[0, 0]"}, 400),
        ({"pose_style": "[0, 0, 1000]"}, 400),
        ({"gaze_style": "[2, 0]"}, 400),
        ({"pose_style": "{"}, 422),
        ({"pose_style": '"up"'}, 422),
        ({"nfe": "many"}, 422),
        ({"crop": "perhaps"}, 422),
    ],
)
def test_bad_fields_are_refused(http: httpx.Client, fields: dict[str, Any], code: int) -> None:
    message = refused(init(http, **fields), code, "bad_message")
    assert message.startswith(next(iter(fields)))


def test_fields_in_their_range_are_accepted(http: httpx.Client) -> None:
    opened(
        http, nfe=50, cfg_scale=5, pose_style="[1, 2.5, -3]", gaze_style="[-1, 0.5]", crop="false", session_id="../x"
    )


def test_what_is_missing_is_named(http: httpx.Client) -> None:
    assert "image" in refused(http.post(f"{BASE}/init", data={"nfe": "10"}), 422, "bad_message")
    assert "image" in refused(http.post(f"{BASE}/init", files={"picture": b"x"}), 422, "bad_message")
    key = opened(http)
    assert "audio_chunk" in refused(
        http.post(f"{BASE}/feed", data={"session_id": key}, files={"other": b"x"}), 422, "bad_message"
    )
    assert "session_id" in refused(
        http.post(f"{BASE}/feed", files={"audio_chunk": s16(buzz(0.1, RATE))}), 422, "bad_message"
    )


@pytest.mark.parametrize(
    ("chunk", "code", "kind"),
    [
        (b"RIFF....WAVEjunk", 400, "bad_audio"),
        (b"PK\x03\x04 a zip archive", 415, "unsupported_audio"),
        (b"\x89PNG\r\n\x1a\n", 415, "unsupported_audio"),
        (wav(np.zeros((100, 3), np.float32), RATE), 415, "unsupported_audio"),
    ],
)
def test_bad_chunks_leave_the_session_open(http: httpx.Client, chunk: bytes, code: int, kind: str) -> None:
    key = opened(http)
    refused(feed(http, key, chunk), code, kind)
    fed(http, key, s16(buzz(0.2, RATE)), final=True)
    assert complete(http, key)["total_frames_generated"] == 5


def test_later_chunks_of_a_media_recorder_are_explained(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, wav(buzz(0.2, RATE), RATE))
    assert "MediaRecorder" in refused(feed(http, key, bytes(range(256))), 415, "unsupported_audio")


def test_speech_that_is_too_long_is_refused() -> None:
    with running(video_session_s=1.0) as own, own.http() as http:
        key = opened(http)
        fed(http, key, s16(buzz(0.9, RATE)))
        refused(feed(http, key, s16(buzz(0.2, RATE))), 413, "too_long")
        fed(http, key, b"", final=True)
        assert complete(http, key)["total_frames_generated"] == 23


def test_the_limit_of_sessions_holds_until_one_ends() -> None:
    with running(video_sessions=2) as own, own.http() as http:
        one, _ = opened(http), opened(http)
        answer = init(http)
        assert "2 videos" in refused(answer, 503, "busy")
        assert answer.headers["retry-after"]
        fed(http, one, s16(buzz(0.2, RATE)), final=True)
        complete(http, one)
        another = opened(http)
        http.delete(f"{BASE}/session/{another}")
        opened(http)
        assert video(http, one), "a session that is over keeps its video but no slot"


def test_a_flood_of_sessions_without_speech_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(video_sessions=2) as own, own.http() as http:
        speaking = opened(http)
        fed(http, speaking, s16(buzz(0.5, RATE)))
        silent = opened(http)
        refused(init(http), 503, "busy")
        monkeypatch.setattr(sessions_module, "UNUSED_S", 0)
        opened(http)
        refused(http.get(f"{BASE}/status/{silent}"), 404, "not_found")
        assert status(http, speaking)["buffer_samples"] == 8000


def test_a_session_that_is_only_polled_gives_way_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(video_sessions=1) as own, own.http() as http:
        silent = opened(http)
        assert status(http, silent)["status"] == "waiting_for_audio"
        refused(init(http), 503, "busy")
        monkeypatch.setattr(sessions_module, "SILENT_S", 0)
        opened(http)
        refused(http.get(f"{BASE}/status/{silent}"), 404, "not_found")


def test_sessions_expire_and_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "CHECK_S", 0.01)
    with running(video_session_ttl_s=0.3) as own, own.http() as http:
        key = opened(http)
        fed(http, key, s16(buzz(0.2, RATE)))
        until(lambda: not len(own.service.videos.sessions))
        refused(feed(http, key, s16(buzz(0.2, RATE))), 404, "not_found")
        assert own.service.videos.capacity.taken == own.service.engine.slots.taken == 0


def test_a_session_takes_a_slot_of_the_engine_with_its_first_speech() -> None:
    with running(max_streams=1, video_sessions=2) as own, own.http() as http:
        one, two = opened(http), opened(http)
        assert own.service.engine.slots.taken == 0
        fed(http, one, s16(buzz(0.2, RATE)))
        refused(feed(http, two, s16(buzz(0.2, RATE))), 503, "busy")
        fed(http, one, b"", final=True)
        complete(http, one)
        assert fed(http, two, s16(buzz(0.2, RATE)), final=True)["buffer_samples"] == 3200


def test_deleting_while_it_draws_frees_everything(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    session: VideoSession = server.service.videos.sessions.find(key)
    with ThreadPoolExecutor(1) as pool:
        feeding = pool.submit(feed, http, key, s16(buzz(60, RATE)))
        until(lambda: session.frames > 10)
        with server.http() as other:
            assert other.delete(f"/api/hls/session/{key}").json()["status"] == "success"
        refused(feeding.result(PATIENCE), 404, "not_found")
    until(lambda: not session._writer._encoder._open)
    assert session.face._renderer is None
    assert not session.recording.segments


def test_a_fault_while_drawing_is_reported(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    session = server.service.videos.sessions.find(key)
    session.face._renderer.draw = None  # type: ignore[union-attr, method-assign, assignment]
    feed(http, key, s16(buzz(1, RATE)))  # may be answered before or after the fault
    done = complete(http, key)
    assert done["status"] == "error"
    assert "log" in done["error"]
    refused(feed(http, key, s16(buzz(0.1, RATE))), 500, "backend_failed")


def test_routes_need_the_key_or_a_token_and_media_need_the_id() -> None:
    with running(api_key=SecretStr(KEY)) as own, own.http() as http:
        refused(init(http), 401, "unauthorized")
        allowed = {"Authorization": f"Bearer {KEY}"}
        token = http.post("/v1/token", headers=allowed).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        key = opened(http)
        fed(http, key, s16(buzz(0.5, RATE)), final=True)
        complete(http, key)
        del http.headers["Authorization"]
        for path in ("playlist.m3u8", "init.mp4", "segment0.m4s"):
            assert http.get(f"/hls/{key}/{path}").status_code == 200
            assert http.get(f"/api/hls/{key}/{path}").status_code == 200
        assert video(http, key)
        for path in (f"/api/hls/session/{key}", f"{BASE}/session/{key}"):
            assert http.delete(path).status_code == 401
        assert http.get(f"{BASE}/status/{key}").status_code == 401


def test_a_user_has_as_many_sessions_as_utterances() -> None:
    with running(api_key=SecretStr(KEY), subject_streams=1, video_sessions=8) as own, own.http() as http:
        allowed = {"Authorization": f"Bearer {KEY}"}
        for name in ("ann", "bob"):
            token = http.post("/v1/token", headers=allowed, json={"subject": name}).json()["token"]
            http.headers["Authorization"] = f"Bearer {token}"
            key = opened(http)
            assert "this user has 1 video sessions" in refused(init(http), 503, "busy")
            assert http.delete(f"{BASE}/session/{key}").status_code == 200
            opened(http)
        http.headers.update(allowed)
        opened(http)
        opened(http)


def test_a_session_of_a_file_takes_no_chunks(server: Running, http: httpx.Client) -> None:
    files = {"image": ("face.glb", GLB), "audio": ("voice.wav", wav(buzz(60, RATE), RATE))}
    events = http.stream("POST", "/v1/video", files=files, headers={"Accept": "application/x-ndjson"})
    with events as answer:
        lines = answer.iter_lines()
        key = json.loads(next(lines))["session_id"]
        refused(feed(http, key, s16(buzz(0.1, RATE))), 409, "bad_state")


def test_the_id_is_looked_for_in_no_time() -> None:
    place = _Place(VideoSessions(60))
    for _ in range(SEARCHED // 18):
        for byte in b"name=session_id\r\na\r\n":
            place.look(bytes([byte]))


def test_a_server_that_stops_ends_its_sessions() -> None:
    with running(drain_s=20) as own, own.http() as http:
        waiting, key = opened(http), opened(http)
        fed(http, key, s16(buzz(0.5, RATE)))
        sessions = [own.service.videos.sessions.find(each) for each in (waiting, key)]
        own.stop()
        own.thread.join(PATIENCE)
        assert not own.thread.is_alive(), "sessions do not delay the stop"
    assert all(session.over for session in sessions)
    assert [session.error.reason for session in sessions if session.error] == ["draining", "draining"]


def paper() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("image", "code", "kind"),
    [
        (paper(), 422, "no_face"),
        (b"", 415, "unsupported_picture"),
        (b"<svg/>", 415, "unsupported_picture"),
        (SAMPLE[: len(SAMPLE) // 3], 400, "bad_picture"),
    ],
)
def test_a_picture_without_a_face_is_refused(http: httpx.Client, image: bytes, code: int, kind: str) -> None:
    refused(init(http, image=image), code, kind)


def test_an_avatar_that_cannot_be_read_is_refused() -> None:
    with run_server() as own, own.http() as http:
        refused(init(http, image=GLB), 422, "bad_avatar")
        assert own.service.videos.capacity.taken == 0


def test_a_portrait_speaks_and_is_labelled() -> None:
    """The only test here that renders a face: compiling takes seconds."""
    sound, pictures = s16(np.tile(buzz(0.3, RATE), 2)), {}
    for label in (True, False):
        with run_server(video_size=256, video_label=label) as own, own.http() as http:
            http.timeout = 120
            key = opened(http, image=SAMPLE)
            fed(http, key, sound, final=True)
            assert complete(http, key)["total_frames_generated"] == 15, status(http, key)["error"]
            with av.open(io.BytesIO(video(http, key))) as file:
                pictures[label] = [frame.to_ndarray(format="gray").astype(int) for frame in file.decode(video=0)]
    moved = np.abs(pictures[True][2] - pictures[True][12]).max()
    assert moved > 20, "the mouth"
    labelled = np.abs(pictures[True][0] - pictures[False][0]) > 40
    assert 20 < labelled.sum() < labelled.size / 20


def test_metrics_count_videos_and_frames(server: Running, http: httpx.Client) -> None:
    before = server.service.metrics.video_frames._value.get()
    key = opened(http)
    assert "a2f_videos 1.0" in http.get("/metrics").text
    fed(http, key, s16(buzz(0.2, RATE)), final=True)
    complete(http, key)
    text = http.get("/metrics").text
    assert "a2f_videos 0.0" in text
    assert f"a2f_video_frames_total {before + 5}" in text


def test_a_live_stream_beside_many_playlist_requests_gets_all_its_frames(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, s16(buzz(1, RATE)), final=True)
    complete(http, key)

    def flood(count: int) -> int:
        """Sends requests all at once; returns how many were answered with a playlist."""
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
            client.sendall(f"GET /hls/{key}/playlist.m3u8 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * count)
            text = ""
            while text.count("#EXT-X-ENDLIST") < count and (data := client.recv(1 << 16)):
                text += data.decode()
        return text.count("HTTP/1.1 200 OK")

    with ThreadPoolExecutor(10) as pool, server.talk() as talk:
        talk.expect("ready")
        flooding = [pool.submit(flood, 100) for _ in range(10)]
        assert len(talk.animate(s16(buzz(2, RATE)), step=640)) == 60
        assert sum(each.result(PATIENCE) for each in flooding) == 1000
