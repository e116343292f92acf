"""Runs a session of LiveKit Agents with the example's FaceOutput and a stand-in of the room.

It says a sentence and interrupts the next one. Prints what was sent to the room as lines of JSON: seconds, and message.
Its argument is the URL of a2f-server.
"""

import asyncio
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

from face import FaceOutput
from livekit import rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities
from livekit.plugins import openai

from a2f_server.client import AsyncClient


class Participant:
    """Records what is published."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    async def publish_data(self, payload: str, *, topic: str) -> None:
        assert topic == "face"
        assert len(payload) < 15_000, "rooms drop larger packets"
        print(json.dumps([time.monotonic() - self.begun, json.loads(payload)]), flush=True)


class Speaker(AudioOutput):
    """Plays in real time, as a room's track does, but nobody hears it."""

    def __init__(self) -> None:
        super().__init__(label="Speaker", capabilities=AudioOutputCapabilities(pause=True), sample_rate=24000)
        self._written, self._started = 0.0, 0.0
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._written:
            self._started = time.monotonic()
            self.on_playback_started(created_at=time.time())
        self._written += frame.duration

    def flush(self) -> None:
        super().flush()
        rest = self._started + self._written - time.monotonic()
        self._end = asyncio.get_running_loop().call_later(max(0.0, rest), self._finish, False)

    def clear_buffer(self) -> None:
        if self._end:
            self._end.cancel()
            self._finish(True)

    def _finish(self, interrupted: bool) -> None:
        played = min(self._written, time.monotonic() - self._started)
        self._written, self._end = 0.0, None
        self.on_playback_finished(playback_position=played, interrupted=interrupted)


async def main(url: str) -> None:
    room: Any = SimpleNamespace(local_participant=Participant())
    async with AsyncClient(url) as client, AgentSession(tts=openai.TTS()) as session:
        await session.start(Agent(instructions=""))
        session.output.audio = FaceOutput(room, client, Speaker())
        await session.say("My mother bought a balloon.")
        second = session.say("This is never finished.")
        await asyncio.sleep(1.5)
        session.interrupt()
        await second
        await asyncio.sleep(0.2)


asyncio.run(main(sys.argv[1]))
