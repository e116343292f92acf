"""Sends one utterance at the configured pace, with the simulated failure if there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from a2f_server.azure_emulator import messages
from a2f_server.azure_emulator.failures import Failure
from a2f_server.azure_emulator.records import TurnRecord
from a2f_server.azure_emulator.request import SynthesisRequest
from a2f_server.azure_emulator.synthesis import SynthesizedSpeech, items

PIECE_S = 0.1
"""Seconds of audio in one message."""
STALL_S = 5.0


@dataclass(frozen=True, slots=True)
class TurnTransport:
    """The part of a connection that a turn uses."""

    send: Callable[[str | bytes], Awaitable[None]]
    cut: Callable[[], None]
    """Drops the connection without a close frame."""


class TurnSender:
    """Sends one utterance over a connection."""

    def __init__(
        self,
        transport: TurnTransport,
        turn: TurnRecord,
        request: SynthesisRequest,
        failure: Failure | None,
        pace: float,
    ) -> None:
        """`pace` is a multiple of real time; 0 or infinity is unlimited."""
        self._transport, self._turn, self._request, self._failure = transport, turn, request, failure
        self._per_second = 1 / pace if pace else 0.0
        self._stream = messages.stream_id()

    async def start(self) -> None:
        """Sends the messages that announce the turn."""
        context = {"context": {"serviceTag": self._stream}}
        await self._message("turn.start", context)
        await self._message("response", {**context, "audio": {"type": "inline", "streamId": self._stream}})

    async def send(self, speech: SynthesizedSpeech) -> None:
        """Sends everything after the announcement."""
        pending = items(speech, self._request, self._failure)
        step = 2 * int(PIECE_S * self._request.format.rate)
        if header := self._request.format.header():
            await self._audio(header)
        began = time.perf_counter()
        for number, at in enumerate(range(0, len(speech.pcm), step)):
            await asyncio.sleep(max(0.0, began + number * PIECE_S * self._per_second - time.perf_counter()))
            pending = await self._events(pending, (number + 1) * PIECE_S)
            await self._audio(speech.pcm[at : at + step])
            if at <= len(speech.pcm) // 2 < at + step and await self._broken():
                return
        await self._events(pending, float("inf"))
        await self._end(speech.seconds)

    async def _end(self, seconds: float) -> None:
        if self._request.end:
            await self._transport.send(messages.metadata(self._turn.request_id, messages.item("SessionEnd", seconds)))
        await self._transport.send(messages.audio(self._turn.request_id, self._stream, b""))
        await self._message("turn.end", {})
        self._turn.state = "done"

    async def _broken(self) -> bool:
        """Applies a failure in the middle of the audio; returns True if the turn ends there."""
        if self._failure is Failure.STALL:
            await asyncio.sleep(STALL_S)
        if self._failure is Failure.DROP:
            self._turn.state = "failed"
            self._transport.cut()
        return self._turn.state == "failed"

    async def _events(self, pending: list[tuple[float, dict[str, Any]]], until: float) -> list[Any]:
        """Sends the events before `until` (seconds of the utterance); returns the rest."""
        due = [data for at, data in pending if at < until]
        for data in due:
            await self._transport.send(messages.metadata(self._turn.request_id, data))
        return pending[len(due) :]

    async def _audio(self, pcm: bytes) -> None:
        await self._transport.send(messages.audio(self._turn.request_id, self._stream, pcm))
        self._turn.sounded = self._turn.sounded or time.perf_counter()
        self._turn.sent += len(pcm)

    async def _message(self, path: str, body: dict[str, Any]) -> None:
        await self._transport.send(messages.text(path, self._turn.request_id, body))
