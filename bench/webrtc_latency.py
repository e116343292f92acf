"""Measures WebRTC calls between a server and peers on the same machine.

A peer sends voice-like audio and locates it in the audio that comes back. This gives, for each video frame and each
audio packet, the time from the microphone until it arrived and was decoded:

`picture_ms`, `sound_ms`  beyond the model's look-ahead, p50 and p95;
`skew_ms`                 how much later a video frame arrives than its audio, median;
`cpu`                     CPU cores that one call takes on the server, including the encoder.

`python bench/webrtc_latency.py [--calls N …] [--image FILE] [--codec vp8|h264] [--seconds S]` prints JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket
from numpy.typing import NDArray

from machine import cpu_seconds, describe, server

sys.path.insert(0, str(Path(__file__).parents[1]))
from a2f_server.video.webrtc.packet_order import PacketOrder
from a2f_server.video.webrtc.playback import MARGIN_S
from tests.support.peers import RATE, Peer, Received

WARM_S = 5.0


class WholeFrames:
    """Passes a frame on with its last packet, as browsers do. aiortc's buffer waits for the next frame, 40 ms later."""

    capacity = 128

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Returns whether a key frame is needed (never: nothing is lost here), and the frame if it is complete."""
        self._parts.append(packet._data)
        if not packet.marker:
            return False, None
        data, self._parts = b"".join(self._parts), []
        return False, JitterFrame(data, packet.timestamp)


def pass_packets_on(receiver: RTCRtpReceiver, kind: str) -> None:
    """Replaces the jitter buffer of aiortc, whose delay is not the server's."""
    name = "_RTCRtpReceiver__jitter_buffer"
    assert hasattr(receiver, name)
    setattr(receiver, name, PacketOrder() if kind == "audio" else WholeFrames())


def speech(seconds: float) -> NDArray[np.int16]:
    """Returns a buzz whose pitch and loudness change at random, so that each moment can be recognised."""
    rng = np.random.default_rng(1)
    t = np.arange(int(seconds * RATE)) / RATE
    steps = np.arange(0, seconds + 0.1, 0.09)
    pitch, loud = (np.interp(t, steps, rng.uniform(*limits, len(steps))) for limits in ((90, 260), (-0.4, 1)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 25))
    return (7000 * buzz * np.maximum(loud, 0)).astype(np.int16)


def shift_s(sent: NDArray[np.int16], received: Received, at: float) -> float:
    """Returns by how much the received audio around `at` seconds of the call lags what was sent."""
    part = np.zeros(RATE)
    for time, samples in zip(received.time, received.samples, strict=True):
        first = round((time - at) * RATE)
        if 0 <= first <= RATE - len(samples):
            part[first : first + len(samples)] = samples
    size = 1 << 20
    spectrum = np.fft.rfft(sent[:size].astype(float), size) * np.conj(np.fft.rfft(part, size))
    return at - float(np.argmax(np.fft.irfft(spectrum))) / RATE


def delays_ms(peer: Peer, sent: NDArray[np.int16], received: Received, since: float) -> NDArray[np.float64]:
    """Returns the time from the microphone to arrival for each frame after `since` seconds."""
    shift = shift_s(sent, peer.sound, since)
    time, arrived = np.array(received.time), np.array(received.arrived)
    spoken = peer.microphone.began + time - shift
    return ((arrived - spoken) * 1000)[time > since]


async def call(http: httpx.AsyncClient, options: argparse.Namespace, sent: NDArray[np.int16]) -> Peer:
    """Opens a call."""
    peer = Peer(sent, codec=options.codec)
    fields: dict[str, Any] = {"sdp": await peer.offer(), "size": options.size}
    for transceiver in peer.connection.getTransceivers():
        pass_packets_on(transceiver.receiver, transceiver.kind)
    if options.image:
        answer = await http.post("/v1/webrtc", data=fields, files={"image": options.image.read_bytes()})
    else:
        answer = await http.post("/v1/webrtc", json=fields)
    answer.raise_for_status()
    await peer.accept(answer.json())
    return peer


async def measure(port: int, pid: int, options: argparse.Namespace, calls: int) -> dict[str, object]:
    """Runs several calls concurrently."""
    sent = speech(WARM_S + options.seconds + 5)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
        peers = [await call(http, options, sent) for _ in range(calls)]
        await asyncio.sleep(WARM_S)
        before = cpu_seconds(pid)
        await asyncio.sleep(options.seconds)
        cpu = (cpu_seconds(pid) - before) / options.seconds / calls
        for peer in peers:
            await http.delete(f"/v1/webrtc/{peer.answer['id']}")
            await peer.close()
    lookahead = (peers[0].answer["delay"] - MARGIN_S) * 1000
    kinds = ("video", "sound")
    picture, sound = (
        np.concatenate([delays_ms(p, sent, getattr(p, kind), WARM_S) for p in peers]) - lookahead for kind in kinds
    )
    shown = sum(sum(t > WARM_S for t in p.video.time) for p in peers) / calls / options.seconds
    return {
        "calls": calls,
        "lookahead_ms": round(lookahead, 1),
        "picture_ms": percentiles(picture),
        "sound_ms": percentiles(sound),
        "skew_ms": round(float(np.median(picture) - np.median(sound)), 1),
        "fps": round(shown, 1),
        "cpu": round(cpu, 3),
    }


def percentiles(values: NDArray[np.float64]) -> dict[str, float]:
    """Returns p50 and p95."""
    return {f"p{p}": round(float(np.percentile(values, p)), 1) for p in (50, 95)}


def main() -> None:
    """Prints the machine, and a line for each number of calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, nargs="+", default=[1])
    parser.add_argument("--image", type=Path)
    parser.add_argument("--codec", choices=("vp8", "h264"), default="vp8")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--backend", default="builtin")
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    with server(backend=options.backend, video_sessions=max(options.calls)) as (port, pid):
        for calls in options.calls:
            result = asyncio.run(measure(port, pid, options, calls))
            print(json.dumps({"codec": options.codec, "size": options.size, **result}))


if __name__ == "__main__":
    main()
