"""Encodes pictures and audio as H.264 and AAC in fragmented MP4, for HLS and for files.

Blocking; any thread may call it. Calls wait for one another, since FFmpeg is not thread-safe here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.drawing.contract import Picture
from a2f_server.errors import NotInstalled
from a2f_server.video.mp4_boxes import FragmentSink
from a2f_server.video.parts import FIRST_SEGMENT_PARTS, PARTS_PER_SECOND, PARTS_PER_SEGMENT, VideoPart, begins_segment
from a2f_server.video.sound_track import SOUND_RATE

AAC_SAMPLES = 1024
"""Samples of an AAC packet, which is also the encoder's delay: its first packet precedes the audio."""
SOUND_BITS = 64_000
QUALITY = 24
"""x264's constant rate factor: lower is better. With the preset that it belongs to."""
BITS_PER_PIXEL = 8
"""Maximum bits per second and pixel of the picture: 2 Mbit/s at 512 × 512."""
_EARLY = Fraction(2, 1000)
"""Seconds before the end of its last frame at which a part may be cut: the muxer rounds to ticks of its clock."""
_COLOURS = "colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m:range=tv"
"""BT.601, limited range."""


class VideoEncoder:
    """Encodes one video. `add` takes frames, `finish` writes the rest. `close` frees everything at any time; frames
    that a thread adds afterwards are ignored.

    Audio and video begin at 0. `header` is available from the beginning; `add` and `finish` emit parts.
    """

    def __init__(self, width: int, height: int, fps: int, on_part: Callable[[VideoPart], None]) -> None:
        """`on_part` is called with every part, on the thread that calls `add` or `finish`. Raises NotInstalled."""
        self._av = _load_av()
        self.fps = fps
        self.part_frames = max(1, round(fps / PARTS_PER_SECOND))
        self.frames = 0
        self._on_part = on_part
        self._lock = threading.Lock()
        self._open = True
        self._parts = self._in_parts = self._sound_at = 0
        self._sound: list[Samples] = []
        sink = FragmentSink(self._fragment)
        self._container = self._av.open(sink, "w", format="mp4", options=self._mp4_options())
        self._video = self._add_video(width, height)
        self._audio = self._container.add_stream(
            "aac", rate=SOUND_RATE, layout="mono", bit_rate=SOUND_BITS, options={"aac_coder": "fast"}
        )
        self._container.start_encoding()
        self.header = sink.header
        """`ftyp` and `moov`: HLS's initialization section."""

    def add(self, picture: Picture, sound: Samples) -> None:
        """Adds a frame and the audio until the next one: mono, at SOUND_RATE."""
        with self._lock:
            if self._open:
                self._add_sound(sound)
                self._add_picture(picture)

    def finish(self) -> None:
        """Encodes the rest. The audio ends with the last frame."""
        with self._lock:
            if self._open:
                self._finish_sound()
                self._mux(self._video.encode())
                self._close()

    def close(self) -> None:
        """Frees everything. May be called twice, and after `finish`."""
        self._on_part = _ignore
        with self._lock:
            if self._open:
                self._close()

    def _close(self) -> None:
        self._open = False
        self._container.close()
        del self._container, self._video, self._audio

    def _mux(self, packets: Iterable[Any]) -> None:
        for packet in packets:
            self._container.mux(packet)

    def _mp4_options(self) -> dict[str, str]:
        part = (Fraction(self.part_frames, self.fps) - _EARLY) * 10**6
        return {"movflags": "empty_moov+default_base_moof+cmaf", "frag_duration": str(int(part))}

    def _add_video(self, width: int, height: int) -> Any:
        """Adds H.264 without delay: every frame becomes a packet at once."""
        gop, most = str(self.part_frames * PARTS_PER_SEGMENT), str(BITS_PER_PIXEL * width * height)
        options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "crf": str(QUALITY),
            "maxrate": most,
            "bufsize": most,
            "g": gop,
            "keyint_min": gop,
            "sc_threshold": "0",
            "forced-idr": "1",
            "x264-params": _COLOURS,
        }
        stream = self._container.add_stream("libx264", rate=self.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.thread_count = 1
        return stream

    @property
    def _waiting(self) -> int:
        return sum(map(len, self._sound))

    def _add_picture(self, picture: Picture) -> None:
        frame = self._av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, self.fps)
        if self.frames == FIRST_SEGMENT_PARTS * self.part_frames:  # later cuts follow from the options
            frame.pict_type = self._av.video.frame.PictureType.I
        self.frames += 1
        self._mux(self._video.encode(frame))

    def _add_sound(self, sound: Samples) -> None:
        self._sound.append(sound)
        if self._waiting < AAC_SAMPLES:
            return
        joined = np.concatenate(self._sound)
        whole = len(joined) // AAC_SAMPLES * AAC_SAMPLES
        for at in range(0, whole, AAC_SAMPLES):
            self._encode_sound(joined[at : at + AAC_SAMPLES])
        self._sound = [joined[whole:]]

    def _finish_sound(self) -> None:
        rest = np.concatenate([*self._sound, np.zeros(-self._waiting % AAC_SAMPLES, np.float32)])
        self._sound = []
        for at in range(0, len(rest), AAC_SAMPLES):
            self._encode_sound(rest[at : at + AAC_SAMPLES])
        end = int((Fraction(self.frames, self.fps) - _EARLY) * SOUND_RATE)
        self._mux(packet for packet in self._audio.encode() if packet.pts is not None and packet.pts < end)

    def _encode_sound(self, samples: Samples) -> None:
        """Drops the encoder's first packet, since players of a fragmented file would not skip it."""
        frame = self._av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, self._sound_at, Fraction(1, SOUND_RATE)
        self._sound_at += len(samples)
        self._mux(packet for packet in self._audio.encode(frame) if packet.pts is not None and packet.pts >= 0)

    def _fragment(self, data: bytes) -> None:
        frames = min(self.part_frames, self.frames - self._in_parts)
        independent = begins_segment(self._parts)
        self._parts += 1
        self._in_parts += frames
        self._on_part(VideoPart(data, frames, Fraction(frames, self.fps), independent))


def _ignore(part: VideoPart) -> None:
    pass


def _load_av() -> Any:
    try:
        import av  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotInstalled("encoding video needs PyAV: pip install 'a2f-server[video]'") from None
    return av
