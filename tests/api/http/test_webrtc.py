"""WebRTC calls between the real server and a real peer."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from a2f_server.api_keys import store
from a2f_server.video.webrtc import call, peer_watch
from a2f_server.video.webrtc.playback import CallPlayback
from a2f_server.video.webrtc.tracks import FaceTrack, HeardTrack
from tests.support.calls import calling, free, with_flat_faces
from tests.support.faces import BRIGHT, DARK, JAW
from tests.support.peers import RATE, Peer, Received, bursts, peer
from tests.support.running import PATIENCE, Running
from tests.support.sounds import wav
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
OFFER = (ROOT / "tests/data/chromium_offer.sdp").read_bytes().decode()
KEY = "a-long-secret-key"


@pytest.fixture(scope="module")
def here() -> Iterator[Running]:
    with calling() as server:
        yield server


@asynccontextmanager
async def web(server: Running, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, verify=False, headers=headers) as client:
        yield client


@asynccontextmanager
async def called(server: Running, samples: Any = None, **fields: Any) -> AsyncIterator[Peer]:
    """A peer that is connected."""
    async with web(server) as http, peer(samples) as one:
        response = await one.call(http, size=128, **fields)
        assert response.status_code == 201, response.text
        await one.until(lambda: one.connection.connectionState == "connected")
        yield one


class Sent:
    """What the tracks of calls pass to aiortc, with time stamps that do not depend on when it leaves."""

    def __init__(self) -> None:
        self.line: list[Any] = []
        """The audio on the clock of the call."""
        self.sound, self.video = Received(), Received()

    def sound_is_in_its_place(self) -> bool:
        """Returns whether each packet that was sent has the audio of its time. Under load some are dropped."""
        line = np.concatenate(self.line)
        starts = [round(time * RATE) for time in self.sound.time]
        return all(
            np.array_equal(line[at : at + len(part)], part) for at, part in zip(starts, self.sound.samples, strict=True)
        )

    async def skew_ms(self, http: httpx.AsyncClient) -> float:
        """Returns by how much the mouth lags the audio: compares it with the animation of that audio."""
        sound = wav(np.concatenate(self.line) / 32768, RATE)
        weights = (await http.post("/v1/animate?fps=25", content=sound)).json()["weights"]
        expected = DARK + (BRIGHT - DARK) * np.array(weights)[:, JAW]
        at, lags = np.array(self.video.time) * 25, np.arange(-3, 4, 0.1)
        errors = [np.abs(np.interp(at - lag, range(len(expected)), expected) - self.video.level).mean() for lag in lags]
        return float(lags[np.argmin(errors)]) * 40


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()

    def recording(recv: Any, kept: Received) -> Any:
        async def recorded(track: Any) -> Any:
            frame = await recv(track)
            kept.add(frame)
            return frame

        return recorded

    def write(playback: CallPlayback, samples: Any) -> None:
        sent.line.append(samples)
        on_line(playback, samples)

    on_line = CallPlayback._write
    monkeypatch.setattr(CallPlayback, "_write", write)
    monkeypatch.setattr(HeardTrack, "recv", recording(HeardTrack.recv, sent.sound))
    monkeypatch.setattr(FaceTrack, "recv", recording(FaceTrack.recv, sent.video))
    return sent


@pytest.mark.parametrize("codec", ["vp8", "h264"])
async def test_the_face_speaks_the_audio_and_both_are_in_sync(here: Running, sent: Sent, codec: str) -> None:
    async with web(here) as http, peer(bursts(6), codec=codec) as one:
        assert (await one.call(http, size=128)).status_code == 201
        await one.until(lambda: bool(one.video.time) and one.video.time[-1] > 4 and one.sound.time[-1] > 4)
        assert f"{codec.upper()}/90000" in one.connection.remoteDescription.sdp
        assert one.video.shape == (192, 128)
        assert np.ptp(one.video.level) > 20, "the mouth opens"
        assert max(one.sound.level) > 500
    await asyncio.to_thread(until, lambda: free(here))
    async with web(here) as http:
        assert abs(await sent.skew_ms(http)) <= 20
    assert sent.sound_is_in_its_place()


async def test_without_speech_the_face_goes_on(here: Running) -> None:
    async with called(here) as one:
        await one.until(lambda: len(one.video.time) > 10 and len(one.sound.time) > 20)
        steps = np.diff(one.video.time)
        assert (steps > 0).all()
        assert max(one.sound.level) < 50


async def test_the_answer_describes_the_video(here: Running) -> None:
    async with web(here) as http, peer() as one:
        response = await one.call(http, size=160, fps=20)
        answer = response.json()
        assert {k: answer[k] for k in ("type", "fps", "width", "height")} == {
            **{"type": "answer", "fps": 20},
            **{"width": 160, "height": 160},
        }
        assert 0.1 < answer["delay"] < 0.3
        assert response.headers["location"] == f"./webrtc/{answer['id']}"
        assert len(answer["id"]) >= 32
        await http.delete(f"/v1/webrtc/{answer['id']}")


async def test_delete_ends_a_call(here: Running) -> None:
    async with called(here) as one, web(here) as http:
        path = f"/v1/webrtc/{one.answer['id']}"
        assert (await http.delete(path)).status_code == 204
        await one.until(lambda: one.connection.connectionState == "closed")
        until(lambda: free(here))
        again = await http.delete(path)
        assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_a_peer_that_closes_frees_everything(here: Running) -> None:
    async with called(here):
        assert not free(here)
    until(lambda: free(here))


async def test_a_peer_that_vanishes_frees_everything(here: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_watch, "SILENT_S", 0.5)
    async with called(here) as one:
        await one.until(lambda: bool(one.video.time))
        for transport in one.connection._RTCPeerConnection__iceTransports:  # type: ignore[attr-defined]
            for protocol in transport._connection._protocols:
                protocol.transport.abort()  # without closing the call
        await asyncio.to_thread(until, lambda: free(here))


async def test_a_peer_that_never_connects_frees_everything(here: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_watch, "CONNECT_S", 0.2)
    async with web(here) as http:
        response = await http.post("/v1/webrtc", json={"sdp": OFFER, "size": 128})
        assert response.status_code == 201
    await asyncio.to_thread(until, lambda: free(here))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "bad_message"),
        ({"sdp": 7}, 422, "bad_message"),
        ({"sdp": OFFER, "type": "answer"}, 422, "bad_message"),
        ({"sdp": OFFER, "size": 127}, 422, "bad_message"),
        ({"sdp": OFFER, "size": 4096}, 422, "bad_message"),
        ({"sdp": OFFER, "fps": 60}, 422, "bad_message"),
        ({"sdp": OFFER, "profile": "none such"}, 422, "bad_message"),
        ({"sdp": "nonsense"}, 400, "bad_offer"),
        ({"sdp": OFFER.replace("a=recvonly", "a=inactive")}, 400, "bad_offer"),
        ({"sdp": OFFER.replace("a=ice-ufrag:", "a=ice-ufrog:")}, 400, "bad_offer"),
        ({"sdp": OFFER.replace("a=ice-pwd:", "a=ice-pod:")}, 400, "bad_offer"),
        ({"sdp": "x" * 20000}, 400, "bad_offer"),
        ({"sdp": "x" * 100000}, 413, "too_large"),
    ],
)
async def test_bad_offers(here: Running, body: dict[str, Any], status: int, code: str) -> None:
    async with web(here) as http:
        response = await http.post("/v1/webrtc", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert free(here)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"sdp"'])
async def test_a_body_that_is_not_an_offer(here: Running, body: bytes) -> None:
    async with web(here) as http:
        response = await http.post("/v1/webrtc", content=body)
    assert (response.status_code, response.json()["code"]) == (422, "bad_message")
    assert free(here)


async def test_the_face_is_a_file_of_the_form_or_the_head_of_the_page(here: Running) -> None:
    drawn = with_flat_faces(here)
    head = (ROOT / "web/avatar/head.glb").read_bytes()
    async with web(here) as http:
        form = {"sdp": OFFER, "fps": "20", "size": "128", "emotions": '{"joy": 0.5}'}
        one = await http.post("/v1/webrtc", data=form, files={"image": b"glTF own"})
        other = await http.post("/v1/webrtc", json={"sdp": OFFER, "size": 128})
        assert (one.status_code, other.status_code) == (201, 201), one.text + other.text
        assert one.json()["fps"] == 20
        assert drawn == [b"glTF own", head]
        for answer in (one, other):
            await http.delete(f"/v1/webrtc/{answer.json()['id']}")
        bad = await http.post("/v1/webrtc", data={**form, "emotions": "{"}, files={"image": b"glTF"})
        none = await http.post("/v1/webrtc", data=form, files={"photo": b"glTF"})
        assert (bad.status_code, none.status_code) == (422, 422)
    until(lambda: free(here))
    assert here.service.uploads.held == 0


async def test_a_picture_without_a_face_is_refused(here: Running) -> None:
    async with web(here) as http:
        response = await http.post("/v1/webrtc", data={"sdp": OFFER}, files={"image": b"not a picture"})
    assert response.status_code == 415
    assert free(here)


async def test_the_data_channel_accepts_emotions_and_reports_errors(here: Running) -> None:
    async with web(here) as http, peer() as one:
        channel = one.open_channel()
        await one.call(http, size=128)
        await one.until(lambda: channel.readyState == "open")
        for message in ('{"type": "emotions", "emotions": {"joy": 1}}', '{"type": "end"}', "nonsense", "x" * 5000):
            channel.send(message)
        channel.send(b"bytes")
        await one.until(lambda: len(one.messages) >= 2)
        assert [json.loads(message)["code"] for message in one.messages] == ["bad_message"] * 2


async def test_a_full_server_is_busy() -> None:
    with calling(max_streams=1) as server:
        async with called(server), web(server) as http, peer() as other:
            response = await other.call(http, size=128)
            assert (response.status_code, response.json()["code"]) == (503, "busy")
            assert "retry-after" in response.headers
        until(lambda: free(server))
        async with called(server):
            assert not free(server)


async def test_calls_are_few_whatever_else_is_free() -> None:
    with calling(max_calls=1) as server:
        async with called(server), web(server) as http, peer() as other:
            response = await other.call(http, size=128)
            assert (response.status_code, response.json()["reason"]) == (503, "full")
        until(lambda: free(server))
        async with called(server):
            assert not free(server)


async def test_a_slow_offer_keeps_nobody_out() -> None:
    with calling(max_calls=1) as server:
        _, slow = await asyncio.open_connection("127.0.0.1", server.port)
        slow.write(f"POST /v1/webrtc HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(OFFER)}\r\n\r\n{{".encode())
        await slow.drain()
        async with called(server):
            assert not free(server)
        slow.close()


async def test_key_token_and_limits_of_a_user() -> None:
    with calling(api_key=KEY, subject_streams=1, allowed_origins="https://app.example") as server:
        key = {"Authorization": f"Bearer {KEY}"}
        async with web(server) as http:
            token = (await http.post("/v1/token", json={"subject": "ann"}, headers=key)).json()["token"]
            as_ann = {"Authorization": f"Bearer {token}", "Origin": "https://app.example"}
            offer = {"sdp": OFFER, "size": 128}
            assert (await http.post("/v1/webrtc", json=offer)).status_code == 401
            wrong = {"Authorization": "Bearer wrong"}
            assert (await http.post("/v1/webrtc", json=offer, headers=wrong)).status_code == 401
            assert (await http.post("/v1/webrtc", json=offer, headers=key | {"Origin": "https://x"})).status_code == 403
            first = await http.post("/v1/webrtc", json=offer, headers=as_ann)
            assert first.status_code == 201
            assert first.headers["access-control-allow-origin"] == "https://app.example"
            second = await http.post("/v1/webrtc", json=offer, headers=as_ann)
            assert (second.status_code, second.json()["scope"]) == (503, "subject")
            path = f"/v1/webrtc/{first.json()['id']}"
            assert (await http.delete(path)).status_code == 401
            assert (await http.delete(path, headers=as_ann)).status_code == 204
            until(lambda: free(server))
            assert (await http.post("/v1/webrtc", json=offer, headers=key)).status_code == 201
    assert not server.service.callers._subjects


async def test_a_call_ends_when_its_key_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "POLL_S", 0.01)
    monkeypatch.setattr(call, "CHECK_S", 0.01)
    file = tmp_path / "keys.toml"
    file.write_text(f'[[keys]]\nname = "web"\nkey = "{KEY}"')
    with calling(keys_file=file) as server:
        async with web(server, Authorization=f"Bearer {KEY}") as http, peer() as one:
            channel = one.open_channel()
            await one.call(http, size=128)
            await one.until(lambda: channel.readyState == "open")
            file.write_text('[[keys]]\nname = "other"\nkey = "another long key"')
            await one.until(lambda: one.connection.connectionState == "closed")
            assert json.loads(one.messages[0])["reason"] == "expired"
        until(lambda: free(server))


async def test_a_call_ends_at_the_time_limit_with_an_error() -> None:
    with calling(max_call_s=1.0) as server:
        async with web(server) as http, peer() as one:
            one.open_channel()
            await one.call(http, size=128)
            await one.until(lambda: one.connection.connectionState == "closed")
            assert [json.loads(message)["code"] for message in one.messages] == ["too_long"]
        until(lambda: free(server))


async def test_a_server_that_stops_ends_calls_with_an_error() -> None:
    with calling(drain_s=0.1) as server:
        async with web(server) as http, peer() as one:
            channel = one.open_channel()
            await one.call(http, size=128)
            await one.until(lambda: channel.readyState == "open")
            server.stop()
            await one.until(lambda: one.connection.connectionState == "closed")
            assert json.loads(one.messages[0])["reason"] == "draining"


async def test_without_the_extra_the_error_has_the_command_that_installs_it(
    here: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("a2f_server.video.webrtc")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiortc", None)
    async with web(here) as http:
        response = await http.post("/v1/webrtc", json={"sdp": OFFER})
    assert (response.status_code, response.json()["code"]) == (501, "not_installed")
    assert "pip install 'a2f-server[video]'" in response.json()["message"]
