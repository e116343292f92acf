"""Opens videos: makes the face, measures its cost, and takes its slots."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing

from a2f_server.drawing.contract import FaceRenderer
from a2f_server.drawing.loading import LoadRenderer, load_renderer, picture_size
from a2f_server.engine.slots import Slot, SlotHolder, SlotPool
from a2f_server.engine.stream import Stream
from a2f_server.metrics import Metrics
from a2f_server.settings import Settings
from a2f_server.video.capacity import CostMeter, VideoCapacity
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.parts import VideoPart
from a2f_server.video.session import VideoSession
from a2f_server.video.sessions import VideoSessions, new_key
from a2f_server.video.talking_face import HeadMotion, TalkingFace
from a2f_server.video.writer import RecordingWriter


class VideoStudio:
    """Everything that the videos of a server share."""

    def __init__(
        self, settings: Settings, slots: SlotPool, metrics: Metrics, load: LoadRenderer = load_renderer
    ) -> None:
        self._settings, self._slots, self._metrics, self.load = settings, slots, metrics, load
        self.threads = DrawingThreads(settings.video_threads)
        self.capacity = VideoCapacity(self.threads.count, settings.video_sessions, metrics)
        self.sessions = VideoSessions(settings.video_session_ttl_s)
        self._meter = CostMeter()

    def require_free(self, holder: SlotHolder | None = None) -> None:
        """Raises Busy if a new video would be refused, to the caller with these slots or to all: for clients whose
        picture is yet to come."""
        self._slots.require_free()
        self.sessions.make_room()
        self.sessions.require_free(holder)
        self.capacity.require_free()

    async def renderer(self, glb: bytes, size: int | None = None) -> FaceRenderer:
        """Returns the renderer of an avatar. `size`: the longer side in pixels, by default that of the settings.

        Raises BadAvatar, TooLarge or NotInstalled.
        """
        longer, label = size or self._settings.video_size, self._settings.video_label
        return await self.threads.run(lambda: self.load(glb, *picture_size(glb, longer), label))

    async def cost(self, renderer: FaceRenderer, fps: int) -> float:
        """Returns the number of CPU cores needed to render and encode this face in real time."""
        return await self.threads.run(lambda: self._meter.cost(renderer, fps))

    async def session(
        self,
        renderer: FaceRenderer,
        motion: HeadMotion,
        fps: int,
        open_stream: Callable[[Slot], Stream],
        holder: SlotHolder | None,
    ) -> VideoSession:
        """Opens a session, which is kept until it expires. Raises Busy.

        `open_stream` opens the utterance in a slot on the engine that is not taken yet. `holder` has the caller's
        slots.
        """
        settings, clock = self._settings, self.sessions.clock
        cost = await self.cost(renderer, fps)
        with ExitStack() as held:
            video_slot = held.enter_context(closing(self.capacity.take(cost)))
            writer = await self.threads.run(
                lambda: RecordingWriter(
                    renderer.width, renderer.height, fps, settings.video_session_bytes, clock, self._metrics
                )
            )
            held.callback(writer.close)
            self.sessions.require_free(holder)
            slot = held.enter_context(closing(self._slots.open(holder)))
            face = TalkingFace(open_stream(slot), renderer, self.threads, motion)
            session = VideoSession(new_key(), face, writer, self.threads, (slot, video_slot), clock)
            held.pop_all()
        self.sessions.add(session)
        return session

    async def encoder(self, renderer: FaceRenderer, fps: int, on_part: Callable[[VideoPart], None]) -> VideoEncoder:
        """Returns an encoder for this face. Raises NotInstalled."""
        return await self.threads.run(lambda: VideoEncoder(renderer.width, renderer.height, fps, on_part))

    def stop(self) -> None:
        """Closes all sessions and ends the threads."""
        self.sessions.close()
        self.threads.stop()
