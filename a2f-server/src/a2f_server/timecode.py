"""Frame rates and SMPTE time codes, drop-frame ones included. Exact, in integers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from a2f_server.errors import BadMessage

FrameRate = int | Fraction
"""Frames per second: whole, or one of NTSC's rates."""

NTSC: dict[int, Fraction] = {nominal: Fraction(nominal * 1000, 1001) for nominal in (24, 30, 60)}
"""23.976, 29.97 and 59.94 frames per second, by the number of frames that a second of their time code has."""
DROPPED: dict[Fraction, int] = {NTSC[30]: 2, NTSC[60]: 4}
"""Numbers that a drop-frame time code leaves out at the start of each minute, except every tenth."""

LOWEST, HIGHEST = 10, 60
DAY_S = 24 * 3600
_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d)")


@dataclass(frozen=True)
class StartTimecode:
    """The time code of an animation's first frame: its number since midnight, and whether numbers are dropped."""

    frame: int = 0
    drop: bool = False


MIDNIGHT = StartTimecode()


def frame_rate(value: str | float | Fraction) -> FrameRate:
    """Returns the rate that a number or text such as "30", "29.97" or "30000/1001" names.

    Raises BadMessage for a rate that is neither a whole number from 10 to 60 nor one of NTSC's.
    """
    try:
        exact = Fraction(value.strip()) if isinstance(value, str) else Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise _unknown(value) from None
    if exact.denominator == 1 and LOWEST <= exact <= HIGHEST:
        return int(exact)
    for rate in NTSC.values():
        if abs(exact - rate) < Fraction(1, 200):
            return rate
    raise _unknown(value)


def _unknown(value: object) -> BadMessage:
    return BadMessage(f"fps: {str(value)[:40]} is neither a whole number from 10 to 60 nor 23.976, 29.97 or 59.94")


def nominal(fps: FrameRate) -> int:
    """Returns the number of frames that a second of the time code has."""
    return round(fps)


def timecode(frame: int, fps: FrameRate, *, drop: bool = False) -> str:
    """Formats a frame number as Live Link Face's `HH:MM:SS:FF.mmm`; the fraction of a frame is always zero.

    A drop-frame time code has a semicolon before the frames, as in Unreal. It begins again after 24 hours.
    """
    rate = nominal(fps)
    number = (frame + _dropped_before(frame, fps) if drop else frame) % (DAY_S * rate)
    seconds, rest = divmod(number, rate)
    mark = ";" if drop else ":"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:02}.000"


def parse_start(text: str, fps: FrameRate) -> StartTimecode:
    """Parses `HH:MM:SS:FF`, or `HH:MM:SS;FF` for drop-frame. Raises BadMessage for what this frame rate has not."""
    match = _TIMECODE.fullmatch(text.strip())
    if not match:
        raise BadMessage(f"start time code: write HH:MM:SS:FF, not {text[:40]!r}; drop-frame is HH:MM:SS;FF")
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    rate, drop = nominal(fps), match[4] == ";"
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= rate:
        raise BadMessage(f"start time code: {text.strip()} does not exist at {rate} frames per second")
    number = (hours * 3600 + minutes * 60 + seconds) * rate + frames
    if not drop:
        return StartTimecode(number)
    dropped = _dropped(fps)
    if minutes % 10 and seconds == 0 and frames < dropped:
        raise BadMessage(f"start time code: drop-frame leaves out {text.strip()}; the next one is …;{dropped:02}")
    all_minutes = hours * 60 + minutes
    return StartTimecode(number - dropped * (all_minutes - all_minutes // 10), drop=True)


def _dropped(fps: FrameRate) -> int:
    if not isinstance(fps, Fraction) or fps not in DROPPED:
        raise BadMessage("start time code: drop-frame (a semicolon) exists only at 29.97 and 59.94 frames per second")
    return DROPPED[fps]


def _dropped_before(frame: int, fps: FrameRate) -> int:
    """Returns how many numbers were left out before this frame."""
    dropped, minute = _dropped(fps), nominal(fps) * 60
    tens, rest = divmod(frame, 10 * minute - 9 * dropped)
    inside = 0 if rest < minute else 1 + (rest - minute) // (minute - dropped)
    return dropped * (9 * tens + inside)
