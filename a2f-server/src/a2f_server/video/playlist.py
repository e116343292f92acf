"""HLS playlists of a recording (RFC 8216bis). One playlist serves all players: older ones ignore the LL-HLS tags.

A segment is called `segment3.m4s`, its parts `part3.0.m4s` and so on, and the header `init.mp4`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from a2f_server.video.recording import Recording, Segment

MEDIA_TYPE = "application/vnd.apple.mpegurl"
PLAYLIST, INIT = "playlist.m3u8", "init.mp4"
LISTED_PARTS = 3
"""Newest segments whose parts are listed."""
SKIPPED_SEGMENTS = 6
"""Newest segments that a delta update lists; the RFC requires at least six."""
LEAST_LEAD_S = 1.0
"""Seconds that a recording must be ahead of its viewers before players are told to start at their position."""
_NAME = re.compile(r"(?:segment(?P<segment>[0-9]{1,9})|part(?P<of>[0-9]{1,9})\.(?P<part>[0-9]{1,3}))\.m4s")


@dataclass(frozen=True, slots=True)
class MediaName:
    """A segment, or one part of it."""

    segment: int
    part: int | None = None


def parse_name(name: str) -> MediaName | None:
    """Returns the segment or part with this name; None for any other name."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    if found["segment"]:
        return MediaName(int(found["segment"]))
    return MediaName(int(found["of"]), int(found["part"]))


def playlist(recording: Recording, *, delta: bool = False) -> str:
    """Returns the playlist of a recording with at least one part. `delta` leaves out what the player already has."""
    return "\n".join(_lines(recording, delta)) + "\n"


def target_duration(recording: Recording) -> int:
    """Returns the length of the longest segment in seconds, rounded up."""
    return math.ceil(recording.longest)


def _lines(recording: Recording, delta: bool) -> Iterator[str]:
    yield from _head(recording)
    segments = recording.segments
    skipped = max(0, len(segments) - 1 - SKIPPED_SEGMENTS) if delta and not recording.ended else 0
    if skipped:
        yield f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"
    for segment in segments[skipped:]:
        if not recording.ended and segment.number > segments[-1].number - LISTED_PARTS:
            yield from _parts(segment)
        if segment.complete:
            yield f"#EXTINF:{float(segment.duration):.5f},"
            yield f"segment{segment.number}.m4s"
    yield "#EXT-X-ENDLIST" if recording.ended else _hint(recording)


def _head(recording: Recording) -> Iterator[str]:
    part, target = float(recording.part_duration), target_duration(recording)
    yield "#EXTM3U"
    yield "#EXT-X-VERSION:9"
    yield f"#EXT-X-TARGETDURATION:{target}"
    if not recording.ended:
        yield (
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * part:.5f},HOLD-BACK={3 * target}.0,"
            f"CAN-SKIP-UNTIL={SKIPPED_SEGMENTS * target}.0"
        )
        yield f"#EXT-X-PART-INF:PART-TARGET={part:.5f}"
    yield f"#EXT-X-MEDIA-SEQUENCE:{recording.segments[0].number}"
    yield "#EXT-X-INDEPENDENT-SEGMENTS"
    yield f'#EXT-X-MAP:URI="{INIT}"'
    if not recording.ended and float(recording.duration) - recording.viewed > LEAST_LEAD_S:
        yield f"#EXT-X-START:TIME-OFFSET={max(0.0, recording.viewed - float(recording.dropped)):.1f}"


def _parts(segment: Segment) -> Iterator[str]:
    for index, part in enumerate(segment.parts):
        independent = ",INDEPENDENT=YES" if part.independent else ""
        yield f'#EXT-X-PART:DURATION={float(part.duration):.5f},URI="part{segment.number}.{index}.m4s"{independent}'


def _hint(recording: Recording) -> str:
    last = recording.segments[-1]
    number, part = (last.number + 1, 0) if last.complete else (last.number, len(last.parts))
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part{number}.{part}.m4s"'
