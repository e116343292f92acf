"""Measures the memory that an open live stream takes in the server."""

from __future__ import annotations

import argparse
import asyncio
import json
import time

import uvloop

from machine import describe, server
from memory import sample
from sockets import BINARY, LoadClient, connect, frame
from streams import RATE, voice

SPOKEN_S = 3
"""Seconds of audio that each stream has sent when memory is measured; it stays open."""
MESSAGE_S = 0.04
MESSAGE_BYTES = int(MESSAGE_S * RATE) * 2
AT_ONCE = 50
"""Streams that send at the same time: memory counts here, not speed."""
SETTLED_S = 1.0


async def speak(client: LoadClient) -> None:
    """Begins an utterance, sends its audio and waits for the frames, but does not end it."""
    client.say(type="start", audio={"encoding": "pcm_s16le", "sample_rate": RATE, "channels": 1}, format="binary")
    sound = voice(SPOKEN_S)
    for begin in range(0, len(sound), MESSAGE_BYTES):
        client.send(frame(BINARY, sound[begin : begin + MESSAGE_BYTES]))
        await asyncio.sleep(MESSAGE_S)
    async with asyncio.timeout(120):
        while sum(count for _, _, count in client.frames) < (SPOKEN_S - 1) * 30:  # noqa: ASYNC110 - nothing else happens
            await asyncio.sleep(0.05)


async def opened(port: int, count: int) -> list[LoadClient]:
    """Returns that many clients with an open utterance each."""
    clients = [await connect(port) for _ in range(count)]
    for begin in range(0, count, AT_ONCE):
        await asyncio.gather(*map(speak, clients[begin : begin + AT_ONCE]))
    await asyncio.sleep(SETTLED_S)
    return clients


async def close(clients: list[LoadClient]) -> None:
    """Closes the sockets, and waits until the server has noticed."""
    for client in clients:
        client.close()
    await asyncio.sleep(SETTLED_S)


async def measure(port: int, pid: int, counts: list[int]) -> list[dict[str, float]]:
    """Returns resident memory without streams, with each number of them, and after the last ones are closed, in MB."""
    await close(await opened(port, 1))  # what the first stream loads remains
    empty = sample(pid)["rss_mb"]
    lines = [{"streams": 0, "rss_mb": round(empty, 1)}]
    for count in counts:
        clients = await opened(port, count)
        used = sample(pid)["rss_mb"]
        await close(clients)
        kb = 1024 * (used - empty) / count
        closed = sample(pid)["rss_mb"]
        lines.append(
            {"streams": count, "rss_mb": round(used, 1), "kb_a_stream": round(kb), "closed_mb": round(closed, 1)}
        )
    return lines


def main() -> None:
    """Prints the machine, and a line for each number of streams."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="builtin")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 100, 400])
    options = parser.parse_args()
    print(json.dumps({"machine": describe(), "backend": options.backend}))
    most = max(options.streams)
    with server(backend=options.backend, tts="none", max_streams=most, max_connections=most + AT_ONCE) as (port, pid):
        time.sleep(SETTLED_S)
        for line in uvloop.run(measure(port, pid, options.streams)):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
