"""Dropped audio leaves a gap in the time stamps that aiortc sends."""

from __future__ import annotations

import numpy as np
from aiortc.codecs.opus import OpusEncoder

from a2f_server.video.webrtc.speech_line import PACKET
from a2f_server.video.webrtc.tracks import _audio


def test_time_stamps_follow_the_position_of_the_sound() -> None:
    encoder, positions = OpusEncoder(), [0, 1, 2, 150, 151]
    sound = np.full(PACKET, 1000, np.int16)
    stamps = [encoder.encode(_audio(n * PACKET, sound))[1] for n in positions]
    assert stamps[:3] == [0, PACKET, 2 * PACKET]
    assert stamps[4] == 151 * PACKET, "the first one after the gap may still have the time before it"
