"""One running server, as endpoints see it: settings, engine, voice, and how a request becomes an utterance."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fractions import Fraction

from a2f_server import __version__, arkit
from a2f_server.api.auth import Authenticator
from a2f_server.api.byte_budget import ByteBudget, Upload
from a2f_server.api.callers import Caller, Callers
from a2f_server.api.calls import Calls
from a2f_server.api.connections import Connections, ServedClient
from a2f_server.api.decoding_pool import DecodingPool
from a2f_server.api.encoding import encode_json
from a2f_server.api.file_feed import FileFeed
from a2f_server.api.key_usage import KeyUsages
from a2f_server.api.live_output import LiveOutput
from a2f_server.api.messages import Options, Words
from a2f_server.api.portrait_pool import PortraitPool
from a2f_server.api.video_studio import VideoStudio
from a2f_server.api_keys.store import KeyStore
from a2f_server.audio.stereo import Channel
from a2f_server.backends.contract import Backend
from a2f_server.engine.engine import Engine
from a2f_server.engine.new_utterance import check_profile, new_utterance
from a2f_server.engine.recorded_utterance import RecordedUtterance
from a2f_server.engine.slot_queue import SlotQueue
from a2f_server.engine.slots import Slot, SlotHolder
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import BadMessage, Busy, Scope, TtsUnavailable
from a2f_server.metrics import Metrics
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.profiles import Profiles
from a2f_server.motion.renaming import Renaming
from a2f_server.onnx_runtime import accelerator
from a2f_server.settings import Settings
from a2f_server.tts import ssml
from a2f_server.tts.contract import SpeechRequest, Voice
from a2f_server.tts.quota import Quota
from a2f_server.worker_group.counts import Charge
from a2f_server.worker_group.group import WorkerGroup

NOMINAL_RATE = 24000
"""Sample rate in Hz for which `ready` and `/health` state the look-ahead."""

MOST_BODY_BYTES = 16 << 20
"""Bytes of all requests of text that are being read."""
MOST_ANSWER_BYTES = 64 << 20
"""Bytes of whole answers over HTTP that are not read yet."""

CLOSING_S, POLL_S = 2.0, 0.05
"""Seconds that clients get at shutdown to read their last message, and seconds between checks."""


@dataclass(frozen=True, slots=True)
class AdmittedText:
    """A text that may be spoken, its charge, and the slots of its subject (None without one)."""

    request: SpeechRequest
    charge: Charge
    slots: SlotHolder | None


class Service:
    """One running server."""

    def __init__(
        self,
        settings: Settings,
        backend: Backend,
        profiles: Profiles,
        voice: Voice | None = None,
        group: WorkerGroup | None = None,
    ) -> None:
        """`group`: what this process shares with the other workers of the server; by default it is the only one."""
        self.group = group or WorkerGroup()
        counts = self.group.counts
        self.settings, self.backend, self.profiles, self.voice = settings, backend, profiles, voice
        self.metrics = Metrics()
        self.memory = accelerator.Meter(backend.device)
        self.keys = KeyStore(settings)
        self.auth = Authenticator(settings, store=self.keys, random=self.group.secret)
        self.engine = Engine(
            backend, self.metrics, capacity=settings.max_streams, counts=counts, timeout=settings.backend_timeout_s
        )
        self.slot_queue = SlotQueue(self.engine.slots, settings.queue_size, self.metrics, self.engine.clock, counts)
        self.uploads = ByteBudget(self.group.part(settings.upload_memory_bytes, least=settings.max_file_bytes))
        self.texts = ByteBudget(MOST_BODY_BYTES, "requests")
        """Small bodies, which files must not crowd out."""
        self.decoding = DecodingPool()
        self.portraits = PortraitPool()
        self.videos = VideoStudio(settings, self.engine.slots, self.metrics)
        self.answers = ByteBudget(MOST_ANSWER_BYTES, "answers")
        self.encoding = asyncio.Semaphore()
        """Whole answers are encoded one after another: Python's threads slow down the event loop."""
        scope: Scope = "key" if settings.locked else "address"
        self.quota = Quota(settings.text_per_minute, self.engine.clock, scope, counts.charges("caller"))
        per_subject = settings.subject_text_per_minute or settings.text_per_minute
        of_subjects = Quota(per_subject, self.engine.clock, "subject", counts.charges("subject"))
        usages = KeyUsages(self.metrics, self.engine.clock, self.auth.is_valid, counts)
        self.callers = Callers(settings, self.quota, of_subjects, self.uploads, usages, counts)
        self.live = LiveOutput.from_settings(settings)
        self.connections = Connections(settings.max_connections, counts.of("connections"))
        self.http_speeches: set[ServedClient] = set()
        self.calls = Calls(settings.max_calls)
        self._lookaheads: dict[int, Fraction] = {}
        self._greeting: str | None = None

    async def drain(self) -> None:
        """Shuts down gracefully: lets open utterances finish within the limit, then reports `busy` to every client."""
        self.videos.sessions.drain()
        await self.engine.slots.drain(self.settings.drain_s)
        for session in [*self.connections, *self.http_speeches, *self.calls]:
            session.fail(Busy.shutting_down())
        self.engine.dismiss()  # files over HTTP
        for _ in range(round(CLOSING_S / POLL_S)):
            if not (self.connections or self.http_speeches or self.calls):
                return
            await asyncio.sleep(POLL_S)

    @property
    def animation_backend(self) -> str | None:
        """The name that asks for the voice's own animation in place of a backend's; None if it has none."""
        return self.voice.animation_backend if self.voice else None

    @property
    def backends(self) -> list[str]:
        """The names that an utterance may ask for."""
        return [name for name in (self.backend.name, self.animation_backend) if name]

    def check(self, options: Options, *, speech: bool = False) -> None:
        """Raises BadMessage for a profile or backend that this server does not have."""
        check_profile(self.profiles, options.profile)
        if options.backend is not None and options.backend not in self.backends:
            raise BadMessage(
                f"the backend {options.backend[:40]!r} does not run here; this server has {', '.join(self.backends)}"
            )
        if options.backend is not None and options.backend == self.animation_backend and not speech:
            raise BadMessage(f"the backend {options.backend!r} is the voice's own animation: it works with speak only")

    def require_phones(self) -> tuple[str, ...]:
        """Returns the phones that the model recognises, for HeardVisemes. Raises BadMessage if there are none."""
        if not self.backend.phones:
            raise BadMessage(f"the backend {self.backend.name!r} does not hear visemes (ready.visemes): leave them out")
        return self.backend.phones

    def require_voice(self) -> Voice:
        """Returns the voice. Raises TtsUnavailable if there is none."""
        if self.voice is None:
            raise TtsUnavailable(
                "this server has no voice: install one (pip install 'a2f-server[voice]', in a checkout '.[voice]'), "
                "set A2F_AZURE_KEY and A2F_AZURE_REGION, or A2F_TTS_URL, or send the audio of your own TTS with start"
            )
        return self.voice

    def speech_request(self, words: Words, options: Options) -> SpeechRequest:
        """Returns the request to the voice."""
        animation = options.backend is not None and options.backend == self.animation_backend
        return SpeechRequest(words.text, words.ssml, words.voice, animation=animation)

    def admit(self, request: SpeechRequest, caller: Caller) -> AdmittedText:
        """Charges the caller's quota. Raises TtsUnavailable, BadMessage, or Busy if the quota is used up."""
        self.require_voice()
        ssml.check(request, min(self.settings.max_text, caller.most_characters))
        return AdmittedText(request, caller.spend(len(request.text or request.ssml or "")), caller.slots)

    def utterance(
        self,
        options: Options,
        sample_rate: int,
        offsets: OffsetNames | None = None,
        *,
        max_seconds: float | None = None,
    ) -> Utterance:
        """Returns a new utterance of audio at `sample_rate` Hz.

        `offsets` is for clients that change the offset midway; by default, that of the options applies throughout.
        `max_seconds`: its limit, by default that of the settings.
        """
        return new_utterance(
            self.backend,
            self.profiles,
            options,
            sample_rate=sample_rate,
            fps=options.fps or self.settings.fps,
            max_seconds=max_seconds or self.settings.max_utterance_s,
            offsets=offsets,
        )

    def renaming(self, options: Options, offsets: OffsetNames | None = None) -> Renaming | None:
        """Returns what converts the utterance's frames to the profile's own names; None if it keeps the 52."""
        fps, offsets = options.fps or self.settings.fps, offsets or OffsetNames(options.offset_name)
        return self.profiles.renaming(options.profile, fps, options.seed, offsets)

    def recorded_utterance(self, options: Options, sample_rate: int) -> RecordedUtterance:
        """Returns a new utterance that can be rendered at several rates; `fps` of the options is ignored."""
        return RecordedUtterance(
            self.backend.layout(sample_rate),
            self.backend.initial_state(options.seed),
            sample_rate=sample_rate,
            emotions=options.emotions,
            max_seconds=self.settings.max_utterance_s,
        )

    async def open_file(self, upload: Upload, channel: Channel, slot: Slot) -> FileFeed:
        """Opens an audio file for an utterance that has this slot. Raises UnsupportedAudio, BadAudio or TooLong."""
        return await FileFeed.open(upload, self.settings.max_utterance_s, channel, slot, self.decoding, self.metrics)

    def lookahead(self, options: Options | None = None) -> Fraction:
        """Returns the look-ahead in seconds for audio at NOMINAL_RATE. Of the options, it depends on `fps` alone."""
        fps = (options.fps if options else None) or self.settings.fps
        if fps not in self._lookaheads:
            self._lookaheads[fps] = self.utterance(Options(fps=fps), NOMINAL_RATE).lookahead
        return self._lookaheads[fps]

    @property
    def greeting(self) -> str:
        """The message that greets every socket, as JSON: the same for all of them."""
        if self._greeting is None:
            self._greeting = encode_json(self.ready())
        return self._greeting

    def ready(self) -> dict[str, object]:
        """Returns what `greeting` says."""
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
            "visemes": bool(self.backend.phones),
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
    """Returns seconds for JSON, rounded up to a microsecond to remain an upper bound."""
    return -(-exact.numerator * 10**6 // exact.denominator) / 10**6
