"""What is sent in a turn: the sound and the events of a voice, and facial expression made from them."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from a2f_server.azure_emulator import facial_expression
from a2f_server.azure_emulator.failures import Failure
from a2f_server.azure_emulator.formats import converted
from a2f_server.azure_emulator.messages import TICKS, item
from a2f_server.azure_emulator.request import SynthesisRequest
from a2f_server.tts.contract import ANIMATION_FPS, AudioChunk, SpeechRequest, VisemeEvent, Voice, WordEvent

CHUNK_S = 0.5
"""Seconds of facial expression that come with one viseme, or a little more."""


@dataclass
class SynthesizedSpeech:
    """An utterance: sound (mono s16le at the asked rate) and its events in the order of their times."""

    pcm: bytes
    seconds: float
    visemes: list[VisemeEvent] = field(default_factory=list)
    words: list[WordEvent] = field(default_factory=list)


async def synthesize(voice: Voice, asked: SynthesisRequest) -> SynthesizedSpeech:
    """The whole utterance at once: local voices take milliseconds. Raises what the voice raises."""
    pcm, visemes, words = bytearray(), list[VisemeEvent](), list[WordEvent]()
    async with aclosing(voice.speak(SpeechRequest(ssml=asked.ssml))) as events:
        async for event in events:
            if isinstance(event, AudioChunk):
                pcm += event.pcm
            elif isinstance(event, VisemeEvent):
                visemes.append(event)
            elif isinstance(event, WordEvent):
                words.append(event)
    sound = converted(bytes(pcm), voice.sample_rate, asked.format.rate)
    return SynthesizedSpeech(sound, len(sound) / 2 / asked.format.rate, visemes, words)


def items(
    speech: SynthesizedSpeech, asked: SynthesisRequest, failure: Failure | None
) -> list[tuple[float, dict[str, Any]]]:
    """The events as metadata, each with its time in seconds, in order."""
    found: list[tuple[float, dict[str, Any]]] = []
    if asked.words:
        found += [(word.time, _word(word)) for word in speech.words]
    if asked.visemes and failure is not Failure.NO_VISEMES:
        with_faces = (
            asked.faces and facial_expression.locale_has_faces(asked.locale) and failure is not Failure.NO_ANIMATION
        )
        chunks = _chunks(speech) if with_faces else {}
        pieces = 3 if failure is Failure.CHUNKED else 1
        for number, viseme in enumerate(speech.visemes):
            found += [(viseme.time, data) for data in _viseme(viseme, chunks.get(number, ""), pieces)]
    return sorted(found, key=lambda pair: pair[0])


def _word(word: WordEvent) -> dict[str, Any]:
    kind = "WordBoundary" if any(map(str.isalnum, word.text)) else "PunctuationBoundary"
    said = {"Text": word.text, "Length": len(word.text), "BoundaryType": kind}
    return item("WordBoundary", word.time, Duration=round(word.duration * TICKS), text=said)


def _viseme(viseme: VisemeEvent, animation: str, pieces: int) -> list[dict[str, Any]]:
    """One event, or as many as the animation has pieces; SDKs put them together until the last."""
    size = -(-len(animation) // pieces) or 1
    parts = [animation[at : at + size] for at in range(0, len(animation), size)] or [""]
    return [
        item("Viseme", viseme.time, VisemeId=viseme.id, AnimationChunk=part, IsLastAnimation=number == len(parts))
        for number, part in enumerate(parts, 1)
    ]


def _chunks(speech: SynthesizedSpeech) -> dict[int, str]:
    """Facial expression by the number of the viseme that carries it; together the rows of the whole utterance."""
    rows = facial_expression.rows(speech.visemes, speech.seconds)
    heads = [0] if speech.visemes else []
    for number, viseme in enumerate(speech.visemes):
        if viseme.time - speech.visemes[heads[-1]].time >= CHUNK_S:
            heads.append(number)
    firsts = [0, *(round(speech.visemes[head].time * ANIMATION_FPS) for head in heads[1:])]
    ends = [*firsts[1:], len(rows)]
    return {
        head: json.dumps({"FrameIndex": first, "BlendShapes": rows[first:end].tolist()})
        for head, first, end in zip(heads, firsts, ends, strict=True)
        if end > first
    }
