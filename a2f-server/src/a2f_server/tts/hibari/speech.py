"""A pronunciation → the speech of a segment, with visemes and words in time with the sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import soxr

from a2f_server.arrays import Float32Array, Int16Array
from a2f_server.tts import ipa
from a2f_server.tts.hibari.durations import PhonemeSpan, corrected, spans
from a2f_server.tts.hibari.network import SAMPLE_RATE, HibariNetwork
from a2f_server.tts.hibari.pronunciation import PronouncedWord, Pronunciation
from a2f_server.tts.markup import Bookmark, Style
from a2f_server.tts.timeline import SpokenSegment

MOST_PHONEMES = 400
"""Phonemes of one call of the network."""
LEAD_S = 0.05
"""Seconds of silence before the first phone. The network makes about 0.3, which would only delay the speech."""
SPEED, PITCH = (0.5, 2.0), (0.7, 1.4)
IPA = {
    **{"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ"},
    **{"ᵊ": "ə", "T": "ɾ", "ɜ": "ɜː"},  # ɜ is the vowel of bird, also where misaki writes it without the length
}


def speak(
    network: HibariNetwork, pronounced: Pronunciation, style: Style, bookmarks: Sequence[Bookmark]
) -> SpokenSegment:
    """Speaks in a style, whose rate, pitch and volume are limited to what sounds well."""
    if not pronounced.phonemes:
        return SpokenSegment(bookmarks=tuple((0, mark.name) for mark in bookmarks))
    sound, phones = _sound(network, pronounced.phonemes, style)
    words = tuple(_words(pronounced, phones))
    starts = [(word.at, start) for word, (start, _, _) in words]
    reached = tuple((_reached(starts, mark.at, len(sound)), mark.name) for mark in bookmarks)
    return SpokenSegment(_pcm(sound, style.volume), _visemes(phones), tuple(timed for _, timed in words), reached)


def _sound(network: HibariNetwork, phonemes: str, style: Style) -> tuple[Float32Array, list[PhonemeSpan]]:
    """Returns the samples, and where each phoneme is in them.

    A pitch is made by resampling slower or faster speech: shifting the network's own pitch curve makes it crackle.
    """
    pitch = min(max(style.pitch, PITCH[0]), PITCH[1])
    speed = min(max(style.rate / pitch, SPEED[0]), SPEED[1])
    sounds: list[Float32Array] = []
    phones: list[PhonemeSpan] = []
    length = 0
    for at, piece in _pieces(phonemes):
        raw, durations = network.speak(piece, speed)
        sound, own = _trimmed(raw, corrected(spans(["", *piece, ""], durations)))
        if pitch != 1:
            sound = soxr.resample(sound, SAMPLE_RATE * pitch, SAMPLE_RATE)
        phones += [_placed(one, length / SAMPLE_RATE, 1 / pitch, at - 1) for one in own]
        sounds.append(sound)
        length += len(sound)
    return np.concatenate(sounds), phones


def _placed(phone: PhonemeSpan, offset: float, stretch: float, index: int) -> PhonemeSpan:
    start, end = offset + stretch * phone.start, offset + stretch * phone.end
    return replace(phone, start=start, end=end, index=index + phone.index)


def _pieces(phonemes: str) -> Iterator[tuple[int, str]]:
    """Yields parts that are short enough for the network, with their positions; cut between words where there are."""
    at = 0
    while at < len(phonemes):
        end = at + MOST_PHONEMES
        if end < len(phonemes):
            end = phonemes.rfind(" ", at, end) + 1 or end  # rfind: -1 if there is none
        yield at, phonemes[at:end]
        at = end


def _trimmed(sound: Float32Array, phones: list[PhonemeSpan]) -> tuple[Float32Array, list[PhonemeSpan]]:
    """Shortens the silence at the beginning to LEAD_S."""
    if phones[0].text:
        return sound, phones
    cut = max(0, round((phones[0].end - LEAD_S) * SAMPLE_RATE))
    moved = [replace(p, start=p.start - cut / SAMPLE_RATE, end=p.end - cut / SAMPLE_RATE) for p in phones]
    return sound[cut:], [replace(moved[0], start=0.0), *moved[1:]]


def _visemes(phones: list[PhonemeSpan]) -> tuple[tuple[int, int, str], ...]:
    """Returns (sample, viseme id, phonemes), as `ipa.merged` does. The visemes of one phone share its time equally; the
    first one has its name."""

    def placed() -> Iterator[tuple[int, int, str]]:
        for phone in phones:
            name = "".join(IPA.get(letter, letter) for letter in phone.text)
            ids = ipa.viseme_ids(name) if name else (ipa.SILENCE,)
            for i, number in enumerate(ids):
                at = phone.start + i * ((phone.end - phone.start) / len(ids))
                yield round(at * SAMPLE_RATE), number, "" if i else ipa.plain(name)

    return tuple(ipa.merged(placed()))


def _words(
    pronounced: Pronunciation, phones: list[PhonemeSpan]
) -> Iterator[tuple[PronouncedWord, tuple[int, int, str]]]:
    """Yields each word that is heard with (start, end, text), in samples."""
    for word in pronounced.words:
        own = [phone for phone in phones if phone.text and word.begin <= phone.index < word.end]
        if own:
            yield word, (round(own[0].start * SAMPLE_RATE), round(own[-1].end * SAMPLE_RATE), word.text)


def _reached(words: list[tuple[int, int]], at: int, end: int) -> int:
    """Returns the sample of the first word from the character at index `at` on; `end` if there is none."""
    return next((start for word_at, start in words if word_at >= at), end)


def _pcm(sound: Float32Array, volume: float) -> bytes:
    samples: Int16Array = np.rint(np.clip(sound * volume, -1, 1) * 32767).astype("<i2")
    return samples.tobytes()
