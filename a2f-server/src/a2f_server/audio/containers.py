"""What a file says of itself before it is decoded. libsndfile decodes a cut wav or mp3 without a word, so the
sizes that these containers promise are read here and held against what is there."""

from __future__ import annotations

import struct

from a2f_server.errors import BadAudio, UnsupportedAudio

_DECODABLE = (b"RIFF", b"fLaC", b"OggS", b"ID3")
"""libsndfile reads more, but a cut RF64, AIFF or AU without a word, and nobody sends them."""
_STRANGERS = {
    b"PK\x03\x04": "a zip archive",
    b"\x1aE\xdf\xa3": "WebM or Matroska",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"#!AMR": "AMR",
}
_STREAMED = 0x7FFF0000
"""A wav written to a pipe cannot know its size and says 0xFFFFFFFF (or just under 2 GiB)."""


def check(data: bytes) -> None:
    """Raises UnsupportedAudio for what is no audio file of ours, BadAudio for one that is provably cut."""
    if not data:
        raise BadAudio("the audio file is empty")
    if not (data.startswith(_DECODABLE) or _is_mpeg(data)):
        raise UnsupportedAudio(f"this is {_describe(data)}; send wav, flac, ogg (vorbis, opus), mp3, or raw PCM")
    if data.startswith(b"RIFF"):
        _check_wav(data)


def promised_mp3_samples(data: bytes) -> int | None:
    """The samples per channel that a Xing or Info header promises, None where there is none."""
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
    """An MPEG audio layer III frame header: eleven set bits, layer 01."""
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2


def _describe(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "MP4 or M4A"
    names = (name for magic, name in _STRANGERS.items() if data.startswith(magic))
    return next(names, "no audio file that is known here")


def _check_wav(data: bytes) -> None:
    if len(data) < 12 or data[8:12] != b"WAVE":
        raise BadAudio("this RIFF file is not a wav or is cut within its header")
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"data":
            return _check_wav_data(size, len(data) - at - 8)
        at += 8 + size + size % 2
    raise BadAudio("this wav has no data chunk: it is cut within its header")


def _check_wav_data(promised: int, present: int) -> None:
    if promised >= _STREAMED:
        return
    if promised == 0 and present > 1:
        raise BadAudio("this wav says that it holds no data but some follows; a streamed wav says 0xFFFFFFFF")
    if promised > present:
        raise BadAudio(f"this wav promises {promised} bytes of audio and holds {present}: it was cut")


def _skip_id3(data: bytes) -> int:
    """Where the first MPEG frame may begin: after an ID3v2 tag, whose size is four 7-bit bytes."""
    if not data.startswith(b"ID3") or len(data) < 10:
        return 0
    a, b, c, d = data[6:10]
    return 10 + (a << 21 | b << 14 | c << 7 | d)
