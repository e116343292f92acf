"""What every door needs of the server, and how a request becomes an utterance."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Protocol

from a2f_server import __version__, arkit
from a2f_server.api.auth import Authenticator
from a2f_server.api.messages import Options
from a2f_server.audio.files import DecodedAudio, decode_file
from a2f_server.backends.contract import Backend
from a2f_server.backends.onnx import accelerator
from a2f_server.clip import FaceClip
from a2f_server.engine.engine import Engine
from a2f_server.engine.stream import Slot
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import A2FError, BadMessage, Busy, TtsUnavailable
from a2f_server.metrics import Metrics
from a2f_server.motion.profiles import Profiles
from a2f_server.settings import Settings
from a2f_server.tts import ssml
from a2f_server.tts.contract import SpeechRequest, Voice
from a2f_server.tts.quota import Quota

NOMINAL_RATE = 24000
"""Hz: the sound for which `ready` and `/health` state the look-ahead."""

EXPRESSION = "azure"
"""The backend of a `speak` whose frames are the voice's own animation (expression.py)."""

FAREWELL_STEPS = 40
"""Twentieths of a second that sockets get to read their last message."""


class Talker(Protocol):
    """A socket that is open, or a caller that is spoken to."""

    def fail(self, error: A2FError) -> None:
        """Says the error and closes."""


class Service:
    """One running server."""

    def __init__(self, settings: Settings, backend: Backend, profiles: Profiles, voice: Voice | None = None) -> None:
        self.settings, self.backend, self.profiles, self.voice = settings, backend, profiles, voice
        self.metrics = Metrics()
        self.memory = accelerator.Meter(backend.device)
        self.auth = Authenticator(settings)
        self.engine = Engine(backend, self.metrics, capacity=settings.max_streams, timeout=settings.backend_timeout_s)
        self.quota = Quota(settings.text_per_minute, self.engine.clock)
        self.connections: set[Talker] = set()
        self.callers: set[Talker] = set()
        """Who is spoken to over HTTP."""

    async def drain(self) -> None:
        """Before shutdown: open utterances finish within the limit or get an error; then every socket is told."""
        await self.engine.drain(self.settings.drain_s)
        for talker in [*self.connections, *self.callers]:
            talker.fail(Busy("the server is shutting down; connect again in a moment"))
        self.engine.dismiss()  # files over HTTP
        for _ in range(FAREWELL_STEPS):
            if not (self.connections or self.callers):
                return
            await asyncio.sleep(0.05)

    def check(self, options: Options, *, speaks: bool = False) -> None:
        """Raises BadMessage for a profile or backend that this server does not have."""
        if options.profile is not None and options.profile not in self.profiles.names:
            raise BadMessage(
                f"there is no profile {options.profile[:40]!r}; known are {', '.join(self.profiles.names)}"
            )
        if options.backend == EXPRESSION in self.backends and not speaks:
            raise BadMessage(f"the backend {EXPRESSION!r} is the voice's own animation: it works with speak only")
        if options.backend is not None and options.backend not in self.backends:
            raise BadMessage(
                f"the backend {options.backend[:40]!r} does not run here; this server has {', '.join(self.backends)}"
            )

    @property
    def backends(self) -> list[str]:
        """What an utterance may ask for."""
        return [self.backend.name, *([EXPRESSION] if self.voice and self.voice.animates else [])]

    def speaker(self) -> Voice:
        """Who speaks. Raises TtsUnavailable."""
        if self.voice is None:
            raise TtsUnavailable(
                "this server has no voice: install one (pip install 'a2f-server[voice]', in a checkout '.[voice]'), "
                "set A2F_AZURE_KEY and A2F_AZURE_REGION, or send the sound of your own TTS with start"
            )
        return self.voice

    def admit(self, request: SpeechRequest, caller: str) -> None:
        """Raises TtsUnavailable, BadMessage, or Busy when the caller's characters of this minute are used up."""
        self.speaker()
        ssml.check(request, min(self.settings.max_text, self.settings.text_per_minute))
        self.quota.spend(caller, len(request.text or request.ssml or ""))

    def utterance(self, options: Options, sample_rate: int) -> Utterance:
        """A new utterance of sound at `sample_rate` Hz."""
        fps = options.fps or self.settings.fps
        return Utterance(
            self.backend.layout(sample_rate),
            self.backend.initial_state(options.seed),
            self.profiles.motion(options.profile, fps, options.seed, without=self.backend.own_motion),
            sample_rate=sample_rate,
            fps=fps,
            emotions=options.emotions,
            max_seconds=self.settings.max_utterance_s,
        )

    async def decode(self, data: bytes) -> DecodedAudio:
        """A file's sound, decoded off the event loop."""
        with self.metrics.decode_time.time():
            return await asyncio.to_thread(decode_file, data, self.settings.max_utterance_s)

    async def clip(self, data: bytes, options: Options, slot: Slot) -> FaceClip:
        """A file in, the whole animation out."""
        sound = await self.decode(data)
        utterance = self.utterance(options, sound.sample_rate)
        frames = self.engine.animate(utterance, sound.samples, slot)
        return FaceClip.concat([FaceClip.from_u16(part.values, utterance.fps, part.first) async for part in frames])

    def lookahead(self, options: Options | None = None) -> Fraction:
        """Seconds, for sound of NOMINAL_RATE."""
        return self.utterance(options or Options(), NOMINAL_RATE).lookahead

    def ready(self) -> dict[str, object]:
        """The message that greets every socket."""
        s = self.settings
        return {
            "type": "ready",
            "protocol": 1,
            "server": __version__,
            "backend": self.backend.name,
            "backends": self.backends,
            "model": self.backend.model,
            "mode": self.backend.mode,
            "fps": s.fps,
            "lookahead": seconds(self.lookahead()),
            "blendshapes": list(arkit.NAMES),
            "tts": self.voice.name if self.voice else None,
            "emotions": list(arkit.EMOTIONS),
            "profiles": self.profiles.names,
            "limits": {
                "utterance_s": s.max_utterance_s,
                "message_bytes": s.max_message_bytes,
                "file_bytes": s.max_file_bytes,
                "queue": s.max_queue,
            },
        }


def seconds(exact: Fraction) -> float:
    """For JSON: rounded up to a microsecond, so that it stays a bound."""
    return -(-exact.numerator * 10**6 // exact.denominator) / 10**6
