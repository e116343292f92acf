"""The network and the pronunciations of hibari, loaded once in a process and shared by all its voices."""

from __future__ import annotations

import threading

import structlog

from a2f_server.errors import TtsFailed
from a2f_server.tts.hibari.network import HibariNetwork
from a2f_server.tts.hibari.pronunciation import Pronouncer
from a2f_server.tts.hibari.speech import speak
from a2f_server.tts.steps import Segment
from a2f_server.tts.timeline import SpokenSegment

log = structlog.get_logger(__name__)


class HibariEngine:
    """Loads what it needs on first use. Its methods block; calls from several threads run one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: HibariNetwork | None = None
        self._pronouncers: dict[bool, Pronouncer] = {}

    def speak(self, segment: Segment, *, british: bool = False) -> SpokenSegment:
        """Speaks a segment. Raises TtsFailed."""
        with self._lock:
            try:
                network = self._network = self._network or HibariNetwork()
                if british not in self._pronouncers:
                    self._pronouncers[british] = Pronouncer(british=british, known=network.known)
                pronounced = self._pronouncers[british].read(segment.text)
                return speak(network, pronounced, segment.style, segment.bookmarks)
            except TtsFailed:
                raise
            except Exception:
                log.exception("hibari failed", characters=len(segment.text))
                raise TtsFailed("the local voice hibari failed; the server's log says why") from None


ENGINE = HibariEngine()
