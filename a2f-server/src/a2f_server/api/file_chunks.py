"""Animates an audio file in chunks of two seconds, whose frame rates are chosen one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from a2f_server.api.byte_budget import Upload
from a2f_server.api.messages import FileOptions
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import note_seconds
from a2f_server.clip import FaceClip
from a2f_server.engine.frames import Frames
from a2f_server.engine.recorded_utterance import RecordedUtterance, Rendering
from a2f_server.engine.slots import Slot

CHUNK_S = 2


class FileChunks:
    """Chunk i at f fps has the frames 2 · i · f … 2 · (i + 1) · f − 1 of `/v1/animate?fps=f`, exactly.

    The rate may change at any chunk: the model runs once, and each rate is rendered from its output.
    """

    def __init__(
        self, service: Service, options: FileOptions, utterance: RecordedUtterance, frames: AsyncGenerator[Frames, None]
    ) -> None:
        """`frames` are the utterance's own; they only signal that more was recorded."""
        self._service, self._options, self._utterance, self._frames = service, options, utterance, frames
        self._renderings: dict[int, Rendering] = {}
        self._index = 0

    @classmethod
    async def open(cls, service: Service, upload: Upload, options: FileOptions, slot: Slot) -> FileChunks:
        """Opens the file; decoding begins with the first chunk. Raises what is wrong with the file's header.

        The caller frees the upload and the slot.
        """
        feed = await service.open_file(upload, options.channel, slot)
        utterance = service.recorded_utterance(options, feed.sample_rate)
        return cls(service, options, utterance, service.engine.animate(utterance, feed.into, slot))

    async def next(self, fps: int) -> FaceClip | None:
        """Returns the next chunk at this rate, None after the last one. Raises what is wrong with the file."""
        first = self._index * CHUNK_S * fps
        rendering = self._rendering(fps)
        await self._render(rendering, first + CHUNK_S * fps)
        self._index += 1
        values = rendering.take(first, first + CHUNK_S * fps)
        if len(values):
            return FaceClip.from_u16(values, fps, first)
        note_seconds(self._utterance.received / self._utterance.sample_rate)
        return None

    async def aclose(self) -> None:
        """Ends the animation, finished or not."""
        await self._frames.aclose()

    def _rendering(self, fps: int) -> Rendering:
        if fps not in self._renderings:
            options = self._options.model_copy(update={"fps": fps})
            plain = self._service.utterance(options, self._utterance.sample_rate)
            self._renderings[fps] = Rendering(self._utterance, plain)
        return self._renderings[fps]

    async def _render(self, rendering: Rendering, stop: int) -> None:
        """Renders up to frame `stop`, or the end."""
        while rendering.stop < stop:
            if rendering.step():
                await asyncio.sleep(0)  # a new rate is rendered from the first frame on
            elif await anext(self._frames, None) is None and not rendering.step():
                return
