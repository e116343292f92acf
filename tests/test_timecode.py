"""Time codes count frames, also where drop-frame leaves numbers out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from a2f_server.errors import BadMessage
from a2f_server.timecode import DAY_S, NTSC, frame_rate, parse_start, timecode

DROP_30, DROP_60 = NTSC[30], NTSC[60]


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, 30, "00:00:00:00.000"),
        (29, 30, "00:00:00:29.000"),
        (30, 30, "00:00:01:00.000"),
        (59, 60, "00:00:00:59.000"),
        (30 * 3599 + 29, 30, "00:59:59:29.000"),
        (30 * 3661, 30, "01:01:01:00.000"),
        (30 * DAY_S + 1, 30, "00:00:00:01.000"),
        (30, NTSC[30], "00:00:01:00.000"),
        (24, NTSC[24], "00:00:01:00.000"),
    ],
)
def test_time_codes(frame: int, fps: int, text: str) -> None:
    assert timecode(frame, fps) == text


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, DROP_30, "00:00:00;00.000"),
        (1799, DROP_30, "00:00:59;29.000"),
        (1800, DROP_30, "00:01:00;02.000"),
        (17981, DROP_30, "00:09:59;29.000"),
        (17982, DROP_30, "00:10:00;00.000"),
        (107892, DROP_30, "01:00:00;00.000"),
        (3600, DROP_60, "00:01:00;04.000"),
        (215784, DROP_60, "01:00:00;00.000"),
        (24 * 107892, DROP_30, "00:00:00;00.000"),
    ],
)
def test_drop_frame_time_codes(frame: int, fps: Fraction, text: str) -> None:
    assert timecode(frame, fps, drop=True) == text


@pytest.mark.parametrize("fps", [DROP_30, DROP_60])
def test_every_drop_frame_time_code_of_eleven_minutes_is_read_back(fps: Fraction) -> None:
    texts = [timecode(frame, fps, drop=True)[:-4] for frame in range(int(11 * 60 * fps))]
    assert len(set(texts)) == len(texts)
    assert [parse_start(text, fps).frame for text in texts] == list(range(len(texts)))


def test_drop_frame_keeps_up_with_the_clock() -> None:
    """After an hour it is 3.6 ms off, and without leaving numbers out 3.6 s."""
    frames = round(3600 * DROP_30)
    assert timecode(frames, DROP_30, drop=True).startswith("01:00:00")
    assert timecode(frames, DROP_30).startswith("00:59:56")


@pytest.mark.parametrize(
    ("text", "fps", "words"),
    [
        ("noon", 30, "HH:MM:SS:FF"),
        ("1:2:3:4", 30, "HH:MM:SS:FF"),
        ("24:00:00:00", 30, "does not exist"),
        ("00:60:00:00", 30, "does not exist"),
        ("00:00:00:30", 30, "does not exist"),
        ("00:00:00;00", 30, "only at 29.97 and 59.94"),
        ("00:00:00;00", NTSC[24], "only at 29.97 and 59.94"),
        ("00:01:00;01", DROP_30, "leaves out"),
        ("00:09:00;03", DROP_60, "leaves out"),
    ],
)
def test_time_codes_that_do_not_exist_are_refused(text: str, fps: int, words: str) -> None:
    with pytest.raises(BadMessage, match=words):
        parse_start(text, fps)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("60", 60),
        (24.0, 24),
        ("29.97", NTSC[30]),
        (29.97002997002997, NTSC[30]),
        ("60000/1001", NTSC[60]),
        ("23.98", NTSC[24]),
        ("23.976", NTSC[24]),
        (Fraction(30000, 1001), NTSC[30]),
    ],
)
def test_frame_rates(text: str | float, rate: int) -> None:
    assert frame_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "9", "61", "0", "-30", "1/0", "nan", "inf", "29.5", "1e9", float("nan")])
def test_other_frame_rates_are_refused(text: str | float) -> None:
    with pytest.raises(BadMessage, match="fps"):
        frame_rate(text)
