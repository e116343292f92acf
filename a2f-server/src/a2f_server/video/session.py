"""A session: one face that speaks what it is given, and the recording of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Literal

import structlog

from a2f_server.engine.slots import Slot
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
    """Draws and encodes whatever speech its face gets, until the end of the speech, an error, or `close`.

    When it is over, only the recording is left: the renderer, the encoder and both slots are freed.
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
        """`key` is the session's id: whoever knows it may watch. `slots`: the face's on the engine, and the video's."""
        self.key, self.face, self.turns = key, face, Turns()
        self.created, self._clock = time.time(), clock
        self.begun = self.used = clock()
        self.error: A2FError | None = None
        self.subject: str | None = None
        """The user of the token that opened it, None without one."""
        self.ended = False
        """True once no more speech is taken."""
        self._writer, self._threads, self._slots = writer, threads, slots
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = asyncio.create_task(self._draw(), name="a2f-video")
        self._task.add_done_callback(self._finish)

    @property
    def recording(self) -> Recording:
        """What players get."""
        return self._writer.recording

    @property
    def frames(self) -> int:
        """Frames drawn and encoded so far."""
        return self._writer.frames

    @property
    def over(self) -> bool:
        """True once nothing more is drawn."""
        return self.recording.ended

    @property
    def status(self) -> Status:
        """What the session does now."""
        if self.error:
            return "error"
        if self.over:
            return "complete"
        return "processing" if self.ended or self._behind else "waiting_for_audio"

    @property
    def _behind(self) -> bool:
        """True if there is speech for which frames can be drawn and are not."""
        face = self.face
        due = (Fraction(face.received, face.sample_rate) - face.lookahead) * face.fps
        return due > self.frames

    def touch(self) -> None:
        """Notes that somebody uses the session."""
        self.used = self._clock()

    @property
    def idle_s(self) -> float:
        """Seconds since it was used last."""
        return self._clock() - self.used

    @property
    def uptime_s(self) -> float:
        """Seconds since it was opened."""
        return self._clock() - self.begun

    def take_slot(self) -> None:
        """Takes the engine's slot, now that there is speech. Raises Busy; again changes nothing."""
        self._slots[0].take()

    def end(self) -> None:
        """Marks the end of the speech. May be called twice."""
        if not self.ended:
            self.ended = True
            self.face.end()

    def fail(self, error: A2FError) -> None:
        """Ends the speech with an error. What was said until then is still drawn."""
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
        """Waits until nothing more is drawn, at most `limit` seconds."""
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
