"""A voice that plays the same recording for every text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from a2f_server.audio.files import decode_file
from a2f_server.azure_emulator.formats import s16le
from a2f_server.tts.contract import AudioChunk, SpeechEvent, SpeechRequest, VisemeEvent, Voice, VoiceInfo, WordEvent

_LONGEST_S = 600.0


class RecordedVoice(Voice):
    """Plays a recording, with optional visemes and words."""

    name = "recording"

    def __init__(self, path: Path, visemes: Sequence[VisemeEvent] = (), words: Sequence[WordEvent] = ()) -> None:
        """Reads a wav, flac, ogg or mp3 file. Raises BadAudio, UnsupportedAudio or TooLong."""
        audio = decode_file(path.read_bytes(), _LONGEST_S)
        self.sample_rate = audio.sample_rate
        self._pcm = s16le(audio.samples)
        self._events: list[VisemeEvent | WordEvent] = sorted([*visemes, *words], key=lambda event: event.time)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Yields all visemes and words, then the recording."""
        for event in self._events:
            yield event
        yield AudioChunk(self._pcm)

    async def voices(self) -> list[VoiceInfo]:
        return [VoiceInfo(self.name, "en-US")]
