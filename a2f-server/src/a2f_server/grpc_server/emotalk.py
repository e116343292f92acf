"""EmoTalk's service: animates an audio file in chunks of frames."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing, closing

import numpy as np
from google.protobuf.message import DecodeError

from a2f_server import arkit
from a2f_server.api.messages import Options
from a2f_server.arrays import UInt16Array
from a2f_server.clip import FULL
from a2f_server.engine.frames import Frames
from a2f_server.engine.slot_queue import QUEUE_FULL
from a2f_server.errors import A2FError, BadAudio, BadMessage, Busy, TimedOut, UnsupportedAudio
from a2f_server.grpc_server.call import Call
from a2f_server.grpc_server.protos.emotalk_pb2 import AudioRequest, BlendshapeFrame, BlendshapeResponse

NAME = "emotalk.EmoTalkService"
FPS = 30
CHUNK_S, MOST_CHUNK_S = 25.0, 60.0
"""Seconds of a chunk by default, and at most."""
UPLOAD_S = 60.0
"""Seconds that a request may take to arrive; few may arrive at once (server.py)."""
EMPTY = "Audio data is empty"
RAW = "raw"
"""The profile without blinks and brows, for requests that want no post-processing."""

_COLUMNS = np.array([arkit.INDEX[name] for name in arkit.ALPHABETICAL])


class FileCall:
    """One `ProcessAudio`. Errors are also reported in-band, as its clients expect."""

    def __init__(self, call: Call) -> None:
        self._call, self._service = call, call.service
        self._upload = call.caller.uploads.upload(self._service.settings.max_file_bytes)
        self._request = AudioRequest()
        self._chunk = 0

    async def run(self) -> None:
        """Animates the file. Raises A2FError."""
        self._call.before_status = lambda error: report(self._call, error, self._request.request_id)
        service = self._service
        service.engine.slots.require_free(patient=True)
        with closing(self._upload):
            await self._receive()
            with closing(service.engine.slots.reserve(self._call.caller.slots, patient=True)) as slot:
                feed = await service.open_file(self._upload, "mix", slot)
                utterance = service.utterance(self._options(), feed.sample_rate)
                parts = service.engine.animate(utterance, feed.into, slot)
                await self._send(parts)
                self._call.seconds = utterance.received / utterance.sample_rate

    async def _receive(self) -> None:
        """Waits for the request. Raises A2FError for an invalid one."""
        try:
            async with asyncio.timeout(UPLOAD_S):
                message = await self._call.inbox.first()
        except TimeoutError:
            raise TimedOut(f"the request did not arrive within {UPLOAD_S:g} s; send a smaller file") from None
        self._parse(message)
        if self._service.engine.slots.draining:
            raise Busy.shutting_down()

    def _parse(self, message: bytes) -> None:
        """Raises BadMessage, BadAudio, TooLarge or Busy."""
        try:
            request = AudioRequest.FromString(message)
        except DecodeError:
            raise BadMessage("this is not an AudioRequest") from None
        if not request.audio_data:
            raise BadAudio(EMPTY)
        self._upload.count(len(request.audio_data))
        self._upload.data = request.audio_data
        self._request = AudioRequest(  # a parsed message keeps all of its memory, also of fields that were cleared
            request_id=request.request_id,
            post_processing=request.post_processing,
            chunk_duration=request.chunk_duration,
        )

    def _options(self) -> Options:
        raw = not self._request.post_processing and RAW in self._service.profiles.names
        return Options(fps=FPS, profile=RAW if raw else None)

    async def _send(self, parts: AsyncGenerator[Frames, None]) -> None:
        """Sends chunks. Each is held back until more frames follow, because the last one is marked as final."""
        size, first, held = _chunk_frames(self._request.chunk_duration), 0, np.empty((0, arkit.COUNT), np.uint16)
        async with aclosing(parts):
            async for part in parts:
                held = np.concatenate([held, part.values])
                while len(held) > size:
                    await self._write(first, held[:size])
                    first, held = first + size, held[size:]
        await self._write(first, held, last=True)

    async def _write(self, first: int, values: UInt16Array, *, last: bool = False) -> None:
        weights = values[:, _COLUMNS].astype(np.float32) / np.float32(FULL)
        frames = [
            BlendshapeFrame(timecode=(first + i) / FPS, frame_number=i, blendshapes=row)
            for i, row in enumerate(weights.tolist())
        ]
        response = BlendshapeResponse(
            request_id=self._request.request_id, chunk_index=self._chunk, frames=frames, is_final=last
        )
        self._chunk += 1
        await self._call.write(response.SerializeToString())


async def report(call: Call, error: A2FError, request_id: str = "") -> None:
    """Sends an error in-band: some of EmoTalk's clients look at nothing else."""
    response = BlendshapeResponse(request_id=request_id, error_message=in_band(error))
    await call.write(response.SerializeToString())


def in_band(error: A2FError) -> str:
    """Returns the message in the words that EmoTalk's clients know."""
    if isinstance(error, Busy) and error.reason == "full":
        return QUEUE_FULL
    if isinstance(error, BadAudio | UnsupportedAudio) and error.message != EMPTY:
        return f"Failed to parse audio: {error.message}"
    return error.message


def _chunk_frames(seconds: float) -> int:
    """Returns the number of frames per chunk. Values that are not positive numbers are replaced, as in EmoTalk."""
    wanted = seconds if seconds > 0 else CHUNK_S
    return max(1, math.ceil(min(wanted, MOST_CHUNK_S) * FPS))


async def serve(call: Call) -> None:
    """Serves one call. Raises A2FError."""
    await FileCall(call).run()
