"""Reads a peer's offer (SDP): refuses unsupported media, and drops addresses that are not the peer's own."""

from __future__ import annotations

from ipaddress import ip_address

from aiortc.sdp import MediaDescription, SessionDescription

from a2f_server.errors import BadOffer

MOST_BYTES = 16 << 10
"""Maximum bytes of an offer. Browsers send 3 to 8 kB."""
MOST_LINES = 400
"""Browsers send 100 to 250 lines. Parsing time grows quadratically."""
MOST_CANDIDATES = 8
MOST_MEDIA = 3
"""Audio, video and a data channel."""


def read_offer(sdp: str, address: str) -> str:
    """Returns the offer to pass to aiortc. Raises BadOffer with an actionable message.

    `address` is the peer's own. The server answers any address whose STUN checks prove that it knows this call's
    password, but initiates nothing to any other address, so that nobody can aim it at a third party.
    """
    if len(sdp.encode()) > MOST_BYTES:
        raise BadOffer(f"the offer is longer than {MOST_BYTES} bytes")
    lines = _with_candidates_of(address, sdp.splitlines())
    if len(lines) > MOST_LINES:
        raise BadOffer(f"the offer has more than {MOST_LINES} lines")
    if sum(line.startswith("m=") for line in lines) > MOST_MEDIA:
        raise BadOffer("the offer has more than one audio track, one video track and one data channel")
    own = "\r\n".join(lines) + "\r\n"
    _check(_parsed(own))
    return own


def _with_candidates_of(address: str, lines: list[str]) -> list[str]:
    """Keeps only candidates at this address. Drops end-of-candidates: the peer's checks may reveal others."""
    own = [line for line in lines if line.startswith("a=candidate:") and _is_at(address, line)][:MOST_CANDIDATES]
    others = ("a=candidate:", "a=end-of-candidates")
    return [line for line in lines if not line.startswith(others) or line in own]


def _is_at(address: str, line: str) -> bool:
    """Returns whether a candidate, `a=candidate:1 1 udp 2122260223 192.0.2.7 50123 typ host …`, is at the address."""
    parts = line.split()
    try:
        return parts[2].lower() == "udp" and ip_address(parts[4]) == ip_address(address)
    except (IndexError, ValueError):  # a name, such as x.local, is not looked up
        return False


def _parsed(sdp: str) -> SessionDescription:
    try:
        return SessionDescription.parse(sdp)
    except Exception:  # aiortc's parser raises many kinds
        raise BadOffer("sdp: this is not a WebRTC offer; send the peer's localDescription.sdp") from None


def _check(offer: SessionDescription) -> None:
    sound, video = _only(offer, "audio"), _only(offer, "video")
    if sound is None or sound.direction != "sendrecv":
        raise BadOffer("the offer must send and receive audio: add the microphone's track before createOffer")
    if video is None or video.direction not in ("recvonly", "sendrecv"):
        raise BadOffer('the offer must receive video: addTransceiver("video", {direction: "recvonly"})')
    if any(media.kind not in ("audio", "video", "application") for media in offer.media):
        raise BadOffer("the offer has media other than audio, video and data")
    if not _has(sound, "opus") or not (_has(video, "vp8") or _has(video, "h264")):
        raise BadOffer("the offer needs Opus, and VP8 or H.264")
    together = {mid for group in offer.group if group.semantic == "BUNDLE" for mid in group.items}
    if not {media.rtp.muxId for media in offer.media} <= together:
        raise BadOffer("the offer must send everything over one transport (BUNDLE), as browsers do")
    if any(not (m.rtcp_mux or m.kind == "application") or m.dtls is None for m in offer.media):
        raise BadOffer("the offer lacks rtcp-mux or DTLS")


def _only(offer: SessionDescription, kind: str) -> MediaDescription | None:
    found = [media for media in offer.media if media.kind == kind]
    return found[0] if len(found) == 1 else None


def _has(media: MediaDescription, codec: str) -> bool:
    return any(known.name.lower() == codec for known in media.rtp.codecs)
