"""`FaceRelay`: a face for a bot whose sound reaches the browser another way, for example in a WebRTC room."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Unpack

from a2f_server.client.async_client import AsyncClient
from a2f_server.client.requests import RequestOptions
from a2f_server.client.script import PCM, s16
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

RelayMessage = dict[str, Any]
"""JSON for the browser client: `face.receive(message)`."""
MOST_FRAMES = 15
"""Frames of a message, 5 kB: rooms limit the size of messages."""
_DECIMALS = 3
_log = logging.getLogger("a2f_client.relay")


class FaceRelay:
    """Takes the bot's audio as it goes out, and gives `send` the messages that move the browser's face, in order.

    `options` are those of `AsyncClient.stream`. If the server fails, it logs a warning, and the face rests.
    """

    def __init__(
        self, client: AsyncClient, send: Callable[[RelayMessage], Awaitable[object]], **options: Unpack[RequestOptions]
    ) -> None:
        self._client, self._send, self._options = client, send, options
        self._number = int(time.time() * 1000)  # unique, since a page may outlive a bot
        self._begun = False
        self._speech: _Speech | None = None
        self._outbox: asyncio.Queue[RelayMessage] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def write(self, pcm: PCM, sample_rate: int) -> RelayMessage:
        """Adds mono audio, which opens an utterance if none is open.

        Returns the message to send when this audio begins to play. Without it the face does not move.
        """
        if self._speech is None:
            self._number, self._begun = self._number + 1, True
            self._speech = _Speech(self._number, sample_rate)
            self._start(self._animate(self._speech))
        start, stop = self._speech.add(pcm)
        return {"type": "face.playing", "utterance": self._number, "from": start, "to": stop}

    def end(self) -> None:
        """Ends the utterance, if one is open. The next audio opens another one."""
        speech, self._speech = self._speech, None
        if speech:
            speech.end()

    def pause(self) -> None:
        """Stops the face, because the sound pauses."""
        if self._begun:
            self._post({"type": "face.paused", "utterance": self._number})

    def resume(self) -> None:
        """Moves the face, because the sound begins or goes on, for programs that do not know more."""
        if self._begun:
            self._post({"type": "face.playing", "utterance": self._number})

    def cancel(self) -> None:
        """Drops everything that was written: the bot is interrupted."""
        self._drop()
        self._post({"type": "face.cancel"})

    async def close(self) -> None:
        """Stops without telling the browser."""
        tasks = self._drop()
        if self._sender:
            self._sender.cancel()
            tasks.append(self._sender)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _drop(self) -> list[asyncio.Task[None]]:
        self._speech = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        while not self._outbox.empty():
            self._outbox.get_nowait()
        return tasks

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _post(self, message: RelayMessage) -> None:
        self._sender = self._sender or asyncio.get_running_loop().create_task(self._deliver())
        self._outbox.put_nowait(message)

    async def _deliver(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                await self._send(message)
            except Exception as error:
                _log.warning("a message to the bot's face was not sent: %s", error)

    async def _animate(self, speech: _Speech) -> None:
        async with self._turn:  # the browser takes one utterance after another
            try:
                async for clip in self._client.stream(speech.audio(), speech.sample_rate, **self._options):
                    for message in speech.frames(clip):
                        self._post(message)
            except A2FError as error:
                _log.warning("the bot's face rests: %s", error)
            await speech.ended.wait()
            self._post({"type": "face.end", "utterance": speech.number, "duration": speech.duration})


class _Speech:
    """One utterance."""

    def __init__(self, number: int, sample_rate: int) -> None:
        self.number, self.sample_rate = number, sample_rate
        self.ended = asyncio.Event()
        self._samples = 0
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def duration(self) -> float:
        """Seconds."""
        return round(self._samples / self.sample_rate, 6)

    def add(self, pcm: PCM) -> tuple[float, float]:
        """Adds audio. Returns where it begins and ends, in seconds."""
        start, data = self.duration, s16(pcm)
        self._samples += len(data) // 2
        self._pieces.put_nowait(data)
        return start, self.duration

    def end(self) -> None:
        self.ended.set()
        self._pieces.put_nowait(None)

    async def audio(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece

    def frames(self, clip: FaceClip) -> list[RelayMessage]:
        parts = [clip.slice(i, i + MOST_FRAMES) for i in range(0, len(clip), MOST_FRAMES)]
        return [
            {
                "type": "face.frames",
                "utterance": self.number,
                "first": part.first,
                "fps": clip.fps,
                "weights": [[round(w, _DECIMALS) for w in frame] for frame in part.weights.tolist()],
            }
            for part in parts
        ]
