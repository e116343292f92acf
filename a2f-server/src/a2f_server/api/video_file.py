"""The video of a whole audio file, made as fast as the processors allow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass

import structlog

from a2f_server.api.byte_budget import Upload
from a2f_server.api.messages import FileOptions
from a2f_server.api.service import Service
from a2f_server.api.speech_feed import feed
from a2f_server.api.talking_pictures import avatar_of, head_motion
from a2f_server.api.utterance_log import note_seconds
from a2f_server.audio.files import AudioFile
from a2f_server.drawing.contract import FaceRenderer
from a2f_server.engine.slots import Slot, SlotHolder
from a2f_server.engine.stream import Stream
from a2f_server.errors import A2FError, BackendFailed
from a2f_server.video.parts import VideoPart
from a2f_server.video.session import VideoSession
from a2f_server.video.talking_face import FPS, TalkingFace, VideoFrame

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Look:
    """Options of a video. `size`: the longer side in pixels, by default that of the settings."""

    face: int = 0
    crop: bool = True
    size: int | None = None


@dataclass(frozen=True)
class VideoFile:
    """A face that is ready to speak, and its audio file."""

    service: Service
    renderer: FaceRenderer
    file: AudioFile
    audio: Upload
    options: FileOptions
    warning: str | None = None
    """A warning about things that could make the portrait look bad."""

    @property
    def fps(self) -> int:
        """Frames per second."""
        return self.options.fps or FPS

    @classmethod
    async def prepare(
        cls, service: Service, image: Upload, audio: Upload, look: Look, options: FileOptions, slot: Slot
    ) -> VideoFile:
        """Prepares the face. Raises an error about the picture or the header of the audio file."""
        limit, channel = service.settings.max_utterance_s, options.channel
        file = await service.decoding.run(lambda: AudioFile(audio.data, limit, channel), slot, audio)
        glb, warning = await avatar_of(service, image, look.face, crop=look.crop)
        renderer = await service.videos.renderer(glb, look.size)
        return cls(service, renderer, file, audio, options.model_copy(update={"fps": options.fps or FPS}), warning)

    def open_stream(self, slot: Slot) -> Stream:
        """Opens the utterance."""
        return self.service.engine.open(self.service.utterance(self.options, self.file.sample_rate), slot)

    async def speak(self, face: TalkingFace, end: Callable[[], None]) -> None:
        """Feeds the whole file to the face, then calls `end`; passes on an error that ends the speech."""
        try:
            await feed(face, iter(self.file), self.service.decoding, self.audio)
            end()
        except A2FError as error:
            face.fail(error)
        except Exception:
            log.exception("a file could not be decoded")
            face.fail(BackendFailed("the server failed on this file; its log says why"))

    async def mp4(self, slot: Slot) -> AsyncGenerator[bytes, None]:
        """Yields a fragmented MP4 as it is made, no faster than it is read. Raises Busy, and errors of the speech."""
        videos, parts = self.service.videos, list[VideoPart]()
        cost = await videos.cost(self.renderer, self.fps)
        with ExitStack() as held:
            held.enter_context(closing(videos.capacity.take(cost)))
            encoder = await videos.encoder(self.renderer, self.fps, parts.append)
            held.callback(videos.threads.submit, encoder.close)
            motion = head_motion(self.options.seed, self.fps)
            face = held.enter_context(
                closing(TalkingFace(self.open_stream(slot), self.renderer, videos.threads, motion))
            )
            held.callback(asyncio.create_task(self.speak(face, face.end)).cancel)

            def add(frame: VideoFrame) -> None:
                encoder.add(frame.picture, frame.sound)
                self.service.metrics.video_frames.inc()

            yield encoder.header
            while await face.draw(add):
                yield _taken(parts)
            await videos.threads.run(encoder.finish)
            yield _taken(parts)
            note_seconds(face.received / face.sample_rate)

    async def session(self, holder: SlotHolder | None) -> VideoSession:
        """Opens a session that speaks the file, and whose video is kept, with slots of `holder`. Raises Busy."""
        motion = head_motion(self.options.seed, self.fps)
        session = await self.service.videos.session(self.renderer, motion, self.fps, self.open_stream, holder)
        try:
            session.take_slot()
        except BaseException:
            self.service.videos.sessions.remove(session.key)
            raise
        return session


def _taken(parts: list[VideoPart]) -> bytes:
    data = b"".join(part.data for part in parts)
    parts.clear()
    return data
