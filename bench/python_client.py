"""Measures what the Python client costs beside a plain socket: CPU time of the client's process per second of audio."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import websockets.asyncio.client
import websockets.sync.client

from a2f_server.client import AsyncClient, Client
from machine import describe, server
from streams import RATE, voice

STEP = RATE // 25 * 2
"""Bytes of a message: 40 ms."""
START = {"type": "start", "audio": {"encoding": "pcm_s16le", "sample_rate": RATE, "channels": 1}}


def chunks(sound: bytes) -> Iterator[bytes]:
    """Yields messages of audio."""
    yield from (sound[at : at + STEP] for at in range(0, len(sound), STEP))


def plain(url: str, sound: bytes) -> int:
    """Sends everything, then reads: the least that a program without asyncio can do."""
    count = 0
    with websockets.sync.client.connect(url.replace("http", "ws") + "/ws", compression=None, max_size=None) as socket:
        socket.recv()
        socket.send(json.dumps(START))
        for part in chunks(sound):
            socket.send(part)
        socket.send('{"type": "end"}')
        while isinstance(message := socket.recv(), bytes) or '"end"' not in message:
            if isinstance(message, bytes):
                count += len(np.frombuffer(message, "<u2", offset=16).reshape(-1, 52) / np.float32(65535))
    return count


async def plain_async(url: str, sound: bytes) -> int:
    """Does the same with asyncio."""
    count = 0
    address = url.replace("http", "ws") + "/ws"
    async with websockets.asyncio.client.connect(address, compression=None, max_size=None) as socket:
        await socket.recv()
        await socket.send(json.dumps(START))
        for part in chunks(sound):
            await socket.send(part)
        await socket.send('{"type": "end"}')
        while isinstance(message := await socket.recv(), bytes) or '"end"' not in message:
            if isinstance(message, bytes):
                count += len(np.frombuffer(message, "<u2", offset=16).reshape(-1, 52) / np.float32(65535))
    return count


def through_client(url: str, sound: bytes) -> int:
    """Streams with `Client`."""
    with Client(url) as client:
        return sum(len(clip) for clip in client.stream(chunks(sound), RATE))


async def through_async_client(url: str, sound: bytes) -> int:
    """Streams with `AsyncClient`."""
    async with AsyncClient(url) as client:
        return sum([len(clip) async for clip in client.stream(chunks(sound), RATE)])


def plain_file(url: str, sound: bytes) -> int:
    """Posts a file with httpx and parses the answer."""
    answer = httpx.post(f"{url}/v1/animate", content=wav(sound), timeout=60).json()
    return len(np.array(answer["weights"], np.float32))


def client_file(url: str, sound: bytes) -> int:
    """Posts it with `Client`."""
    with Client(url) as client:
        return len(client.animate(wav(sound)))


def wav(sound: bytes) -> bytes:
    """Returns a WAV file."""
    size = len(sound).to_bytes(4, "little")
    riff = (36 + len(sound)).to_bytes(4, "little")
    form = b"\x10\0\0\0\x01\0\x01\0" + RATE.to_bytes(4, "little") + (2 * RATE).to_bytes(4, "little") + b"\x02\0\x10\0"
    return b"RIFF" + riff + b"WAVEfmt " + form + b"data" + size + sound


def cost(run: Callable[[], int], frames: int, times: int) -> float:
    """Returns the CPU milliseconds of the fastest of several runs."""
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        assert run() == frames
        best = min(best, time.process_time() - begun)
    return best * 1000


def main() -> None:
    """Prints the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    sound = voice(options.seconds)
    frames = int(options.seconds * 30)
    with server(backend="mock") as (port, _):
        url = f"http://127.0.0.1:{port}"
        pairs: dict[str, tuple[Callable[[], int], Callable[[], int]]] = {
            "stream": (lambda: plain(url, sound), lambda: through_client(url, sound)),
            "stream, asyncio": (
                lambda: asyncio.run(plain_async(url, sound)),
                lambda: asyncio.run(through_async_client(url, sound)),
            ),
            "file": (lambda: plain_file(url, sound), lambda: client_file(url, sound)),
        }
        rows = {}
        for name, (bare, client) in pairs.items():
            least, ours = (cost(run, frames, options.times) / options.seconds for run in (bare, client))
            rows[name] = {
                "plain_ms_per_s": round(least, 3),
                "client_ms_per_s": round(ours, 3),
                "ratio": round(ours / least, 2),
            }
    print(json.dumps({"machine": describe(), "seconds": options.seconds, "cpu": rows}, indent=1))


if __name__ == "__main__":
    main()
