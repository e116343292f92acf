"""A peer's audio on the call's clock: gaps, bursts and clock drift."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.arrays import Int16Array
from a2f_server.video.webrtc.speech_line import MOST_AHEAD, PACKET, RATE, SpeechLine

HOUR = 3600 * 50
"""Packets."""


class Written:
    """Keeps what the line writes."""

    def __init__(self) -> None:
        self.parts: list[Int16Array] = []
        self.line = SpeechLine(self.parts.append)

    @property
    def samples(self) -> Int16Array:
        return np.concatenate(self.parts) if self.parts else np.zeros(0, np.int16)


def packet(value: int) -> Int16Array:
    return np.full(PACKET, value, np.int16)


def test_packets_follow_one_another() -> None:
    written = Written()
    for i in range(5):
        written.line.add(i * PACKET, packet(1000 + i), now=i * PACKET)
    np.testing.assert_array_equal(written.samples, np.repeat(np.arange(1000, 1005), PACKET))
    assert written.line.end == 5 * PACKET


def test_a_lost_packet_is_silence_so_that_the_rest_stays_in_its_place() -> None:
    written = Written()
    written.line.add(0, packet(1), now=0)
    written.line.add(2 * PACKET, packet(3), now=PACKET)
    np.testing.assert_array_equal(written.samples, np.repeat([1, 0, 3], PACKET))


def test_silence_fills_the_line_up_to_the_clock_and_is_not_counted_twice() -> None:
    written = Written()
    written.line.add(0, packet(1), now=0)
    written.line.fill(2 * PACKET)
    written.line.add(2 * PACKET, packet(3), now=2 * PACKET)  # packet 1 was lost: its silence is there already
    np.testing.assert_array_equal(written.samples, np.repeat([1, 0, 3], PACKET))


def test_a_pause_of_the_peer_is_as_long_as_it_was() -> None:
    written = Written()
    written.line.add(0, packet(1), now=0)
    written.line.fill(50 * PACKET)
    written.line.add(50 * PACKET, packet(2), now=50 * PACKET)
    np.testing.assert_array_equal(written.samples, np.repeat([1, 0, 2], [PACKET, 49 * PACKET, PACKET]))


def test_time_stamps_that_jump_do_no_harm() -> None:
    written = Written()
    for i, at in enumerate((0, 2**32, 5, -(2**40), 2**70)):
        written.line.add(at, packet(i + 1), now=i * PACKET)
    np.testing.assert_array_equal(written.samples, np.repeat([1, 2, 3, 4, 5], PACKET))


def test_after_a_stall_the_oldest_of_a_burst_is_dropped() -> None:
    written = Written()
    written.line.fill(50 * PACKET)
    for i in range(50):
        written.line.add(i * PACKET, packet(i + 1), now=50 * PACKET)
    ahead = MOST_AHEAD // PACKET
    written.line.fill(50 * PACKET + MOST_AHEAD)
    heard = written.samples[50 * PACKET :: PACKET]
    assert len(heard) == ahead
    assert heard[-1] == 50, "the newest is kept"
    assert written.line.dropped == (50 - ahead) * PACKET


def lead_after(packets: int, ppm: int, loudness: int) -> tuple[list[float], SpeechLine]:
    """Simulates a peer whose clock is faster than ours by `ppm`; returns the leads in ms over time, and the line."""
    line = SpeechLine(lambda samples: None)
    leads = []
    step = PACKET / (1 + ppm / 1e6)
    sound = packet(loudness)
    for i in range(packets):
        now = round((i + 1) * step)
        line.fill(now)
        line.add(i * PACKET, sound, now)
        leads.append((line.end - now) / RATE * 1000)
    return leads, line


@pytest.mark.parametrize("ppm", [-200, 200])
def test_over_an_hour_the_delay_stays_the_same_although_clocks_drift(ppm: int) -> None:
    leads, _ = lead_after(HOUR, ppm, loudness=0)
    first, last = leads[500:1500], leads[-1000:]
    assert min(leads[100:]) >= 0
    assert max(leads) <= 55
    assert abs(np.mean(last) - np.mean(first)) <= 25, "one correction is 20 ms"


def test_loud_sound_is_left_whole_until_the_delay_is_large() -> None:
    leads, _ = lead_after(HOUR // 3, 200, loudness=20000)
    assert max(leads) <= 125


def test_jitter_makes_the_line_wait_once_and_quiet_times_bring_it_back() -> None:
    line = SpeechLine(lambda samples: None)
    late = 6 * PACKET  # the network stalls for 120 ms
    for i in range(1000):
        now = (i + 1) * PACKET if i != 100 else (i + 1) * PACKET + late
        if not 95 <= i <= 105:
            line.fill(now)
        line.add(i * PACKET, packet(0), now)
    assert line.end - 1000 * PACKET <= 40 * RATE // 1000
