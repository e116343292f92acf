"""All metrics. Stages are observed per batch or per utterance, never per sample."""

from __future__ import annotations

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.033, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_WAITS = (0.001, 0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

_KEY = ("key",)
"""The name of an API key, never the key itself."""


class Metrics:
    """The metrics of one server, on a separate registry, so several servers can run in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        gauge = partial(Gauge, registry=r, multiprocess_mode="livesum")  # the sum of the workers that are alive
        highest = partial(Gauge, registry=r, multiprocess_mode="livemax")
        self.connections = gauge("a2f_connections", "Open WebSocket connections")
        self.utterances = gauge("a2f_utterances", "Open utterances")
        self.lateness = highest("a2f_lateness_seconds", "Wait of live audio for its frames; busy above .018")
        self.load = highest("a2f_load", "Share of its time that the event loop or backend needs, 0-1")
        self.frames = Counter("a2f_frames", "Frames computed", registry=r)
        self.audio = Counter("a2f_audio_seconds", "Seconds of audio received", registry=r)
        self.errors = Counter("a2f_errors", "Errors sent to clients", ["code"], registry=r)
        self.batch = Histogram("a2f_batch_windows", "Windows per inference call", buckets=_SIZES, registry=r)
        stage = Histogram("a2f_stage_seconds", "Processing time by stage", ["stage"], buckets=_SECONDS, registry=r)
        self.queue_time = stage.labels("queue")
        self.infer_time = stage.labels("infer")
        self.motion_time = stage.labels("motion")
        self.send_time = stage.labels("send")
        self.decode_time = stage.labels("decode")
        self.queue_length = gauge("a2f_queue_length", "Requests that wait for a slot")
        self.queue_wait = Histogram(
            "a2f_queue_wait_seconds", "Time that requests waited for a slot", buckets=_WAITS, registry=r
        )
        self.queued = Counter(
            "a2f_queue_requests", "Requests that asked for a slot, by outcome", ["outcome"], registry=r
        )
        for outcome in ("served", "refused", "left"):
            self.queued.labels(outcome)
        self.key_connections = gauge("a2f_key_connections", "Open WebSocket connections, by key", _KEY)
        self.key_streams = gauge("a2f_key_streams", "Open utterances, by key", _KEY)
        self.key_utterances = Counter("a2f_key_utterances", "Utterances begun, by key", _KEY, registry=r)
        self.key_characters = Counter("a2f_key_characters", "Characters to be spoken, by key", _KEY, registry=r)
        self.speeches = Counter("a2f_tts_requests", "Texts spoken, by outcome", ["outcome"], registry=r)
        for outcome in ("spoken", "stopped", "failed"):
            self.speeches.labels(outcome)
        self.characters = Counter("a2f_tts_characters", "Characters given to the voice", registry=r)
        self.spoken_audio = Counter("a2f_tts_audio_seconds", "Seconds of audio that the voice returned", registry=r)
        self.first_audio = Histogram(
            "a2f_tts_first_audio_seconds",
            "Time from a text to the voice's first audio",
            buckets=_SECONDS,
            registry=r,
        )
        self.first_frame = Histogram(
            "a2f_first_frame_seconds",
            "Time from the start of an utterance to its first frame",
            buckets=_SECONDS,
            registry=r,
        )
        self.videos = gauge("a2f_videos", "Videos that are being rendered or wait for speech")
        self.video_frames = Counter("a2f_video_frames", "Video frames rendered and encoded", registry=r)
        self.video_drops = Counter(
            "a2f_video_drops", "Frames of live video that were skipped because rendering was late", registry=r
        )

    def know_key(self, name: str) -> None:
        """Shows the metrics of a key, also while it is not used."""
        for metric in (self.key_connections, self.key_streams, self.key_utterances, self.key_characters):
            metric.labels(name)
