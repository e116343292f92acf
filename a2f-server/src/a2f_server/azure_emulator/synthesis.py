"""Synthesises the content of a turn: a voice's audio and events, and facial expression made from them."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from a2f_server.azure_emulator.facial_expression import rows, supports_locale
from a2f_server.azure_emulator.failures import Failure
from a2f_server.azure_emulator.formats import resampled
from a2f_server.azure_emulator.messages import TICKS, item
from a2f_server.azure_emulator.request import SynthesisRequest
from a2f_server.tts.contract import (
    ANIMATION_FPS,
    AudioChunk,
    BookmarkEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    WordEvent,
)

CHUNK_S = 0.5
"""Minimum length of the facial expression attached to one viseme, in seconds."""


@dataclass
class SynthesizedSpeech:
    """An utterance: mono s16le at the requested rate, and events ordered by time."""

    pcm: bytes
    seconds: float
    visemes: list[VisemeEvent] = field(default_factory=list)
    words: list[WordEvent] = field(default_factory=list)
    bookmarks: list[BookmarkEvent] = field(default_factory=list)


async def synthesize(voice: Voice, requested: SynthesisRequest) -> SynthesizedSpeech:
    """Synthesises the whole utterance: local voices take milliseconds. Raises the errors of `Voice.speak`."""
    pcm, speech = bytearray(), SynthesizedSpeech(b"", 0)
    async with aclosing(voice.speak(SpeechRequest(ssml=requested.ssml))) as events:
        async for event in events:
            if isinstance(event, AudioChunk):
                pcm += event.pcm
            elif isinstance(event, VisemeEvent):
                speech.visemes.append(event)
            elif isinstance(event, WordEvent):
                speech.words.append(event)
            elif isinstance(event, BookmarkEvent):
                speech.bookmarks.append(event)
    speech.pcm = resampled(bytes(pcm), voice.sample_rate, requested.format.rate)
    speech.seconds = len(speech.pcm) / 2 / requested.format.rate
    return speech


def items(
    speech: SynthesizedSpeech, requested: SynthesisRequest, failure: Failure | None
) -> list[tuple[float, dict[str, Any]]]:
    """Returns the events as metadata, with times in seconds, in order."""
    found: list[tuple[float, dict[str, Any]]] = []
    if requested.bookmarks:
        found += [(each.time, item("Bookmark", each.time, Bookmark=each.name)) for each in speech.bookmarks]
    if requested.words:
        found += [(word.time, _word(word)) for word in speech.words]
    if requested.visemes and failure is not Failure.NO_VISEMES:
        supported = supports_locale(requested.locale) and failure is not Failure.NO_ANIMATION
        chunks = _chunks(speech) if requested.facial_expression and supported else {}
        pieces = 3 if failure is Failure.CHUNKED else 1
        for number, viseme in enumerate(speech.visemes):
            found += [(viseme.time, data) for data in _viseme(viseme, chunks.get(number, ""), pieces)]
    return sorted(found, key=lambda pair: pair[0])


def _word(word: WordEvent) -> dict[str, Any]:
    kind = "WordBoundary" if any(map(str.isalnum, word.text)) else "PunctuationBoundary"
    text = {"Text": word.text, "Length": len(word.text), "BoundaryType": kind}
    return item("WordBoundary", word.time, Duration=round(word.duration * TICKS), text=text)


def _viseme(viseme: VisemeEvent, animation: str, pieces: int) -> list[dict[str, Any]]:
    """Returns one event for each piece of the animation; SDKs join them up to the last."""
    size = -(-len(animation) // pieces) or 1
    parts = [animation[at : at + size] for at in range(0, len(animation), size)] or [""]
    return [
        item("Viseme", viseme.time, VisemeId=viseme.id, AnimationChunk=part, IsLastAnimation=number == len(parts))
        for number, part in enumerate(parts, 1)
    ]


def _chunks(speech: SynthesizedSpeech) -> dict[int, str]:
    """Splits the utterance's facial expression into chunks, keyed by the index of the viseme that they come with."""
    animation = rows(speech.visemes, speech.seconds)
    heads = [0] if speech.visemes else []
    for number, viseme in enumerate(speech.visemes):
        if viseme.time - speech.visemes[heads[-1]].time >= CHUNK_S:
            heads.append(number)
    firsts = [0, *(round(speech.visemes[head].time * ANIMATION_FPS) for head in heads[1:])]
    ends = [*firsts[1:], len(animation)]
    return {
        head: json.dumps({"FrameIndex": first, "BlendShapes": animation[first:end].tolist()})
        for head, first, end in zip(heads, firsts, ends, strict=True)
        if end > first
    }
