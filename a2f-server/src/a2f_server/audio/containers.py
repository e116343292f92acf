"""Tells audio containers apart by their first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from a2f_server.audio.byte_range import FileBytes
from a2f_server.errors import BadAudio, UnsupportedAudio

SENT = "wav, flac, ogg (vorbis, opus), mp3, aiff, au, caf, w64, or raw PCM"
"""The formats that every server decodes, for error messages."""


@dataclass(frozen=True)
class Container:
    """A container by its name, and the library that reads it. `demuxer` is FFmpeg's name, so that it tries no other."""

    name: str
    library: Literal["sndfile", "av"]
    demuxer: str


_MAGIC = {
    b"RIFF": Container("wav", "sndfile", "wav"),
    b"RF64": Container("rf64", "sndfile", "wav"),
    b"fLaC": Container("flac", "sndfile", "flac"),
    b"OggS": Container("ogg", "sndfile", "ogg"),
    b"FORM": Container("aiff", "sndfile", "aiff"),
    b".snd": Container("au", "sndfile", "au"),
    b"caff": Container("caf", "sndfile", "caf"),
    b"riff": Container("w64", "sndfile", "w64"),
    b"ID3": Container("mp3", "sndfile", "mp3"),
    b"\x1aE\xdf\xa3": Container("WebM or Matroska", "av", "matroska"),
    b"#!AMR": Container("AMR", "av", "amr"),
}
_MP3 = _MAGIC[b"ID3"]
_MP4 = Container("MP4 or M4A", "av", "mov")
_AAC = Container("AAC", "av", "aac")
_OTHERS = {b"PK\x03\x04": "a zip archive", b"%PDF": "a PDF", b"\x1f\x8b": "a gzip archive"}


def identify(data: FileBytes) -> Container:
    """Returns the container. Raises BadAudio for an empty file, UnsupportedAudio for anything that is not audio."""
    if not data:
        raise BadAudio("the audio file is empty")
    if data[4:8] == b"ftyp":
        return _MP4
    found = next((container for magic, container in _MAGIC.items() if data.startswith(magic)), None)
    if found is None and len(data) > 1 and data[0] == 0xFF:
        found = _MP3 if data[1] & 0xE6 in (0xE2, 0xE4) else _AAC if data[1] & 0xF6 == 0xF0 else None
    if found is None:
        raise UnsupportedAudio(f"this is {_described(data)}; send {SENT}")
    return found


def _described(data: FileBytes) -> str:
    return next((name for magic, name in _OTHERS.items() if data.startswith(magic)), "not a known audio file")
