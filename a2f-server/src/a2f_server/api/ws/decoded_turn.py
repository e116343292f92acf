"""Utterances whose audio is decoded in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from fractions import Fraction

import structlog

from a2f_server.api.messages import Emotions
from a2f_server.api.ws.audio_turn import AudioTurn, Opening
from a2f_server.api.ws.turn import Outgoing
from a2f_server.engine.stream import Stream
from a2f_server.errors import A2FError, BackendFailed, BadMessage
from a2f_server.motion.emotion import MOST_KEYS

log = structlog.get_logger(__name__)


class DecodedTurn(AudioTurn):
    """Takes the bytes of a file or stream, whose sample rate is known only once its decoding has begun."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy."""
        super().__init__(opening)
        self._early_emotions: list[Emotions] = []
        self._decoding: asyncio.Task[None] | None = None
        self._error: A2FError | None = None

    @property
    def lookahead(self) -> Fraction:
        """Look-ahead in seconds; assumes a common sample rate until the audio's rate is known."""
        return self._utterance.lookahead if self._utterance else self._service.lookahead(self._start)

    @property
    def sample_rate(self) -> int | None:
        """Sample rate in Hz, None until it is known."""
        return self._utterance.sample_rate if self._utterance else None

    def set_emotions(self, message: Emotions) -> None:
        """Keeps emotions until the sample rate is known. Raises BadMessage if too many wait."""
        if self._utterance:
            super().set_emotions(message)
        elif len(self._early_emotions) >= MOST_KEYS:
            raise BadMessage(f"more than {MOST_KEYS} emotion changes wait for this audio; give them in start, or later")
        else:
            self._early_emotions.append(message)

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message. Raises the error of audio of which nothing could be decoded."""
        if self._error:
            raise self._error
        return super().next_message(now)

    def close(self) -> None:
        """Frees everything, finished or not."""
        super().close()
        if self._decoding:
            self._decoding.cancel()

    def _decode(self, work: Coroutine[None, None, None]) -> None:
        """Decodes in the background."""
        self._decoding = asyncio.create_task(self._reported(work))

    def _open_at(self, sample_rate: int) -> Stream:
        """Begins to animate, now that the sample rate is known."""
        self._utterance = self._service.utterance(self._start, sample_rate)
        stream = self._open(self._utterance)
        for message in self._early_emotions:
            self.set_emotions(message)
        return stream

    async def _reported(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except A2FError as error:
            self._fail(error)
        except Exception:
            log.exception("audio could not be decoded", stream=self._name)
            self._fail(BackendFailed("the server failed on this audio; its log says why"))

    def _fail(self, error: A2FError) -> None:
        if self._stream:
            return self._stream.fail(error)
        self._error = error
        self._on_change()
