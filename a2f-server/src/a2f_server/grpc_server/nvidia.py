"""NVIDIA's service: animates a stream of PCM, and returns each frame with its audio."""

from __future__ import annotations

import asyncio

from google.protobuf.message import DecodeError

from a2f_server.engine.frames import Frames
from a2f_server.errors import BadMessage, BadState, TooLarge
from a2f_server.grpc_server.animated_stream import MESSAGE_S, AnimatedStream
from a2f_server.grpc_server.call import Call
from a2f_server.grpc_server.frame_messages import end_messages, header_message
from a2f_server.grpc_server.notices import Notices
from a2f_server.grpc_server.protos.a2f_controller_v1_pb2 import DESCRIPTOR as SERVICE
from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStream, AudioStreamHeader
from a2f_server.grpc_server.stream_header import RATES, read_header

NAME: str = SERVICE.services_by_name["A2FControllerService"].full_name

MOST_MESSAGE_BYTES = 2 * MESSAGE_S * RATES[-1] + (1 << 20)
"""Maximum size of a message: the audio, and 1 MB for emotions."""


class StreamCall:
    """One `ProcessAudioStream`."""

    def __init__(self, call: Call) -> None:
        self._call, self._service = call, call.service
        self._changed = asyncio.Event()
        self._notices = Notices()
        self._input: AnimatedStream | None = None
        self._closed = False

    async def run(self) -> None:
        """Animates the stream. Raises A2FError."""
        self._call.inbox.start(self._take, self._changed.set)
        try:
            await self._send()
        finally:
            self._closed = True
            if self._input:
                self._call.seconds = self._input.seconds
                self._input.close()

    async def _take(self, message: bytes) -> bool:
        """Takes the client's next message; returns True for the last one."""
        if self._closed:
            return False
        part = _parsed(message)
        match part.WhichOneof("stream_part"):
            case "audio_stream_header":
                self._open(part.audio_stream_header)
            case "audio_with_emotion":
                await self._opened.add(part.audio_with_emotion)
            case "end_of_audio":
                self._opened.end()
                return True
            case _:
                raise BadMessage("a message must contain a header, audio or the end of the audio")
        return False

    @property
    def _opened(self) -> AnimatedStream:
        if self._input is None:
            raise BadState("the first message must be the header")
        return self._input

    def _open(self, message: AudioStreamHeader) -> None:
        if self._input is not None:
            raise BadState("a second header: one call takes one stream of audio")
        header = read_header(message, self._notices)
        self._input = AnimatedStream(self._call, message, header, self._notices, self._changed.set)
        self._changed.set()

    async def _send(self) -> None:
        """Sends the header, the frames and the end, with notices between them."""
        opened = await self._wait_for_header()
        await self._call.write(header_message(opened.message.audio_header))
        while True:
            self._changed.clear()
            for notice in self._notices.take():
                await self._call.write(notice)
            if frames := opened.pop():
                await self._send_frames(opened, frames)
            elif opened.finished:
                break
            else:
                await self._wait()
        for message in end_messages():
            await self._call.write(message)

    async def _wait_for_header(self) -> AnimatedStream:
        while self._input is None:
            self._changed.clear()
            self._raise_error()
            await self._wait()
        self._raise_error()
        return self._input

    async def _wait(self) -> None:
        """Waits for a change. Raises A2FError for an invalid message of the client."""
        self._raise_error()
        await self._changed.wait()
        self._raise_error()

    def _raise_error(self) -> None:
        inbox = self._call.inbox
        if inbox.error:
            raise inbox.error
        if inbox.ended.is_set():
            self._opened.end()

    async def _send_frames(self, opened: AnimatedStream, frames: Frames) -> None:
        for message in opened.encoded(frames):
            await self._call.write(message)


def _parsed(message: bytes) -> AudioStream:
    """Returns a message. Raises TooLarge or BadMessage."""
    if len(message) > MOST_MESSAGE_BYTES:
        raise TooLarge(f"a message of {len(message)} bytes is larger than {MOST_MESSAGE_BYTES}: send less audio in it")
    try:
        part: AudioStream = AudioStream.FromString(message)
    except DecodeError:
        raise BadMessage("this is not an AudioStream") from None
    return part


async def serve(call: Call) -> None:
    """Serves one call. Raises A2FError."""
    await StreamCall(call).run()
