"""Speech with phoneme times by the espeak-ng library (see its speak_lib.h)."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.phones import Phone
from training.processes import run_forked

RETRIEVE, PHONEME_EVENTS_AS_IPA = 2, 1 | 2
UTF8 = 1
TIED_IPA = 0x02 | 0x80 | ord("^") << 8
"""Phoneme mode: IPA, with "^" between letters of one phoneme."""
PHONEME_EVENT = 7
RATE, PITCH, PITCH_RANGE = 1, 3, 4
"""Parameters of espeak_SetParameter: words per minute, 0-100, 0-100."""
Settings = dict[int, int]
"""Values by parameter."""


class UnexpectedLanguage(Exception):
    """espeak-ng switched to another language within the sentence, which makes it useless for the corpus."""


class Crash(Exception):
    """espeak-ng crashed."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        *(("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int)),
        *(("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int)),
        *(("user_data", ctypes.c_void_p), ("id", _Id)),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
TimedSpeech = tuple[NDArray[np.int16], int, list[Phone]]


class EspeakLibrary:
    """The espeak-ng library. It is global to the process and has one voice at a time."""

    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL("libespeak-ng.so.1")
        self.rate: int = self._library.espeak_Initialize(RETRIEVE, 0, None, PHONEME_EVENTS_AS_IPA)
        self._samples: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, str]] = []
        self._callback: Callable[..., int] = _Callback(self._on_samples)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def say(self, text: str, voice: str, settings: Settings) -> TimedSpeech:
        """Returns int16 samples, their rate in Hz, and phones. Raises ValueError if the voice is missing."""
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        for parameter, value in settings.items():
            self._library.espeak_SetParameter(parameter, value, 0)
        self._samples, self._events = [], []
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._samples) if self._samples else np.zeros(0, np.int16)
        return samples, self.rate, _phones(self._events, samples, self.rate)

    def phonemes(self, text: str, voice: str) -> str:
        """Returns IPA with stress marks, "^" within affricates and diphthongs, and a space between words.

        Punctuation is lost. Raises ValueError if the voice is missing, and UnexpectedLanguage as `say`.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        rest, clauses = ctypes.c_char_p(text.encode()), []
        while rest.value:
            clauses.append(self._library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, TIED_IPA).decode("utf-8"))
        if any("(" in clause for clause in clauses):
            raise UnexpectedLanguage
        return " ".join(clause.strip() for clause in clauses)

    def _on_samples(self, samples: Any, count: int, events: Any) -> int:
        if count > 0:
            self._samples.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type:
            if events[i].type == PHONEME_EVENT:
                self._events.append((events[i].sample, events[i].id.string.decode("utf-8", "ignore")))
            i += 1
        return 0


@cache
def library() -> EspeakLibrary:
    """Returns the library, loaded once per process."""
    return EspeakLibrary()


def random_settings(rng: random.Random) -> Settings:
    """Returns a random rate, pitch and range of pitch."""
    return {p: rng.randint(low, high) for p, low, high in ((RATE, 120, 230), (PITCH, 20, 80), (PITCH_RANGE, 20, 90))}


def say(text: str, voice: str, settings: Settings) -> TimedSpeech:
    """Speaks in a process of its own, since some texts crash espeak-ng. Raises Crash then, and else as the library."""
    library()  # loaded once, before the fork
    try:
        return run_forked(_say, text, voice, settings)
    except BrokenProcessPool:
        raise Crash(f"espeak-ng crashed at {text!r} in the voice {voice}") from None


def _say(text: str, voice: str, settings: Settings) -> TimedSpeech:
    return library().say(text, voice, settings)


def _phones(events: list[tuple[int, str]], samples: NDArray[np.int16], rate: int) -> list[Phone]:
    """Converts events to phones. Raises UnexpectedLanguage at a language name in brackets, which marks a switch."""
    out: list[Phone] = []
    stops = [start for start, _ in events[1:]] + [len(samples)]
    for (start, name), stop in zip(events, stops, strict=True):
        if name.startswith("("):
            raise UnexpectedLanguage
        out += phones.spread(phones.from_ipa(name), start / rate, stop / rate) if stop > start else []
    return _with_closures(out, samples, rate)


def _with_closures(spoken: list[Phone], samples: NDArray[np.int16], rate: int) -> list[Phone]:
    """Moves the start of voiceless stops to the start of their closure.

    espeak-ng reports the burst and counts the closure to the preceding phone. The closure is the quiet stretch before
    the burst, up to 120 ms.
    """
    out: list[Phone] = []
    heights = np.abs(samples.astype(np.int32))
    for phone in spoken:
        begin = phone.start
        if phone.name in phones.STOPS and out:
            begin = max(_quiet_from(heights, rate, phone.start), out[-1].start)
            out[-1] = Phone(out[-1].name, out[-1].start, begin)
        out.append(Phone(phone.name, begin, phone.end))
    return [p for p in out if p.end > p.start]


def _quiet_from(heights: NDArray[np.int32], rate: int, burst: float, longest: float = 0.12) -> float:
    """Returns when the quiet before a burst begins: 5 ms blocks below 3 % of the peak of the half second before."""
    size, stop = int(0.005 * rate), int(burst * rate)
    count = min(int(longest * rate), stop) // size
    if count < 2:
        return burst
    blocks = heights[stop - count * size : stop].reshape(count, size).max(1)
    threshold = max(0.03 * float(heights[max(0, stop - rate // 2) : stop].max()), 60.0)
    loud = np.flatnonzero(blocks > threshold)
    quiet = count - 1 - int(loud[-1]) if len(loud) else count
    return burst - quiet * size / rate
