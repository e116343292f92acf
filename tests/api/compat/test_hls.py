"""HLS: the requests of all kinds of players, with order and headers, and requests that are refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import av
import httpx
import pytest

from a2f_server.api.compat import hls
from tests.api.compat.test_chunked import RATE, complete, fed, opened, running
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, s16
from tests.support.waiting import until


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(video_sessions=50) as own:
        yield own


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def speech(seconds: float) -> bytes:
    return s16(buzz(seconds, RATE))


def finished(http: httpx.Client, seconds: float = 1.5) -> str:
    key = opened(http)
    fed(http, key, speech(seconds), final=True)
    complete(http, key)
    return key


def listed(text: str) -> list[str]:
    """Returns the names of the header and the segments."""
    return [*re.findall(r'MAP:URI="([^"]+)"', text), *re.findall(r"^segment.*", text, re.M)]


def frames(data: bytes) -> int:
    with av.open(io.BytesIO(data)) as file:
        return sum(1 for _ in file.decode(video=0))


@pytest.mark.parametrize("root", ["/hls", "/api/hls"])
def test_a_plain_player_gets_a_whole_video(http: httpx.Client, root: str) -> None:
    key = finished(http)
    playlist = http.get(f"{root}/{key}/playlist.m3u8")
    assert playlist.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert playlist.headers["cache-control"] == "no-cache"
    pieces = [http.get(f"{root}/{key}/{name}") for name in listed(playlist.text)]
    for piece in pieces:
        assert piece.status_code == 200
        assert piece.headers["content-type"] == "video/mp4"
        assert "immutable" in piece.headers["cache-control"]
        assert piece.headers["access-control-allow-origin"] == "*"
        assert piece.headers["cross-origin-resource-policy"] == "cross-origin"
    data = b"".join(piece.content for piece in pieces)
    assert frames(data) == 38
    download = http.get(f"/api/hls/{key}/download")
    assert download.content == data
    assert download.headers["content-disposition"] == 'attachment; filename="video.mp4"'


def test_a_live_player_gets_parts_as_they_are_made(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, speech(0.7))
    text = http.get(f"/hls/{key}/playlist.m3u8", params={"_HLS_msn": 1, "_HLS_part": 0}).text
    assert "CAN-BLOCK-RELOAD=YES" in text
    assert 'URI="part1.0.m4s"' in text
    part = http.get(f"/hls/{key}/part0.0.m4s")
    assert frames(http.get(f"/hls/{key}/init.mp4").content + part.content) == 5
    hint = re.search(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
    assert hint
    with ThreadPoolExecutor(2) as pool:
        hinted = pool.submit(http.get, f"/hls/{key}/{hint[1]}")
        reloaded = pool.submit(http.get, f"/hls/{key}/playlist.m3u8", params={"_HLS_msn": 2, "_HLS_part": 0})
        fed(http, key, speech(1), final=True)
        assert hinted.result(PATIENCE).status_code == 200
        assert "segment1.m4s" in reloaded.result(PATIENCE).text


def test_a_player_that_comes_before_the_speech_waits(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    recording = server.service.videos.sessions.find(key).recording
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.get, f"/hls/{key}/playlist.m3u8")
        until(lambda: bool(recording._news._waiters))
        fed(http, key, speech(0.5), final=True)
        assert waiting.result(PATIENCE).text.startswith("#EXTM3U")


def test_waiting_has_limits(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hls, "FIRST_S", 0.01)
    monkeypatch.setattr(hls, "RELOAD_S", 0.01)
    monkeypatch.setattr(hls, "HINTED_S", 0.01)
    key = opened(http)
    answer = http.get(f"/hls/{key}/playlist.m3u8")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"]
    fed(http, key, speech(0.7))
    until(lambda: http.get(f"/hls/{key}/part1.0.m4s").status_code == 200)
    same = http.get(f"/hls/{key}/playlist.m3u8", params={"_HLS_msn": 1})
    assert same.status_code == 200, "players take an error for the end"
    assert http.get(f"/hls/{key}/segment1.m4s").status_code == 404
    assert http.get(f"/hls/{key}/part2.0.m4s").status_code == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("playlist.m3u8?_HLS_msn=99", 400),
        ("playlist.m3u8?_HLS_msn=-1", 422),
        ("playlist.m3u8?_HLS_msn=x", 422),
        ("segment9999.m4s", 400),
        ("part0.99.m4s", 404),
        ("segment0.ts", 404),
        ("..%2f..%2fetc%2fpasswd", 404),
        ("init.mp4%00", 404),
    ],
)
def test_what_is_not_there(http: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str, code: int) -> None:
    monkeypatch.setattr(hls, "RELOAD_S", 0.01)
    monkeypatch.setattr(hls, "HINTED_S", 0.01)
    key = opened(http)
    fed(http, key, speech(0.7))
    http.get(f"/hls/{key}/playlist.m3u8")
    assert http.get(f"/hls/{key}/{path}").status_code == code


@pytest.mark.parametrize("name", ["playlist.m3u8", "init.mp4", "segment0.m4s", "download"])
def test_unknown_sessions_are_not_found(http: httpx.Client, name: str) -> None:
    assert http.get(f"/api/hls/550e8400-e29b-41d4-a716-446655440000/{name}").status_code == 404


def test_two_players_at_once_get_the_same(http: httpx.Client) -> None:
    key = finished(http, 2)
    paths = [f"/hls/{key}/segment{n}.m4s" for n in (0, 1)] * 5
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda path: http.get(path).content, paths))
    assert answers[0::2] == [answers[0]] * 5
    assert answers[1::2] == [answers[1]] * 5
    assert answers[0] != answers[1]


def test_a_player_that_leaves_while_it_waits_is_forgotten(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    with pytest.raises(httpx.ReadTimeout), server.http() as impatient:
        impatient.get(f"/hls/{key}/playlist.m3u8", timeout=0.2)
    fed(http, key, speech(0.5), final=True)
    assert complete(http, key)["status"] == "complete"


def test_a_download_before_the_end_is_refused(http: httpx.Client) -> None:
    key = opened(http)
    fed(http, key, speech(0.5))
    answer = http.get(f"/api/hls/{key}/download")
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_state")


def test_deleting_ends_those_that_wait(http: httpx.Client) -> None:
    key = opened(http)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.get, f"/hls/{key}/playlist.m3u8")
        assert http.delete(f"/api/hls/session/{key}").json()["status"] == "success"
        assert waiting.result(PATIENCE).status_code == 404
    assert http.delete(f"/api/hls/session/{key}").status_code == 404


def test_a_video_that_is_too_long_to_keep_keeps_its_end() -> None:
    with running(video_session_bytes=1 << 20) as own, own.http() as http:
        key = opened(http)
        recording = own.service.videos.sessions.find(key).recording
        recording._spool._half = 8000
        fed(http, key, speech(4), final=True)
        complete(http, key)
        assert not recording.complete
        text = http.get(f"/hls/{key}/playlist.m3u8").text
        assert listed(text)[1] != "segment0.m4s"
        assert listed(text)[-1] == "segment4.m4s"
        assert http.get(f"/hls/{key}/segment0.m4s").status_code == 404
        assert http.get(f"/hls/{key}/{listed(text)[1]}").status_code == 200
        assert "too long" in http.get(f"/api/hls/{key}/download").json()["message"]


def test_a_full_disk_is_an_error_of_the_session(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    session = server.service.videos.sessions.find(key)

    def full(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    session.recording._spool.append = full  # type: ignore[method-assign, assignment]
    fed(http, key, speech(1))
    assert "no space" in complete(http, key)["error"]
    assert http.get(f"/hls/{key}/playlist.m3u8").status_code == 500


def test_what_players_fetch_keeps_a_session_and_what_they_poll_does_not(server: Running, http: httpx.Client) -> None:
    key = opened(http)
    session = server.service.videos.sessions.find(key)
    fed(http, key, speech(0.5))
    http.get(f"/hls/{key}/playlist.m3u8")
    used = session.used
    http.get(f"/hls/{key}/playlist.m3u8")
    assert session.used == used
    http.get(f"/hls/{key}/part0.0.m4s")
    assert session.used > used
