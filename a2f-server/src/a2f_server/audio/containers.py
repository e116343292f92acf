"""Checks audio containers before decoding. libsndfile decodes truncated wav and mp3 files without an error, so the
sizes in their headers are compared with the data."""

from __future__ import annotations

import struct

from a2f_server.errors import BadAudio, UnsupportedAudio

_DECODABLE = (b"RIFF", b"fLaC", b"OggS", b"ID3")
"""libsndfile reads more formats, but truncated RF64, AIFF and AU without an error, and they are rare."""
_OTHERS = {
    b"PK\x03\x04": "a zip archive",
    b"\x1aE\xdf\xa3": "WebM or Matroska",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"#!AMR": "AMR",
}
_STREAMED = 0x7FFF0000
"""A wav written to a pipe has the unknown size 0xFFFFFFFF (or just under 2 GiB)."""


def check(data: bytes) -> None:
    """Raises UnsupportedAudio for an unsupported file, and BadAudio for one that is provably truncated."""
    if not data:
        raise BadAudio("the audio file is empty")
    if not (data.startswith(_DECODABLE) or _is_mpeg(data)):
        raise UnsupportedAudio(f"this is {_describe(data)}; send wav, flac, ogg (vorbis, opus), mp3, or raw PCM")
    if data.startswith(b"RIFF"):
        _check_wav(data)


def promised_mp3_samples(data: bytes) -> int | None:
    """Returns the samples per channel according to a Xing or Info header, None without one."""
    start = _skip_id3(data)
    if not _is_mpeg(data[start : start + 4]):
        return None
    head = data[start : start + 400]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or len(head) < at + 12 or not head[at + 7] & 1:
        return None
    frames: int = struct.unpack_from(">I", head, at + 8)[0]
    return frames * (1152 if head[1] >> 3 & 3 == 3 else 576)


def _is_mpeg(data: bytes) -> bool:
    """Returns whether an MPEG audio layer III frame header is here: eleven set bits, layer 01."""
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2


def _describe(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "MP4 or M4A"
    names = (name for magic, name in _OTHERS.items() if data.startswith(magic))
    return next(names, "not a known audio file")


def _check_wav(data: bytes) -> None:
    if len(data) < 12 or data[8:12] != b"WAVE":
        raise BadAudio("this RIFF file is not a wav, or its header is incomplete")
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"data":
            return _check_wav_data(size, len(data) - at - 8)
        at += 8 + size + size % 2
    raise BadAudio("this wav has no data chunk: its header is incomplete")


def _check_wav_data(promised: int, present: int) -> None:
    if promised >= _STREAMED:
        return
    if promised == 0 and present > 1:
        raise BadAudio("the data chunk of this wav has size 0, but data follows; a streamed wav has size 0xFFFFFFFF")
    if promised > present:
        raise BadAudio(f"this wav should have {promised} bytes of audio but has {present}: it was cut")


def _skip_id3(data: bytes) -> int:
    """Returns the offset after an ID3v2 tag, whose size is four 7-bit bytes."""
    if not data.startswith(b"ID3") or len(data) < 10:
        return 0
    a, b, c, d = data[6:10]
    return 10 + (a << 21 | b << 14 | c << 7 | d)
