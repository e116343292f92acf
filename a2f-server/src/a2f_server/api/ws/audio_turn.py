"""Utterances whose audio the client sends: PCM as it comes, or a whole file."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from fractions import Fraction

import structlog

from a2f_server.api.callers import Caller
from a2f_server.api.file_feed import FileFeed
from a2f_server.api.messages import AudioFormat, Emotions, Start
from a2f_server.api.service import Service
from a2f_server.api.ws.turn import Outgoing, Turn
from a2f_server.audio.pcm import ENCODINGS, PcmDecoder
from a2f_server.engine.frames import Frames
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import A2FError, BackendFailed, BadMessage, TimedOut, UnsupportedAudio
from a2f_server.motion.emotion import MOST_KEYS
from a2f_server.motion.offset_names import OffsetNames

RATES = range(8000, 48001)
"""Sample rates of PCM that a socket accepts, Hz."""

UPLOAD_S, PAUSE_S = 300.0, 30.0
"""Seconds that the upload of a file may take, and that it may pause: until its end it holds memory."""

log = structlog.get_logger(__name__)


class AudioTurn(Turn):
    """Takes audio from the client. Its slot is taken when there is audio to animate."""

    def __init__(
        self,
        service: Service,
        start: Start,
        number: int,
        on_change: Callable[[], None],
        name: str,
        caller: Caller,
    ) -> None:
        """Raises Busy if the server is full, or the caller has all of its slots."""
        super().__init__(service, start, number)
        self._slot = service.engine.slots.open(caller.slots)
        self._start, self._on_change, self._name = start, on_change, name
        self._utterance: Utterance | None = None
        self._stream: Stream | None = None
        self._input_open = True

    @abstractmethod
    def add_audio(self, data: bytes) -> None:
        """Adds bytes of the audio."""

    @abstractmethod
    def end(self) -> None:
        """Marks the end of the audio."""

    def check_time(self, now: float) -> None:
        """Raises TimedOut if the client takes too long to send the audio."""

    @property
    def input_open(self) -> bool:
        """True until the client ends the audio."""
        return self._input_open

    @property
    def holds_slot(self) -> bool:
        """True while audio is still to be decoded, or frames to be computed or sent."""
        return self._slot.taken

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the client's audio that wait for the model or the reader."""
        return self._stream.waiting_bytes if self._stream else 0

    @property
    def frames(self) -> int:
        """Frames of the utterance so far."""
        return self._utterance.frame_count if self._utterance else 0

    @property
    def duration(self) -> float:
        """Seconds of audio so far."""
        return self._utterance.received / self._utterance.sample_rate if self._utterance else 0.0

    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions; by default from the audio received so far on."""
        if self._utterance:
            self._utterance.set_emotions(message.emotions, message.at)

    def close(self) -> None:
        """Frees everything, finished or not."""
        self._input_open = False
        if self._stream:
            self._stream.close()
        self._slot.close()

    def _pop(self) -> Frames | None:
        return self._stream.pop() if self._stream else None

    def _open(self, utterance: Utterance) -> Stream:
        """Begins to animate. Raises Busy if all slots are taken."""
        self._slot.take()
        self._stream = self._service.engine.open(utterance, self._slot)
        self._stream.on_change, self._stream.name = self._on_change, self._name
        return self._stream


class PcmTurn(AudioTurn):
    """Audio that streams in as PCM."""

    def __init__(
        self,
        service: Service,
        start: Start,
        number: int,
        on_change: Callable[[], None],
        name: str,
        caller: Caller,
        offsets: OffsetNames | None = None,
    ) -> None:
        """`offsets` is for clients that change the offset midway. Raises UnsupportedAudio, BadMessage or Busy."""
        audio = start.audio
        self._decoder = _decoder(audio)
        super().__init__(service, start, number, on_change, name, caller)
        assert audio.sample_rate is not None
        try:
            self._pcm = self._utterance = service.utterance(start, audio.sample_rate, offsets)
        except BaseException:
            self._slot.close()
            raise

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant."""
        return self._pcm.lookahead

    @property
    def sample_rate(self) -> int | None:
        """Sample rate of the PCM, Hz."""
        return self._pcm.sample_rate

    @property
    def finished(self) -> bool:
        """True once every frame has left. Without audio there is none."""
        if self._stream is None:
            return not self._input_open
        return not self.holds and self._stream.finished

    @property
    def warning(self) -> str | None:
        """The warning about this audio, None if there is none; known once it has ended."""
        return self._decoder.warning

    def add_audio(self, data: bytes) -> None:
        """Adds bytes of PCM. Raises BadAudio, TooLong, or Busy with the first of them."""
        samples = self._decoder.decode(data)
        self._pacer.start(self._service.engine.clock())
        if len(samples):
            (self._stream or self._open(self._pcm)).write(samples)

    def end(self) -> None:
        """Marks the end of the audio. Raises BadAudio if half a sample is left."""
        self._input_open = False
        self._decoder.finish()
        if self._stream:
            self._stream.end()
        else:
            self._on_change()


class FileTurn(AudioTurn):
    """Audio that arrives as the bytes of a file, which is decoded once it is complete."""

    def __init__(
        self,
        service: Service,
        start: Start,
        number: int,
        on_change: Callable[[], None],
        name: str,
        caller: Caller,
    ) -> None:
        """Raises Busy."""
        super().__init__(service, start, number, on_change, name, caller)
        self._upload = caller.uploads.upload(service.settings.max_file_bytes)
        self._began = self._added = service.engine.clock()
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


def make_audio_turn(
    service: Service,
    start: Start,
    number: int,
    on_change: Callable[[], None],
    name: str,
    caller: Caller,
) -> AudioTurn:
    """Returns the turn for the encoding that `start.audio` names. Raises UnsupportedAudio, BadMessage or Busy."""
    kind = FileTurn if start.audio.encoding == "file" else PcmTurn
    return kind(service, start, number, on_change, name, caller)


def _decoder(audio: AudioFormat) -> PcmDecoder:
    encoding = next((e for e in ENCODINGS if e == audio.encoding), None)
    if encoding is None:
        raise UnsupportedAudio(
            f"the encoding {audio.encoding[:40]!r} is not supported; send {', '.join(ENCODINGS)} or file"
        )
    if audio.sample_rate is None:
        raise BadMessage("audio.sample_rate: raw PCM needs its sample rate in Hz")
    if audio.sample_rate not in RATES:
        raise UnsupportedAudio(f"a sample rate of {audio.sample_rate} Hz is not supported; send 8000-48000 Hz")
    if audio.channels not in (1, 2):
        raise UnsupportedAudio(f"{audio.channels} channels are not supported; send mono or stereo")
    return PcmDecoder(encoding, audio.channels, audio.channel)
