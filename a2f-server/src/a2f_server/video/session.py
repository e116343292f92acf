"""A video session: one talking face, and the recording of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Literal

import structlog

from a2f_server.engine.slots import Slot, SlotHolder
from a2f_server.errors import A2FError, BackendFailed
from a2f_server.video.capacity import VideoSlot
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.recording import Recording
from a2f_server.video.talking_face import TalkingFace
from a2f_server.video.turns import Turns
from a2f_server.video.writer import RecordingWriter

log = structlog.get_logger(__name__)

Status = Literal["waiting_for_audio", "processing", "complete", "error"]


class VideoSession:
    """Renders and encodes the speech of its face until the speech ends, an error occurs, or `close` is called.

    Afterwards only the recording is left: the renderer, the encoder and both slots are freed.
    """

    def __init__(
        self,
        key: str,
        face: TalkingFace,
        writer: RecordingWriter,
        threads: DrawingThreads,
        slots: tuple[Slot, VideoSlot],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`key` is the session's id: whoever knows it may watch. `slots`: those of the engine and of the video."""
        self.key, self.face, self.turns = key, face, Turns()
        self.created, self._clock = time.time(), clock
        self.begun = self.used = clock()
        self.error: A2FError | None = None
        self.ended = False
        """True once no more speech is accepted."""
        self._writer, self._threads, self._slots = writer, threads, slots
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = asyncio.create_task(self._draw(), name="a2f-video")
        self._task.add_done_callback(self._finish)

    @property
    def recording(self) -> Recording:
        """The recording that players fetch."""
        return self._writer.recording

    def counts_for(self, holder: SlotHolder) -> bool:
        """Returns True until it is over, if `holder` or one within it opened it."""
        own = self._slots[0].holder
        return own is not None and holder in own.chain and not self.over

    @property
    def frames(self) -> int:
        """Frames rendered and encoded so far."""
        return self._writer.frames

    @property
    def over(self) -> bool:
        """True once nothing more is rendered."""
        return self.recording.ended

    @property
    def status(self) -> Status:
        """The state of the session, as in the API."""
        if self.error:
            return "error"
        if self.over:
            return "complete"
        return "processing" if self.ended or self._behind else "waiting_for_audio"

    @property
    def _behind(self) -> bool:
        """True if frames can be rendered that have not been."""
        face = self.face
        due = (Fraction(face.received, face.sample_rate) - face.lookahead) * face.fps
        return due > self.frames

    def touch(self) -> None:
        """Marks the session as used."""
        self.used = self._clock()

    @property
    def idle_s(self) -> float:
        """Seconds since it was last used."""
        return self._clock() - self.used

    @property
    def uptime_s(self) -> float:
        """Seconds since it was opened."""
        return self._clock() - self.begun

    def take_slot(self) -> None:
        """Takes the slot of the engine, now that there is speech. Idempotent. Raises Busy."""
        self._slots[0].take()

    def end(self) -> None:
        """Marks the end of the speech. May be called twice."""
        if not self.ended:
            self.ended = True
            self.face.end()

    def fail(self, error: A2FError) -> None:
        """Ends the speech with an error. Earlier speech is still rendered."""
        if not self.over:
            self.error = self.error or error
            self.end()

    def close(self) -> None:
        """Ends the session and drops the recording. May be called twice."""
        self.ended = True
        if self._task:
            self._task.cancel()
        self._free()
        self.recording.close()

    async def wait(self, limit: float) -> None:
        """Waits until nothing more is rendered, at most `limit` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._over.wait()

    async def _draw(self) -> None:
        try:
            while await self.face.draw(self._writer.add):
                self._writer.publish()
            await self._threads.run(self._writer.finish)
            self._writer.publish()
        except A2FError as error:
            self.error = self.error or error
        except OSError:
            log.exception("a video could not be stored")
            self.error = BackendFailed("the server has no space left for this video")
        except Exception:
            log.exception("a video could not be drawn")
            self.error = BackendFailed("the server failed on this video; its log says why")

    def _finish(self, _: object) -> None:
        self._task = None  # its traceback refers to this object: a cycle
        self._over.set()
        self._free()
        self.recording.end()

    def _free(self) -> None:
        """Frees the slots now, and the memory as soon as no thread uses it."""
        self.ended = True
        self.face.close()
        for slot in self._slots:
            slot.close()
        self._threads.submit(self._writer.close)
