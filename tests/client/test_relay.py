"""A bot's face: what `FaceRelay` sends to the browser while audio goes in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from a2f_server.client import AsyncClient, FaceClip, FaceRelay
from a2f_server.client.relay import MOST_FRAMES
from tests.support.processes import free_port
from tests.support.running import Running
from tests.support.sounds import buzz

SOUND = buzz(1.2, 16000)
Script = Callable[[FaceRelay], Awaitable[None]]


def sent(url: str, script: Script, ends: int = 1, **settings: Any) -> list[dict[str, Any]]:
    """Runs a script with a relay; returns what it has sent once so many utterances have ended."""
    messages: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)
        if sum(m["type"] in {"face.end", "face.cancel"} for m in messages) == ends:
            done.set()

    async def run() -> None:
        async with AsyncClient(url, **settings) as client:
            relay = FaceRelay(client, send, seed=3)
            await script(relay)
            await asyncio.wait_for(done.wait(), 20)
            await relay.close()

    asyncio.run(run())
    first = min(m["utterance"] for m in messages if "utterance" in m)
    return [{**m, "utterance": m["utterance"] - first + 1} if "utterance" in m else m for m in messages]


def joined(messages: list[dict[str, Any]], utterance: int) -> FaceClip:
    parts = [m for m in messages if m["type"] == "face.frames" and m["utterance"] == utterance]
    return FaceClip.concat(FaceClip(np.array(m["weights"], np.float32), m["fps"], first=m["first"]) for m in parts)


def test_frames_are_those_of_the_audio(server: Running) -> None:
    async def script(relay: FaceRelay) -> None:
        first = relay.write(SOUND[:8000], 16000)
        second = relay.write(SOUND[8000:], 16000)
        assert first == {**second, "from": 0, "to": 0.5}
        assert (second["from"], second["to"]) == (0.5, 1.2)
        relay.end()
        relay.end()

    messages = sent(server.url, script)
    assert messages[-1] == {"type": "face.end", "utterance": 1, "duration": 1.2}
    assert max(len(m["weights"]) for m in messages[:-1]) <= MOST_FRAMES

    async def expected() -> FaceClip:
        async with AsyncClient(server.url) as client:
            return FaceClip.concat([clip async for clip in client.stream([SOUND], 16000, seed=3)])

    assert joined(messages, 1).weights == pytest.approx(asyncio.run(expected()).weights, abs=6e-4)


def test_sentences_follow_one_another_even_if_they_were_written_at_once(server: Running) -> None:
    async def script(relay: FaceRelay) -> None:
        for _ in range(2):
            relay.write(SOUND, 16000)
            relay.end()

    messages = sent(server.url, script, ends=2)
    numbers = [m["utterance"] for m in messages]
    assert numbers == sorted(numbers)
    assert len(joined(messages, 1)) == len(joined(messages, 2)) == 36


def test_an_interruption_drops_what_was_written(server: Running) -> None:
    async def script(relay: FaceRelay) -> None:
        relay.pause()  # nothing has been said yet
        relay.resume()
        relay.write(SOUND, 16000)
        relay.pause()
        relay.resume()
        await asyncio.sleep(0)
        relay.cancel()
        relay.write(SOUND, 16000)
        relay.end()

    messages = sent(server.url, script, ends=2)
    types = [(m["type"], m.get("utterance")) for m in messages]
    assert types.index(("face.paused", 1)) < types.index(("face.playing", 1)) < types.index(("face.cancel", None))
    assert ("face.end", 1) not in types
    assert not [t for t in types[types.index(("face.cancel", None)) :] if t[1] == 1]


def test_a_channel_that_fails_is_logged_and_used_again(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="a2f_client.relay")  # servers of other tests set the root's
    messages: list[str] = []

    async def run() -> None:
        done = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            messages.append(message["type"])
            if message["type"] == "face.end":
                done.set()
            if len(messages) == 1:
                raise RuntimeError("the room is closed")

        async with AsyncClient(server.url) as client:
            relay = FaceRelay(client, send)
            relay.write(SOUND, 16000)
            relay.end()
            await asyncio.wait_for(done.wait(), 20)
            await relay.close()

    asyncio.run(run())
    assert messages[-1] == "face.end"
    assert "the room is closed" in caplog.text


def test_without_a_server_the_bot_goes_on_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    async def script(relay: FaceRelay) -> None:
        relay.write(SOUND, 16000)
        relay.end()

    with caplog.at_level(logging.WARNING):
        messages = sent(f"http://127.0.0.1:{free_port()}", script, reconnect=0)
    assert messages == [{"type": "face.end", "utterance": 1, "duration": 1.2}]
    assert "the bot's face rests" in caplog.text
