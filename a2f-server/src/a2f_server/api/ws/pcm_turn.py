"""Utterances whose audio streams in as PCM."""

from __future__ import annotations

from fractions import Fraction

from a2f_server.api.messages import AudioFormat
from a2f_server.api.ws.audio_turn import AudioTurn, Opening
from a2f_server.audio.pcm import ENCODINGS, PcmDecoder
from a2f_server.errors import BadMessage, UnsupportedAudio
from a2f_server.motion.offset_names import OffsetNames

RATES = range(8000, 48001)
"""Sample rates of PCM that a socket accepts, Hz."""


class PcmTurn(AudioTurn):
    """Audio that streams in as PCM."""

    def __init__(self, opening: Opening, offsets: OffsetNames | None = None) -> None:
        """`offsets` is for clients that change the offset midway. Raises UnsupportedAudio, BadMessage or Busy."""
        audio = opening.start.audio
        self._decoder = _decoder(audio)
        super().__init__(opening)
        assert audio.sample_rate is not None
        try:
            self._pcm = self._utterance = opening.service.utterance(opening.start, audio.sample_rate, offsets)
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
        self._start_pacer()
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


def _decoder(audio: AudioFormat) -> PcmDecoder:
    encoding = next((e for e in ENCODINGS if e == audio.encoding), None)
    if encoding is None:
        raise UnsupportedAudio(
            f"the encoding {audio.encoding[:40]!r} is not supported; send {', '.join(ENCODINGS)}, file or stream"
        )
    if audio.sample_rate is None:
        raise BadMessage("audio.sample_rate: raw PCM needs its sample rate in Hz")
    if audio.sample_rate not in RATES:
        raise UnsupportedAudio(f"a sample rate of {audio.sample_rate} Hz is not supported; send 8000-48000 Hz")
    if audio.channels not in (1, 2):
        raise UnsupportedAudio(f"{audio.channels} channels are not supported; send mono or stereo")
    return PcmDecoder(encoding, audio.channels, audio.channel)
