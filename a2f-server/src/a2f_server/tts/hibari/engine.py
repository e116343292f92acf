"""The network and the pronunciations of hibari, loaded once in a process and shared by all its voices."""

from __future__ import annotations

import threading

import structlog

from a2f_server.errors import TtsFailed
from a2f_server.tts.hibari.network import HibariNetwork
from a2f_server.tts.hibari.pronunciation import Pronouncer
from a2f_server.tts.hibari.speech import speak
from a2f_server.tts.steps import TextSegment
from a2f_server.tts.timeline import SpokenSegment

log = structlog.get_logger(__name__)


class HibariEngine:
    """Loads what it needs on first use. Its methods block; calls from several threads run one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: HibariNetwork | None = None
        self._pronouncers: dict[bool, Pronouncer] = {}

    def speak(self, segment: TextSegment, *, british: bool = False) -> SpokenSegment:
        """Speaks a segment. Raises TtsFailed."""
        with self._lock:
            try:
                network, pronouncer = self._loaded(british)
                return speak(network, pronouncer.read(segment.text), segment.style, segment.bookmarks)
            except TtsFailed:
                raise
            except Exception:
                log.exception("hibari failed", characters=len(segment.text))
                raise TtsFailed("the local voice hibari failed; the server's log says why") from None

    def _loaded(self, british: bool) -> tuple[HibariNetwork, Pronouncer]:
        network = self._network = self._network or HibariNetwork()
        if british not in self._pronouncers:
            other = self._pronouncers.get(not british)
            self._pronouncers[british] = Pronouncer(british=british, known=network.known, other=other)
        return network, self._pronouncers[british]


ENGINE = HibariEngine()
