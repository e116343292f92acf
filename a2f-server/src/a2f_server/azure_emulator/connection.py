"""One client's WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.azure_emulator import messages, request
from a2f_server.azure_emulator.failures import CLOSES, Failure
from a2f_server.azure_emulator.options import EmulatorOptions
from a2f_server.azure_emulator.records import Records, TurnRecord
from a2f_server.azure_emulator.synthesis import synthesize
from a2f_server.azure_emulator.turn import TurnSender, TurnTransport
from a2f_server.errors import A2FError, BadMessage
from a2f_server.tts.contract import Voice
from a2f_server.uvicorn_server.websocket_protocol import EXTENSION

_LONGEST_REASON = 123
"""Bytes that fit into a close frame."""


class EmulatorConnection:
    """Answers one client until it disconnects. Turns run one after another, as in the real service."""

    def __init__(
        self, socket: WebSocket, voice: Voice, options: EmulatorOptions, records: Records, failed: set[str]
    ) -> None:
        """`failed`: the SSML of requests that have failed once and must succeed the second time."""
        self._socket, self._voice, self._options, self._records = socket, voice, options, records
        self._failed = failed
        self.loop = asyncio.get_running_loop()
        self._context: dict[str, Any] = {}
        self._number = records.connections
        self._speaking: asyncio.Task[None] | None = None
        self._turns: list[TurnRecord] = []

    async def run(self) -> None:
        """Serves until the connection closes, which also stops the current turn."""
        try:
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                if text := message.get("text"):
                    await self._receive(messages.parse(text))
        finally:
            await self._stop_speaking()

    def cut(self) -> None:
        """Drops the connection without a close frame."""
        self._socket.scope["extensions"][EXTENSION].abort()

    async def _stop_speaking(self) -> None:
        if self._speaking:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
        for turn in self._turns:
            if turn.state == "open":
                turn.state = "cancelled"

    async def _receive(self, message: messages.TextMessage) -> None:
        if message.path == "synthesis.context":
            self._context = message.json()
        elif message.path == "ssml":
            turn = self._turn(message)
            self._speaking = asyncio.create_task(self._answer(turn, self._context, self._speaking))

    def _turn(self, message: messages.TextMessage) -> TurnRecord:
        audio = self._context.get("synthesis", {}).get("audio", {})
        turn = TurnRecord(
            message.request_id, message.body, audio.get("outputFormat", ""), self._number, time.perf_counter()
        )
        self._records.turns.append(turn)
        self._turns.append(turn)
        return turn

    async def _answer(self, turn: TurnRecord, context: dict[str, Any], before: asyncio.Task[None] | None) -> None:
        try:
            if before:
                await before
            await self._speak(turn, context)
        except WebSocketDisconnect:
            turn.state = "cancelled"
        except (ValueError, BadMessage) as error:
            await self._close(turn, 1007, str(error))
        except A2FError as error:
            await self._close(turn, 1011, error.message)

    async def _speak(self, turn: TurnRecord, context: dict[str, Any]) -> None:
        requested = request.read(turn.ssml, context)
        failure = self._failure(turn, requested)
        if failure in CLOSES:
            return await self._close(turn, *CLOSES[failure])
        transport = TurnTransport(self._send, self.cut)
        sender = TurnSender(transport, turn, requested, failure, self._options.pace)
        if failure is Failure.SILENT:
            await asyncio.Event().wait()
        await sender.start()
        if failure is Failure.DROP_EARLY:
            turn.state = "failed"
            return self.cut()
        speech = await synthesize(self._voice, requested)
        await asyncio.sleep(self._options.delay)
        await sender.send(speech)

    def _failure(self, turn: TurnRecord, requested: request.SynthesisRequest) -> Failure | None:
        failure = requested.failure or self._options.fail
        if not failure or not failure.once:
            return failure
        if turn.ssml in self._failed or not requested.failure:
            return None
        self._failed.add(turn.ssml)
        return Failure(failure.removesuffix("-once"))

    async def _close(self, turn: TurnRecord, code: int, reason: str) -> None:
        turn.state = "failed"
        short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the client has closed it already
            await self._socket.close(code, short)

    async def _send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self._socket.send_text(message)
        else:
            await self._socket.send_bytes(message)
