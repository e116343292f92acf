"""`FaceRelay`: a face for a bot whose sound reaches the browser another way, for example in a WebRTC room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Unpack

from a2f_server.client.async_client import AsyncClient
from a2f_server.client.requests import RequestOptions
from a2f_server.client.script import PCM, s16
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

Message = dict[str, Any]
"""JSON for the browser client: `face.receive(message)`."""
MOST_FRAMES = 15
"""Frames of a message, 5 kB: rooms limit the size of messages."""
_DECIMALS = 3
_log = logging.getLogger("a2f_client.relay")


class FaceRelay:
    """Takes the bot's audio as it goes out, and gives `send` the messages that move the browser's face.

    `options` are those of `AsyncClient.stream`. If the server fails, it logs a warning, and the face rests.
    """

    def __init__(
        self, client: AsyncClient, send: Callable[[Message], Awaitable[object]], **options: Unpack[RequestOptions]
    ) -> None:
        self._client, self._send, self._options = client, send, options
        self._speech: _Speech | None = None
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def write(self, pcm: PCM, sample_rate: int) -> Message:
        """Adds mono audio, which opens an utterance if none is open.

        Returns the message to send when this audio begins to play. Without it the face does not move.
        """
        if self._speech is None:
            self._count += 1
            self._speech = _Speech(self._count, sample_rate)
            self._start(self._animate(self._speech))
        start, stop = self._speech.add(pcm)
        return {"type": "face.playing", "utterance": self._count, "from": start, "to": stop}

    def end(self) -> None:
        """Ends the utterance, if one is open. The next audio opens another one."""
        speech, self._speech = self._speech, None
        if speech:
            speech.end()

    async def pause(self) -> None:
        """Stops the face, because the sound pauses."""
        await self._send({"type": "face.paused", "utterance": self._count})

    async def resume(self) -> None:
        """Moves the face on, because the sound goes on."""
        await self._send({"type": "face.playing", "utterance": self._count})

    async def cancel(self) -> None:
        """Drops everything that was written: the bot is interrupted."""
        await self.close()
        await self._send({"type": "face.cancel"})

    async def close(self) -> None:
        """Stops without telling the browser."""
        self._speech = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _animate(self, speech: _Speech) -> None:
        async with self._turn:  # the browser takes one utterance after another
            try:
                async for clip in self._client.stream(speech.audio(), speech.sample_rate, **self._options):
                    for message in speech.frames(clip):
                        await self._send(message)
            except A2FError as error:
                _log.warning("the bot's face rests: %s", error)
            await speech.ended.wait()
            await self._send({"type": "face.end", "utterance": speech.number, "duration": speech.duration})


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

    def frames(self, clip: FaceClip) -> list[Message]:
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
