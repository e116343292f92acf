"""A WebRTC peer in Python: sends audio, and keeps what comes back with its arrival times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame
from numpy.typing import NDArray

from tests.support.running import PATIENCE

RATE, PACKET = 48000, 960
SEND_RECV = "sendrecv"


class Microphone(MediaStreamTrack):
    """Plays samples (mono int16, RATE), then silence, in real time."""

    kind = "audio"

    def __init__(self, samples: NDArray[np.int16]) -> None:
        super().__init__()
        self._samples, self._at = samples, 0
        self.began = 0.0
        """`time.monotonic()` of the first sample."""

    async def recv(self) -> AudioFrame:
        self.began = self.began or time.monotonic()
        await asyncio.sleep(max(0.0, self.began + (self._at + PACKET) / RATE - time.monotonic()))
        part = self._samples[self._at : self._at + PACKET]
        frame = AudioFrame.from_ndarray(np.pad(part, (0, PACKET - len(part)))[None, :], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
        self._at += PACKET
        return frame


@dataclass
class Received:
    """The frames of one track: for each its arrival time, its own time in seconds, and its loudness or luma."""

    arrived: list[float] = field(default_factory=list)
    time: list[float] = field(default_factory=list)
    level: list[float] = field(default_factory=list)
    samples: list[NDArray[np.int16]] = field(default_factory=list)
    """For audio: the mono samples of each frame."""
    shape: tuple[int, ...] = ()

    def add(self, frame: Any) -> None:
        """Adds an audio or video frame that has just arrived."""
        pixels = frame.to_ndarray()
        self.arrived.append(time.monotonic())
        self.time.append(float(frame.pts * frame.time_base))
        self.shape = pixels.shape
        if isinstance(frame, AudioFrame):
            self.samples.append(pixels.reshape(-1, frame.layout.nb_channels)[:, 0])
            self.level.append(float(np.abs(pixels.astype(float)).mean()))
        else:
            self.level.append(float(pixels[: frame.height].mean()))


class Peer:
    """One call. `offer` and `connect`, then look at `sound` and `video`."""

    def __init__(self, samples: NDArray[np.int16] | None = None, *, codec: str | None = None) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration([]))
        self.microphone = Microphone(np.zeros(0, np.int16) if samples is None else samples)
        self.sound, self.video = Received(), Received()
        self.messages: list[str] = []
        self.channel: RTCDataChannel | None = None
        self.answer: dict[str, Any] = {}
        self._codec = codec
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", self._came)

    def open_channel(self) -> RTCDataChannel:
        self.channel = self.connection.createDataChannel("face")
        self.channel.on("message", self.messages.append)
        return self.channel

    async def offer(self) -> str:
        self.connection.addTrack(self.microphone)
        video = self.connection.addTransceiver("video", "recvonly")
        if self._codec:
            known = video.receiver.getCapabilities("video").codecs
            video.setCodecPreferences([c for c in known if c.name.lower() in (self._codec, "rtx")])
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    async def call(self, http: httpx.AsyncClient, **fields: Any) -> httpx.Response:
        """Sends the offer and accepts the answer."""
        response = await http.post("/v1/webrtc", json={"sdp": await self.offer(), "type": "offer", **fields})
        if response.status_code == 201:
            await self.accept(response.json())
        return response

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - any condition
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()

    def _came(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._keep(track)))

    async def _keep(self, track: MediaStreamTrack) -> None:
        kept = self.sound if track.kind == "audio" else self.video
        with suppress(MediaStreamError):
            while True:
                frame: Any = await track.recv()
                kept.add(frame)


@asynccontextmanager
async def peer(samples: NDArray[np.int16] | None = None, **options: Any) -> AsyncIterator[Peer]:
    """A peer that is closed at the end."""
    one = Peer(samples, **options)
    try:
        yield one
    finally:
        await one.close()


def bursts(seconds: float, every: float = 1.0, length: float = 0.4) -> NDArray[np.int16]:
    """Returns a voice-like buzz that is on for `length` seconds in each period."""
    t = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    return (buzz * 6000 * (t % every < length)).astype(np.int16)
