"""A voice that says the same thing whatever it is asked: a recording."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from a2f_server.audio.files import decode_file
from a2f_server.azure_emulator.formats import s16le
from a2f_server.tts.contract import AudioChunk, SpeechEvent, SpeechRequest, VisemeEvent, Voice, VoiceInfo, WordEvent

_LONGEST_S = 600.0


class RecordedVoice(Voice):
    """Meets the contract of a voice; see it."""

    name = "recording"

    def __init__(self, path: Path, visemes: Sequence[VisemeEvent] = (), words: Sequence[WordEvent] = ()) -> None:
        """Reads a wav, flac, ogg or mp3 file. Raises BadAudio and its like for what is none."""
        sound = decode_file(path.read_bytes(), _LONGEST_S)
        self.sample_rate = sound.sample_rate
        self._pcm = s16le(sound.samples)
        self._events: list[VisemeEvent | WordEvent] = sorted([*visemes, *words], key=lambda event: event.time)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """The recording, after what is said in it."""
        for event in self._events:
            yield event
        yield AudioChunk(self._pcm)

    async def voices(self) -> list[VoiceInfo]:
        """One."""
        return [VoiceInfo(self.name, "en-US")]
