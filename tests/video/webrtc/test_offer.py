"""Offers: those of browsers are accepted, without addresses that are not their own; others get an explanation."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.errors import BadOffer
from a2f_server.video.webrtc.offer import MOST_BYTES, MOST_CANDIDATES, read_offer

OFFER = (Path(__file__).parents[2] / "data/chromium_offer.sdp").read_bytes().decode()
HERE = "192.0.2.2"
LINE = "a=candidate:1 1 udp 2122260223 {} {} typ host generation 0\r\n"


def candidates(sdp: str) -> list[str]:
    return [line.split()[4] for line in sdp.splitlines() if line.startswith("a=candidate")]


def with_candidates(*addresses: str) -> str:
    lines = "".join(LINE.format(address, 50000 + i) for i, address in enumerate(addresses))
    return OFFER.replace("a=ice-ufrag", lines + "a=ice-ufrag", 1)


def test_the_offer_of_a_browser_is_taken() -> None:
    assert set(read_offer(OFFER, HERE).splitlines()) <= set(OFFER.splitlines())


def test_only_addresses_of_the_peer_itself_are_kept() -> None:
    offer = with_candidates("10.0.0.1", "127.0.0.1", HERE, "169.254.169.254", "::1", "fd00::2", "peer.local", "x", HERE)
    assert set(candidates(read_offer(offer, HERE))) == {HERE}
    assert "fd00::0002" in candidates(read_offer(with_candidates("fd00::0002"), "fd00::2"))
    assert candidates(read_offer(offer, "198.51.100.7")) == []
    assert candidates(read_offer(offer, "unknown")) == []


def test_candidates_are_few_and_more_may_follow() -> None:
    read = read_offer(with_candidates(*[HERE] * 50) + "a=end-of-candidates\r\n", HERE)
    assert len(candidates(read)) == MOST_CANDIDATES
    assert "end-of-candidates" not in read


def test_tcp_candidates_are_left_out() -> None:
    assert not candidates(read_offer(with_candidates(HERE).replace(" udp ", " tcp "), HERE))


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ("", "must send and receive audio"),
        ("hello", "audio"),
        ("v=0\r\nm=audio\r\n", "not a WebRTC offer"),
        ("\x00" * 100, "audio"),
        (OFFER.replace("m=audio", "m=text", 1), "audio"),
        (OFFER.replace("m=video", "m=text", 1), "video"),
        (OFFER.replace("a=sendrecv", "a=recvonly", 1), "microphone"),
        (OFFER.replace("a=sendrecv", "a=inactive", 1), "microphone"),
        (OFFER.replace("a=recvonly", "a=sendonly"), "receive video"),
        (OFFER.replace("opus/48000", "opera/48000"), "Opus"),
        (OFFER.replace("VP8/", "XX/").replace("H264/", "YY/"), "VP8"),
        (OFFER.replace("a=group:BUNDLE", "a=group:OTHER"), "BUNDLE"),
        (OFFER.replace("a=rtcp-mux\r\n", ""), "rtcp-mux"),
        (OFFER.replace("a=setup:actpass\r\n", ""), "DTLS"),
        (OFFER.replace("a=setup:actpass", "a=setup:nobody"), "not a WebRTC offer"),
        (OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:9\r\n" * 3, "more than one"),
        (OFFER + "a=x" * MOST_BYTES, "longer than"),
        (OFFER + "a=x:1\r\n" * 400, "lines"),
        (OFFER[: len(OFFER) // 3], "the offer"),
    ],
)
def test_errors_say_what_is_wrong_with_an_offer(offer: str, words: str) -> None:
    with pytest.raises(BadOffer, match=words):
        read_offer(offer, HERE)


@given(st.integers(0, len(OFFER) - 1), st.integers(0, 200), st.text(max_size=20))
def test_a_damaged_offer_is_read_or_refused(at: int, length: int, instead: str) -> None:
    offer = OFFER[:at] + instead + OFFER[at + length :]
    with suppress(BadOffer):
        assert read_offer(offer, HERE)


def test_the_longest_offer_takes_little_time() -> None:
    offer = OFFER + "".join(f"a=rtpmap:{i} VP8/90000\r\na=rtcp-fb:* nack\r\n" for i in range(85))
    begun = thread_time()
    read_offer(offer, HERE)
    assert thread_time() - begun < 0.5, "quadratic work is bounded by the number of lines"
