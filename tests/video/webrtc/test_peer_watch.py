"""Detects peers that have gone without closing the call."""

from __future__ import annotations

import pytest

from a2f_server.errors import TimedOut, TooLarge
from a2f_server.video.webrtc.peer_watch import CONNECT_S, MOST_PACKETS, SILENT_S, PeerWatch


def test_a_peer_that_sends_stays() -> None:
    watch = PeerWatch(0.0)
    for second in range(1, 4000):
        watch.check(second, 50 * second, connected=True)


def test_a_peer_has_some_seconds_to_connect() -> None:
    watch = PeerWatch(100.0)
    watch.check(100.0 + CONNECT_S, 0, connected=False)
    with pytest.raises(TimedOut, match="UDP"):
        watch.check(100.1 + CONNECT_S, 3, connected=False)


def test_a_peer_that_vanishes_is_noticed_within_seconds() -> None:
    watch = PeerWatch(0.0)
    watch.check(1.0, 50, connected=True)
    watch.check(1.0 + SILENT_S, 50, connected=True)
    with pytest.raises(TimedOut, match="nothing"):
        watch.check(2.0 + SILENT_S, 50, connected=True)


def test_a_muted_peer_that_reports_once_a_second_stays() -> None:
    watch = PeerWatch(0.0)
    for second in range(1, 100):
        watch.check(second, second, connected=True)


def test_a_flood_ends_the_call() -> None:
    watch = PeerWatch(0.0)
    watch.check(1.0, MOST_PACKETS, connected=True)
    with pytest.raises(TooLarge, match="packets"):
        watch.check(2.0, 2 * MOST_PACKETS + 1, connected=True)


def test_packets_that_a_busy_server_sees_late_are_not_a_flood() -> None:
    watch = PeerWatch(0.0)
    watch.check(10.0, 10 * MOST_PACKETS, connected=True)
