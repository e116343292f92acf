"""Main program of the espeak-ng process: reads jobs from stdin and writes audio and events to stdout.

espeak-ng is GPL: it is loaded here, at run time, and never into the server's process. The separate process also
isolates crashes: release 1.52 overflows its buffers on texts such as `s's's's's'…` and hangs on others (speak_lib.h
documents its API). Where the system has fork, each job runs in a fresh copy of the process: espeak-ng keeps state, so
its output would otherwise depend on earlier texts.

    python worker_main.py LIBRARY [DATA]

The first output line is `{"rate", "voices": [[name, [[priority, language]…], identifier, gender]…], "variants": […]}`.
Each input line `{"text", "voice", "rate", "pitch", "volume", "pause"}` is then answered with a line
`{"bytes", "events": [[type, sample, position, phoneme]…]}` and that many bytes of mono s16le, or with `{"failed"}`.
Exit code 3: the library cannot be loaded.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

RETRIEVE, PHONEMES_AS_IPA, DONT_EXIT, UTF8, END_PAUSE = 2, 1 | 2, 0x8000, 1, 0x1000
RATE, VOLUME, PITCH = 1, 2, 3
"""Parameters of espeak_SetParameter: words per minute, 0-200 and 0-100."""
WORD, PHONEME = 1, 7
BUFFER_MS = 100
HUNG_S, LONGEST_S = 5, 600
"""Limits for one job, in seconds: its run time (normally 0.02, at worst 0.3) and the length of its audio."""
CANNOT_LOAD = 3
OTHER_DICTIONARIES = {"nb": "no", "hyw": "hy", "ltg": "lv"}


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        *(("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int)),
        *(("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int)),
        *(("user_data", ctypes.c_void_p), ("id", _Id)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        *(("name", ctypes.c_char_p), ("languages", ctypes.c_void_p), ("identifier", ctypes.c_char_p)),
        *(("gender", ctypes.c_ubyte), ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte), ("xx1", ctypes.c_ubyte)),
        *(("score", ctypes.c_int), ("spare", ctypes.c_void_p)),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class EspeakLibrary:
    """The library, through ctypes. Raises OSError if it cannot be loaded."""

    def __init__(self, path: str, data: str | None) -> None:
        self._pieces: list[bytes] = []
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _Callback(self._on_audio)
        self._library: Any = ctypes.CDLL(path)
        folder = data.encode() if data else None
        self.rate = self._library.espeak_Initialize(RETRIEVE, BUFFER_MS, folder, PHONEMES_AS_IPA | DONT_EXIT)
        if self.rate <= 0:
            raise OSError("espeak-ng cannot read its data")
        self._library.espeak_SetSynthCallback(self._callback)

    def voices(self, kind: bytes | None = None) -> list[tuple[str, list[tuple[int, str]], str, int]]:
        """Lists name, languages with priorities, identifier and gender (1 male, 2 female). `kind` may be b"variant"."""
        wanted = _Voice(languages=ctypes.cast(ctypes.c_char_p(kind), ctypes.c_void_p)) if kind else None
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        listed = self._library.espeak_ListVoices(ctypes.byref(wanted) if wanted else None)
        out, i = [], 0
        while listed[i]:
            v = listed[i].contents
            out.append((v.name.decode(), _languages(v.languages), v.identifier.decode(), int(v.gender)))
            i += 1
        return out

    def has_dictionary(self, language: str) -> bool:
        """Returns whether the language's dictionary is installed: some packages leave dictionaries out."""
        path = ctypes.c_char_p()
        self._library.espeak_Info(ctypes.byref(path))
        base = language.split("-", maxsplit=1)[0]
        return Path((path.value or b"").decode(), f"{OTHER_DICTIONARIES.get(base, base)}_dict").exists()

    def say(self, job: dict[str, Any]) -> tuple[bytes, list[tuple[int, int, int, str]]]:
        """Synthesises a job and returns its audio and events."""
        self._library.espeak_SetVoiceByName(job["voice"].encode())
        for parameter, value in ((RATE, job["rate"]), (PITCH, job["pitch"]), (VOLUME, job["volume"])):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._events = [], []
        raw = job["text"].encode("utf-8", "replace")
        flags = UTF8 | (END_PAUSE if job["pause"] else 0)
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, flags, None, None)
        return b"".join(self._pieces), self._events

    def _on_audio(self, samples: int | None, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, 2 * count))
        i = 0
        while events[i].type:
            event = events[i]
            if event.type in (WORD, PHONEME):
                name = event.id.string.decode("utf-8", "ignore") if event.type == PHONEME else ""
                self._events.append((event.type, event.sample, event.text_position, name))
            i += 1
        return int(len(self._pieces) * BUFFER_MS > LONGEST_S * 1000)


def _languages(at: int) -> list[tuple[int, str]]:
    """Parses espeak-ng's list: entries of a priority byte and a zero-terminated name, ended by a zero byte."""
    out = []
    while priority := ctypes.string_at(at, 1)[0]:
        name = ctypes.string_at(at + 1)
        out.append((priority, name.decode()))
        at += len(name) + 2
    return out


def _write(out: BinaryIO, header: dict[str, Any], audio: bytes = b"") -> None:
    out.write(json.dumps(header).encode() + b"\n" + audio)
    out.flush()


def main() -> None:
    """Serves jobs until stdin is closed, at the latest when the server exits."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # only the server handles them: it still has speech to finish
        signal.signal(stop, signal.SIG_IGN)
    try:
        espeak = EspeakLibrary(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    except OSError:
        sys.exit(CANNOT_LOAD)
    voices = [v for v in espeak.voices() if v[1] and espeak.has_dictionary(v[1][0][1])]
    variants = [Path(v[2]).name for v in espeak.voices(b"variant")]
    _write(sys.stdout.buffer, {"rate": espeak.rate, "voices": voices, "variants": variants})
    for line in sys.stdin.buffer:
        if not hasattr(os, "fork"):
            _answer(espeak, line)
        elif pid := os.fork():
            if status := os.waitpid(pid, 0)[1]:
                _write(sys.stdout.buffer, {"failed": status})
        else:
            _answer_and_exit(espeak, line)


def _answer(espeak: EspeakLibrary, line: bytes) -> None:
    audio, events = espeak.say(json.loads(line))
    _write(sys.stdout.buffer, {"bytes": len(audio), "events": events}, audio)


def _answer_and_exit(espeak: EspeakLibrary, line: bytes) -> NoReturn:
    signal.alarm(HUNG_S)  # Python cannot interrupt a loop in the library; the system can
    status = 1
    try:
        _answer(espeak, line)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
