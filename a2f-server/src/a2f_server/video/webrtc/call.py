"""One call: a peer connection, its tracks, and how it ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
import structlog
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.codecs import h264, vpx
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from av import AudioFrame

from a2f_server.arrays import Int16Array
from a2f_server.drawing.contract import FaceRenderer
from a2f_server.errors import A2FError, BadOffer
from a2f_server.ice_servers import IceServer
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.webrtc.packet_order import PacketOrder
from a2f_server.video.webrtc.peer_watch import PeerWatch
from a2f_server.video.webrtc.playback import CallPlayback
from a2f_server.video.webrtc.tracks import FaceTrack, HeardTrack

log = structlog.get_logger(__name__)

CHECK_S = 1.0
"""Seconds between checks of the peer's packets."""
CLOSING_S, FAREWELL_S = 3.0, 0.1
"""Seconds that aiortc has to close, and before this an error has to reach the peer."""
LEAST_BITRATE, FIRST_BITRATE = 150_000, 500_000
"""Bits per second of the video: the minimum, and the rate in the first seconds."""
MOST_TEXT = 4096
"""Maximum characters of a message on the data channel."""

OnText = Callable[[str], None]
"""Handles a message of the peer's data channel. May raise an A2FError, which is sent back."""


class VideoCall:
    """Answers one offer. `run` serves the peer until one side ends the call, and then frees everything."""

    def __init__(
        self,
        playback: CallPlayback,
        renderer: FaceRenderer,
        threads: DrawingThreads,
        servers: Sequence[IceServer] = (),
        on_text: OnText = lambda text: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """`check` is called every second; an A2FError that it raises ends the call."""
        self.connected = False
        self.error: A2FError | None = None
        """The error that ended the call, if any."""
        self._playback, self._on_text, self._check = playback, on_text, check
        self._peer = RTCPeerConnection(_configuration(servers))
        self._peer.on("connectionstatechange", self._state_changed)
        self._peer.on("track", self._track_came)
        self._peer.on("datachannel", self._channel_came)
        self._channel: RTCDataChannel | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        heard = self._peer.addTransceiver(HeardTrack(playback, self.fail), "sendrecv")
        heard.setCodecPreferences([c for c in RTCRtpSender.getCapabilities("audio").codecs if c.name == "opus"])
        face = self._peer.addTransceiver(FaceTrack(playback, renderer, threads, self.fail), "sendonly")
        face.setCodecPreferences(RTCRtpSender.getCapabilities("video").codecs)  # VP8 first: H.264 takes twice the time
        _pass_packets_on(heard.receiver)

    async def answer(self, offer: str) -> str:
        """Returns the answer to an offer that `read_offer` returned. Raises BadOffer; call `run` or `close` after."""
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except Exception as error:  # aiortc raises many kinds
            log.debug("an offer was refused", error=str(error))
            raise BadOffer(
                "sdp: this offer cannot be answered; send the offer of a browser or another WebRTC peer"
            ) from None
        return self._peer.localDescription.sdp

    async def run(self) -> None:
        """Serves the peer until the call ends, then frees everything."""
        try:
            await self._watch()
        except A2FError as error:
            self.fail(error)
        finally:
            await self.close()

    def fail(self, error: A2FError) -> None:
        """Ends the call, and tells the peer why if it has a data channel."""
        if not self._ended.is_set():
            error.__traceback__ = error.__context__ = None
            self.error = error
            self._say(error.as_json())
            self.end()

    def end(self) -> None:
        """Ends the call."""
        self._ended.set()

    async def close(self) -> None:
        """Frees everything. `run` calls it; without `run` the caller does."""
        self._playback.close()
        if self._hearing:
            self._hearing.cancel()
        if self.error and self._channel:
            await asyncio.sleep(FAREWELL_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self._peer.close()

    async def _watch(self) -> None:
        watch = PeerWatch(time.monotonic())
        while not self._ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_S):
                    await self._ended.wait()
            watch.check(time.monotonic(), await self._packets(), connected=self.connected)
            self._check()

    async def _packets(self) -> int:
        """Returns the number of packets that the peer has sent."""
        report = await self._peer.getSenders()[0].getStats()
        return sum(one.packetsReceived for one in report.values() if one.type == "transport")

    def _state_changed(self) -> None:
        self.connected = self._peer.connectionState == "connected"
        if self._peer.connectionState in ("failed", "closed"):
            self.end()

    def _track_came(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._hearing is None:
            self._hearing = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                self._playback.hear(frame.pts or 0, _mono(frame))
        except MediaStreamError:
            pass  # the peer sends no more
        except A2FError as error:
            self.fail(error)

    def _channel_came(self, channel: RTCDataChannel) -> None:
        if self._channel is None:
            self._channel = channel
            channel.on("message", self._text_came)

    def _text_came(self, message: str | bytes) -> None:
        try:
            if isinstance(message, str) and len(message) <= MOST_TEXT:
                self._on_text(message)
        except A2FError as error:
            self._say(error.as_json())

    def _say(self, message: dict[str, object]) -> None:
        if self._channel and self._channel.readyState == "open":
            self._channel.send(json.dumps(message))


def limit_bitrate(most: int) -> None:
    """Sets the maximum bits per second of calls' video. Below it, the bit rate follows the peer's estimate."""
    for codec in (vpx, h264):  # aiortc has no option for this
        for name, bits in {"MIN_BITRATE": LEAST_BITRATE, "DEFAULT_BITRATE": FIRST_BITRATE, "MAX_BITRATE": most}.items():
            setattr(codec, name, min(bits, most))


def _configuration(servers: Sequence[IceServer]) -> RTCConfiguration:
    known = [RTCIceServer(server.url, server.username, server.credential) for server in servers]
    return RTCConfiguration(known, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


def _pass_packets_on(receiver: RTCRtpReceiver) -> None:
    """Replaces the jitter buffer; aiortc has no option for this."""
    name = "_RTCRtpReceiver__jitter_buffer"
    if hasattr(receiver, name):
        setattr(receiver, name, PacketOrder())


def _mono(frame: AudioFrame) -> Int16Array:
    """Returns the frame's samples, mixed to mono."""
    samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels).astype(np.int32)
    mixed: Int16Array = (samples.sum(1) // samples.shape[1]).astype(np.int16)
    return mixed
