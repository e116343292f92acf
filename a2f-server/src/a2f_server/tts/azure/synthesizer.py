"""Wraps a synthesizer of Microsoft's SDK. No other module uses the SDK.

The SDK calls back on its own threads; events are read there and handed to the event loop.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import Any

from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.errors import Failed
from a2f_server.tts.azure.sdk_events import AnimationText, Completed, SdkEvent, SdkListener
from a2f_server.tts.contract import AudioChunk, BookmarkEvent, VisemeEvent, WordEvent

_TICKS = 10_000_000
"""Units of 100 ns per second."""
_RETIRED: deque[Any] = deque(maxlen=4096)
"""Signals of disposed synthesizers. A callback in progress (waiting for the GIL, for example) still reads memory owned
by its signal; freeing the signal immediately would crash the process."""
LOST_S = 0.5
"""Seconds after which the callback for the end of an utterance counts as lost."""
CONNECT_S = 5.0
"""Time limit for connecting in advance, in seconds."""


def sdk() -> ModuleType:
    """Returns the SDK's package. Raises ValueError with an actionable message if it is missing or cannot be loaded."""
    try:
        import azure.cognitiveservices.speech as package  # noqa: PLC0415 - an extra, and 20 MB
    except ModuleNotFoundError:
        raise ValueError(
            "the azure voice needs Microsoft's Speech SDK: pip install 'a2f-server[azure]' (in a checkout '.[azure]')"
        ) from None
    except (ImportError, OSError) as error:
        raise ValueError(
            f"Microsoft's Speech SDK cannot be loaded ({error}): it needs libasound2 and OpenSSL 3 (apt-get install "
            "libasound2 libssl3; libasound2t64 on newer systems)"
        ) from None
    module: ModuleType = package
    return module


class Synthesizer:
    """A connection that speaks one utterance at a time. Methods may block briefly: call them off the event loop."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._sdk = sdk()
        self._lock = threading.Lock()
        self._connected = threading.Event()
        self._listener: SdkListener | None = None
        self._ended_id: str | None = None
        self.used = False
        self.broken = False
        """True after the connection or a callback was lost: it must not be reused."""
        self._synthesizer: Any = self._sdk.SpeechSynthesizer(self._config(endpoint), audio_config=None)
        self._connection: Any = self._sdk.Connection.from_speech_synthesizer(self._synthesizer)
        self._listen()

    def open(self) -> bool:
        """Connects, returns True on success. An utterance started meanwhile would open a second connection."""
        self._connection.open(True)
        return self._connected.wait(CONNECT_S)

    def start(self, ssml: str, sink: Callable[[SdkEvent], None]) -> None:
        """Starts an utterance and returns immediately; `sink` receives its events, on other threads."""
        threading.Thread(target=self._speak, args=(ssml, SdkListener(sink)), daemon=True, name="azure speaks").start()

    def dispose(self) -> None:
        """Stops and frees the synthesizer; the current utterance ends as Failed."""
        with self._lock:
            synthesizer, self._synthesizer = self._synthesizer, None
            listener, self._listener = self._listener, None
        if synthesizer is None:
            return
        if listener:
            listener.end(Failed("Closed", ""))
        self._connected.set()  # wakes a waiting `open`
        synthesizer.stop_speaking_async().get()
        for signal in (*self._signals(synthesizer), self._connection.connected, self._connection.disconnected):
            signal.disconnect_all()
            _RETIRED.append(signal)
        self._connection = None

    def _speak(self, ssml: str, listener: SdkListener) -> None:
        """Waits for the result, since the final callback may be lost. (Once in a few hundred attempts the SDK does not
        notice that it cannot connect and neither calls back nor returns for over a minute: hence the watchdog.)"""
        try:
            with self._lock:
                synthesizer = self._synthesizer  # a local reference, in case of a concurrent `dispose`
                if synthesizer is None:
                    return listener.end(Failed("Closed", ""))
                self._listener = listener
                pending = synthesizer.speak_ssml_async(ssml)
            result = pending.get()
        except RuntimeError as error:
            return listener.end(Failed("RuntimeError", str(error)))
        if not listener.ended(LOST_S):
            self.broken = True
            listener.end(self._outcome(result))

    @staticmethod
    def _outcome(result: Any) -> Completed | Failed:
        details = result.cancellation_details
        return Failed(details.error_code.name, details.error_details or "") if details else Completed()

    def _config(self, endpoint: Endpoint) -> Any:
        where = {"host": endpoint.host} if endpoint.host else {"region": endpoint.region}
        config = self._sdk.SpeechConfig(subscription=endpoint.key, **where)
        config.set_speech_synthesis_output_format(self._sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
        config.set_property(self._sdk.PropertyId.SpeechServiceResponse_RequestSentenceBoundary, "false")
        return config

    @staticmethod
    def _signals(synthesizer: Any) -> tuple[Any, ...]:
        return (
            synthesizer.synthesizing,
            synthesizer.viseme_received,
            synthesizer.synthesis_word_boundary,
            synthesizer.bookmark_reached,
            synthesizer.synthesis_completed,
            synthesizer.synthesis_canceled,
        )

    def _listen(self) -> None:
        handlers = (self._on_audio, self._on_viseme, self._on_word, self._on_bookmark)
        ends = (self._on_completed, self._on_canceled)
        for signal, handler in zip(self._signals(self._synthesizer), (*handlers, *ends), strict=True):
            signal.connect(handler)
        self._connection.connected.connect(lambda event: self._connected.set())
        self._connection.disconnected.connect(self._on_disconnected)

    # Callbacks, on threads of the SDK

    def _tell(self, result_id: str, *events: SdkEvent) -> None:
        """Drops events of an utterance that is over."""
        listener = self._listener
        if listener and result_id != self._ended_id:
            listener.tell(*events)

    def _on_audio(self, event: Any) -> None:
        self._tell(event.result.result_id, AudioChunk(event.result.audio_data))

    def _on_viseme(self, event: Any) -> None:
        animation = (AnimationText(event.animation),) if event.animation else ()
        self._tell(event.result_id, VisemeEvent(event.audio_offset / _TICKS, event.viseme_id), *animation)

    def _on_word(self, event: Any) -> None:
        self._tell(event.result_id, WordEvent(event.audio_offset / _TICKS, event.duration.total_seconds(), event.text))

    def _on_bookmark(self, event: Any) -> None:
        self._tell(event.result_id, BookmarkEvent(event.audio_offset / _TICKS, event.text))

    def _on_completed(self, event: Any) -> None:
        listener = self._listener
        if listener and event.result.result_id != self._ended_id:
            # before the next utterance can start
            self._ended_id, self._listener, self.used = event.result.result_id, None, True
            listener.end(Completed())

    def _on_canceled(self, event: Any) -> None:
        if listener := self._listener:
            listener.end(self._outcome(event.result))

    def _on_disconnected(self, event: Any) -> None:
        self.broken = True
