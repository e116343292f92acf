"""The one utterance of a protobuf socket: PCM in, float16 frames out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import structlog

from a2f_server import arkit
from a2f_server.api.callers import Caller
from a2f_server.api.compat.paths import STREAMING_AUDIO2FACE
from a2f_server.api.compat.protobuf_messages.audio2face_blendshape_v1_pb2 import (
    Audio2FaceBlendshapeV1Request,
    Audio2FaceBlendshapeV1Response,
)
from a2f_server.api.messages import AudioFormat, Start
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import DISCONNECTED, END, log_utterance
from a2f_server.api.ws.audio_turn import Opening
from a2f_server.api.ws.pcm_turn import PcmTurn
from a2f_server.clip import FULL
from a2f_server.engine.frames import Frames
from a2f_server.errors import A2FError, BadMessage, BadState, UnsupportedAudio
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.renaming import Renaming

FPS = 30
FRAMES = 10
"""Frames of a body, unless the client asks for another number."""

START, BODY, LAST = (f"StreamingAudio2FaceV1Chunk{part}" for part in ("Start", "Body", "End"))
_STARTED, _FRAMES, _ENDED = (f"Audio2FaceV1ResponseChunk{part}" for part in ("Start", "Body", "End"))

log = structlog.get_logger(__name__)


class BlendshapeTurn:
    """Takes `Start`, any number of `Body`, and `End`; answers with the same three. Implements `Source`."""

    paced = False

    def __init__(
        self,
        service: Service,
        *,
        number: int,
        address: str,
        caller: Caller,
        on_change: Callable[[], None],
        fail: Callable[[A2FError], None],
    ) -> None:
        """`on_change` is called when there is more to send; `fail`, with an error that comes up while sending."""
        self._service, self._number, self._address, self._caller = service, number, address, caller
        self._on_change, self._fail = on_change, fail
        self._turn: PcmTurn | None = None
        self._state: Literal["new", "open", "over"] = "new"
        self._frames = FRAMES
        self._offsets = OffsetNames()
        self._renaming: Renaming | None = None
        self._rest: Frames | None = None
        """Frames that do not fit the last body."""
        self._named = False
        """True once the names were sent; the response starts with them."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes of audio that wait for the model or the reader."""
        return self._turn.waiting_bytes if self._turn else 0

    @property
    def waits_for_client(self) -> bool:
        """True unless frames are still to come."""
        return self._turn is None or self._turn.input_open

    def take(self, request: Audio2FaceBlendshapeV1Request) -> None:
        """Handles a message. Raises BadState for one out of order, and what is wrong with the audio."""
        kind = request.class_name
        if self._state == "over":
            raise BadState("A connection takes one request: connect again for the next one")
        if (kind == START) != (self._state == "new") or kind not in (START, BODY, LAST):
            due = START if self._state == "new" else f"{BODY} or {LAST}"
            raise BadState(f"Expected {due}, but received class_name: {kind[:60]}")
        if kind == START:
            self._start(request)
        elif kind == BODY:
            self._offsets.set(request.offset_name or None, self._open_turn.frames)
            self._open_turn.add_audio(request.pcm_bytes)
        else:
            self._state = "over"
            self._open_turn.end()

    def next_message(self, now: float) -> bytes | None:
        """Returns the next message of the response, or None if there is none yet."""
        if not self._turn:
            return None
        try:
            frames = self._rest or self._turn.next_frames(now)
        except A2FError as error:
            self.close(error)
            self._fail(error)
            return None
        if frames:
            return self._body(frames)
        if not self._turn.finished:
            return None
        self.close(END)
        return _encoded(_ENDED)

    def wait(self, now: float) -> float | None:
        """Returns None: no frame is held back."""
        return None

    def check_time(self, now: float) -> None:
        """Does nothing: audio may come at any pace."""

    def close(self, outcome: str | A2FError) -> None:
        """Frees the utterance and writes its line to the log, if it is open."""
        turn, self._turn, self._state = self._turn, None, "over"
        if turn:
            turn.close()
            ids = {"connection": self._number, **self._caller.log_fields}
            log_utterance(STREAMING_AUDIO2FACE, self._address, turn.duration, outcome, **ids)

    def dispose(self) -> None:
        """Frees everything for good: the socket is closed."""
        self.close(DISCONNECTED)
        self._on_change = self._fail = _ignore

    @property
    def _open_turn(self) -> PcmTurn:
        assert self._turn
        return self._turn

    def _start(self, request: Audio2FaceBlendshapeV1Request) -> None:
        if request.sample_width != 2:
            raise UnsupportedAudio(f"A sample_width of {request.sample_width} is not supported: send 16-bit PCM (2)")
        if request.response_chunk_n_frames < 0:
            raise BadMessage("response_chunk_n_frames is negative: send a number of frames, or 0 for 10")
        audio = AudioFormat(encoding="pcm_s16le", sample_rate=request.sample_rate, channels=request.n_channels)
        start = Start(type="start", audio=audio, fps=FPS, profile=self._profile(request.profile_name))
        opening = Opening(self._service, start, 1, self._on_change, f"{self._number}/1", self._caller)
        self._turn = PcmTurn(opening, self._offsets)
        self._renaming = self._service.renaming(start, self._offsets)
        self._state, self._frames = "open", request.response_chunk_n_frames or FRAMES

    def _profile(self, name: str) -> str | None:
        """Returns the profile of this name. An unknown one is the default, since clients send their avatars' names."""
        if name and self._service.profiles.find(name):
            return name
        if name:
            default = self._service.profiles.names[0]
            log.warning("unknown profile", profile=name[:60], used=default, connection=self._number)
        return None

    def _body(self, frames: Frames) -> bytes:
        if not self._named:
            self._named, self._rest = True, frames
            names = self._renaming.names if self._renaming else arkit.NAMES
            return _encoded(_STARTED, blendshape_names=names, dtype="float16")
        n = self._frames
        self._rest = Frames(frames.first + n, frames.values[n:]) if len(frames) > n else None
        weights = frames.values[:n].astype(np.float32) / np.float32(FULL)
        if self._renaming:
            weights = self._renaming.apply(weights, frames.first)
        return _encoded(_FRAMES, data=weights.astype("<f2").tobytes())


def _encoded(class_name: str, **fields: Any) -> bytes:
    message: bytes = Audio2FaceBlendshapeV1Response(class_name=class_name, **fields).SerializeToString()
    return message


def _ignore(*_: object) -> None:
    """Replaces the callbacks, so that nothing refers to a connection that has ended."""
