"""Utterances whose audio is a file."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import structlog

from a2f_server.api.file_feed import FileFeed
from a2f_server.api.messages import Emotions
from a2f_server.api.ws.audio_turn import AudioTurn, Opening
from a2f_server.api.ws.turn import Outgoing
from a2f_server.errors import A2FError, BackendFailed, BadMessage, TimedOut
from a2f_server.motion.emotion import MOST_KEYS

UPLOAD_S, PAUSE_S = 300.0, 30.0
"""Seconds that the upload of a file may take, and that it may pause: until its end it holds memory."""

log = structlog.get_logger(__name__)


class FileTurn(AudioTurn):
    """Audio that arrives as the bytes of a file, which is decoded once it is complete."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy."""
        super().__init__(opening)
        self._upload = opening.caller.uploads.upload(self._service.settings.max_file_bytes)
        self._began = self._added = self._service.engine.clock()
        self._early_emotions: list[Emotions] = []
        self._feed: FileFeed | None = None
        self._decoding: asyncio.Task[None] | None = None
        self._error: A2FError | None = None

    @property
    def lookahead(self) -> Fraction:
        """Look-ahead of audio at a usual sample rate, until the file is opened."""
        return self._utterance.lookahead if self._utterance else self._service.lookahead(self._start)

    @property
    def sample_rate(self) -> int | None:
        """Sample rate in Hz, None until the file is opened."""
        return self._utterance.sample_rate if self._utterance else None

    @property
    def finished(self) -> bool:
        """True once every frame has left."""
        return not self.holds and self._stream is not None and self._stream.finished

    @property
    def warning(self) -> str | None:
        """The warning about this file, None if there is none; known once it has ended."""
        return self._feed.warning if self._feed else None

    def add_audio(self, data: bytes) -> None:
        """Adds bytes of the file. Raises TooLarge, or Busy if the server holds too many uploads."""
        self._pacer.start(self._service.engine.clock())
        self._upload.add(data)
        self._added = self._service.engine.clock()

    def check_time(self, now: float) -> None:
        """Raises TimedOut if the file's bytes come too slowly."""
        if self._input_open and (now - self._added > PAUSE_S or now - self._began > UPLOAD_S):
            raise TimedOut(
                "the bytes of this file come too slowly; send the whole file at once, or stream its audio as PCM"
            )

    def set_emotions(self, message: Emotions) -> None:
        """Keeps emotions until the file is opened. Raises BadMessage if too many wait."""
        if self._utterance:
            super().set_emotions(message)
        elif len(self._early_emotions) >= MOST_KEYS:
            raise BadMessage(
                f"more than {MOST_KEYS} emotion changes wait for this file; give them in start, or after end"
            )
        else:
            self._early_emotions.append(message)

    def end(self) -> None:
        """Decodes the file in the background. Raises Busy if all slots are taken."""
        self._input_open = False
        self._slot.take()
        self._decoding = asyncio.create_task(self._decode())

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message. Raises the error of a file that could not be decoded."""
        if self._error:
            raise self._error
        return super().next_message(now)

    def close(self) -> None:
        """Frees everything, finished or not."""
        super().close()
        self._upload.close()
        if self._decoding:
            self._decoding.cancel()

    async def _decode(self) -> None:
        try:
            self._feed = await self._service.open_file(self._upload, self._start.audio.channel, self._slot)
            self._utterance = self._service.utterance(self._start, self._feed.sample_rate)
            stream = self._open(self._utterance)
            for message in self._early_emotions:
                self.set_emotions(message)
            await self._feed.into(stream)
        except A2FError as error:
            self._fail(error)
        except Exception:
            log.exception("a file could not be decoded", stream=self._name)
            self._fail(BackendFailed("the server failed on this file; its log says why"))

    def _fail(self, error: A2FError) -> None:
        self._error = error
        self._on_change()
