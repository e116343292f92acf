"""All settings with their descriptions. Environment variables have the prefix `A2F_`; the CLI uses the same names."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from a2f_server import ice_servers

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


LEAST_KEY = 8
"""Characters that an API key needs at least."""
LEAST_SECRET = 16
"""Characters that the secret of tokens needs at least: clients can try to guess it from a token, without the server."""


class Settings(BaseSettings):
    """The settings of one server."""

    model_config = SettingsConfigDict(
        env_prefix="A2F_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    host: str = Field(
        "127.0.0.1", description="Address to listen on. Any address other than loopback requires an API key."
    )
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on. 0 picks a free port.")
    workers: int = Field(
        1,
        ge=0,
        le=256,
        description="Processes that serve on one port, as one server (docs/scale.md). 0: one per core, up to 8.",
    )
    shared_model: bool | None = Field(
        None,
        description="With several workers: one process runs the model for all of them (default: if there is a GPU). "
        "Otherwise, each worker runs its own.",
    )
    grpc_port: int | None = Field(
        None, ge=0, le=65535, description="Port of the gRPC server (default: none). 0 picks a free port."
    )
    grpc_cert: Path | None = Field(
        None, description="PEM file with the certificate chain of the gRPC server (default: no TLS)."
    )
    grpc_key: Path | None = Field(None, description="PEM file with the private key of that certificate.")
    backend: str = Field(
        "auto",
        description="Model that generates the frames (`a2f-server serve --help` lists the names); auto is NVIDIA's "
        "bundle if A2F_MODEL_DIR names one, else the built-in model. A path to a TOML file runs the ONNX network that "
        "it describes (docs/backends.md).",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto",
        description="Device that models run on: auto, cpu or cuda. With cuda, the server does not start without a GPU.",
    )
    precision: Literal["fp32", "fp16", "int8"] = Field(
        "fp32",
        description="Precision of the networks. fp16 is meant for GPUs and changes weights by less than 0.01; int8 is "
        "for the built-in model on CPUs, where it halves the cost of many streams (docs/backends.md).",
    )
    max_batch: int = Field(
        64, ge=1, le=1024, description="Maximum windows per inference call on a GPU. Lower values use less GPU memory."
    )
    model_dir: Path | None = Field(
        None,
        description="The model: the folder of an NVIDIA Audio2Face-3D bundle; or the file of emotalk, unitalker or "
        "wav2arkit, or its folder.",
    )
    identity: str | None = Field(
        None, description="Actor of a bundle with several actors, such as Claire (default: the first one)."
    )
    solver: Literal["exact", "compiled", "batched"] = Field(
        "exact",
        description="Blendshape solver of audio2face3d: exact; compiled, the same in machine code (extra [solver]); or "
        "batched, which needs no extra, and is faster than exact for many streams and nearly as accurate.",
    )
    face: Annotated[dict[str, Number], NoDecode] = Field(
        {}, description='Animator parameters that override those of the bundle, as JSON: {"lower_face_strength": 0.9}.'
    )
    fps: int = Field(30, ge=10, le=60, description="Frames per second, unless a client requests another rate.")
    profiles: Path | None = Field(None, description="TOML file with your own motion profiles and expressions.")

    api_key: SecretStr | None = Field(
        None,
        min_length=1,
        description="API key that clients must send. Without it, the server accepts loopback connections only.",
    )
    keys_file: Path | None = Field(
        None,
        description="TOML file with several API keys, each with a name, limits and an expiry (docs/operations.md). It "
        "is read again when it changes.",
    )
    token_secret: SecretStr | None = Field(
        None,
        description="Secret that signs tokens; the same on all replicas (default: the key itself). Without it, tokens "
        "of a key of which A2F_KEYS_FILE has only the SHA-256 are valid on one server, until it restarts.",
    )
    insecure: bool = Field(
        False, description="Allow other machines without an API key, in a trusted network or behind a proxy."
    )
    allowed_origins: str = Field(
        "",
        description="Comma-separated web origins that may use this server besides its own page; https://*.example.com "
        "allows all subdomains of example.com, * allows all origins.",
    )
    hosts: str = Field(
        "",
        description="Comma-separated public host names of this server, such as face.example.com: without an API key, "
        "other names are refused (IP addresses and names of the local network are not); * allows all.",
    )
    proxies: str = Field(
        "",
        description="Comma-separated addresses or networks of the reverse proxies in front of this server, such as "
        "127.0.0.1 or 10.0.0.0/8. X-Forwarded-For and X-Forwarded-Proto are ignored from anyone else.",
    )
    token_ttl_s: int = Field(600, ge=1, description="Lifetime of a WebSocket token, in seconds.")
    subject_streams: int = Field(
        3, ge=1, description="Maximum concurrent utterances of one token subject, on all its connections."
    )
    subject_connections: int = Field(
        8, ge=1, description="Maximum open sockets, calls and requests for video of one token subject."
    )
    subject_text_per_minute: int | None = Field(
        None,
        ge=1,
        description="Rate limit for speech: characters per minute and token subject (default: that of a key).",
    )

    max_streams: int | None = Field(
        None,
        ge=1,
        description="Maximum concurrent utterances; more are refused as busy. Set it to what this machine is known to "
        "serve (default: the backend's capacity, approached as long as frames are in time).",
    )
    max_connections: int = Field(
        2000, ge=1, description="Maximum open WebSocket connections; more are refused as busy."
    )
    address_connections: int | None = Field(
        None,
        ge=1,
        description="Maximum open connections of one client: an IPv4 address or an IPv6 /64, other than loopback and "
        "A2F_PROXIES (default: half of all).",
    )
    max_utterance_s: float = Field(600.0, gt=0, description="Maximum length of an utterance or audio file, in seconds.")
    max_message_bytes: int = Field(1 << 20, ge=1024, description="Maximum size of a WebSocket message, in bytes.")
    max_file_bytes: int = Field(64 << 20, ge=1024, description="Maximum size of an audio file, in bytes.")
    max_queue: int = Field(
        8,
        ge=0,
        description="Maximum queued speak requests per connection, or per token subject; more are refused as busy.",
    )
    queue_size: int = Field(
        100,
        ge=0,
        description="Maximum files of POST /api/v1/process-audio-stream that wait for a slot; more are refused as "
        "busy.",
    )
    upload_memory_bytes: int = Field(
        256 << 20, ge=1 << 20, description="Maximum memory for all uploads that are not decoded yet, in bytes."
    )

    tts: str = Field(
        "auto",
        description="Text-to-speech: the name of a voice (docs/speech.md), none, or auto, which is the first voice "
        "that is configured and installed.",
    )
    azure_key: SecretStr | None = Field(None, min_length=1, description="Key of your Azure Speech resource.")
    azure_region: str | None = Field(None, description="Region of your Azure Speech resource, such as westeurope.")
    azure_host: str | None = Field(
        None, description="Azure Speech container or emulator to use instead of a region: ws://host:port."
    )
    tts_url: str | None = Field(
        None,
        description="Service with OpenAI's text-to-speech API (extra [openai]): the part of its address before "
        "/audio/speech, such as https://api.openai.com/v1.",
    )
    tts_key: SecretStr | None = Field(None, min_length=1, description="Key of the service at A2F_TTS_URL.")
    tts_model: str = Field("tts-1", min_length=1, description="Model of the service at A2F_TTS_URL.")
    tts_format: Literal["pcm", "wav"] = Field(
        "pcm",
        description="Audio that the service at A2F_TTS_URL is asked for: pcm, which is 24 kHz, or wav, which says its "
        "sample rate.",
    )
    voice: str | None = Field(None, description="Voice to use if a client names none (default: the provider's).")
    max_text: int = Field(5000, ge=1, description="Maximum length of a text or SSML document to speak, in characters.")
    text_per_minute: int = Field(
        20000,
        ge=1,
        description="Rate limit for speech: characters per minute and API key, including tokens without a subject, or "
        "per address without a key (IPv6: per /64).",
    )

    ice_servers: SecretStr | None = Field(
        None,
        description="STUN and TURN servers for calls over WebRTC, comma-separated (turn:user:password@host:3478) or as "
        "the JSON list that browsers take. Needed only behind NAT.",
    )
    call_bitrate: int = Field(
        1_000_000, ge=250_000, le=10_000_000, description="Maximum bits per second of the video of a call over WebRTC."
    )
    max_calls: int = Field(
        5,
        ge=1,
        description="Maximum concurrent calls over WebRTC; more are refused as busy. Each takes a tenth of the thread "
        "that serves all clients.",
    )
    max_call_s: float = Field(3600.0, gt=0, description="Maximum length of a call over WebRTC, in seconds.")

    livelink: str | None = Field(
        None,
        min_length=1,
        description="Address host:port of Unreal or another reader of Live Link Face (port 11111): the frames of live "
        "utterances are sent there at their playback time.",
    )
    vmc: str | None = Field(
        None,
        min_length=1,
        description="Address host:port of VSeeFace, Warudo or another program with VMC (port 39539; extra [vmc]): the "
        "frames of live utterances are sent there at their playback time.",
    )

    idle_s: float = Field(300.0, gt=0, description="Seconds without a message after which a connection is closed.")
    send_timeout_s: float = Field(
        20.0, gt=0, description="Seconds that a client may stop reading before its connection is closed."
    )
    backend_timeout_s: float = Field(
        10.0, gt=0, description="Maximum seconds for one inference call before the backend counts as hung."
    )
    drain_s: float = Field(
        20.0, ge=0, description="Seconds that open utterances have to finish at a graceful shutdown."
    )
    session_ttl_s: float = Field(
        120.0, gt=0, description="Seconds after which a legacy session expires if no client has connected to it."
    )

    video_label: bool = Field(
        True, description='Draw the word "generated" into every video. Turn it off only if you label videos yourself.'
    )
    video_size: int = Field(
        512, ge=128, le=1024, description="Longer side of videos, in pixels, unless a client asks for another size."
    )
    video_sessions: int | None = Field(
        None,
        ge=1,
        description="Maximum concurrent videos; more are refused as busy (default: as many as the CPU can render in "
        "real time, by measurement).",
    )
    video_threads: int | None = Field(
        None, ge=1, description="Threads that render and encode video (default: one per CPU core)."
    )
    video_session_ttl_s: float = Field(
        3000.0,
        gt=0,
        description="Seconds after which an unused video session is closed and its video deleted.",
    )
    video_session_s: float = Field(
        14400.0, gt=0, description="Maximum length of the speech of a video session, in seconds."
    )
    video_session_bytes: int = Field(
        256 << 20,
        ge=1 << 20,
        description="Maximum bytes of a session's video on disk; above half of it, the beginning may be dropped.",
    )

    mock_latency: float = Field(
        0.0, ge=0, le=60, description="Mock backend only: delay added to every call, in seconds."
    )
    mock_fail_after: float | None = Field(
        None, ge=0, description="Mock backend only: position in an utterance at which the backend fails, in seconds."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Minimum severity of log lines."
    )
    log_json: bool = Field(False, description="Write log lines as JSON instead of text.")
    cloudwatch_group: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_.\-/#]{1,512}$",
        description="AWS CloudWatch log group that gets a copy of the log (extra [cloudwatch]). Region and credentials "
        "come from AWS's own variables, files or roles.",
    )
    cloudwatch_stream: str = Field(
        "{machine_name}",
        min_length=1,
        max_length=512,
        pattern="^[^:*]+$",
        description="Log stream in A2F_CLOUDWATCH_GROUP. {machine_name} and {process_id} are replaced.",
    )

    @property
    def loopback(self) -> bool:
        """True if only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def locked(self) -> bool:
        """True if clients need a key."""
        return self.api_key is not None or self.keys_file is not None

    @property
    def private(self) -> bool:
        """True if only this machine uses the server: it listens on loopback, and no setting names a proxy."""
        return self.loopback and not (self.host_names or self.trusted_proxies)

    @property
    def host_names(self) -> frozenset[str]:
        """The public host names, lower case."""
        return frozenset(name.lower() for name in _listed(self.hosts))

    @property
    def trusted_proxies(self) -> list[str]:
        """Addresses and networks of proxies."""
        return _listed(self.proxies)

    @property
    def origins(self) -> frozenset[str]:
        """The allowed web origins, lower case and without trailing slashes."""
        return frozenset(origin.rstrip("/").lower() for origin in _listed(self.allowed_origins))

    @field_validator("allowed_origins")
    @classmethod
    def _stars_of_domains(cls, origins: str) -> str:
        for origin in _listed(origins):
            if "*" in origin and origin != "*" and not re.fullmatch(r"https?://\*(\.[\w-]+){2,}(:\d+)?/?", origin):
                raise ValueError("a wildcard must stand for the subdomains of a domain, as in https://*.example.com")
        return origins

    @field_validator("hosts")
    @classmethod
    def _bare_names(cls, hosts: str) -> str:
        for name in _listed(hosts):
            if name != "*" and not re.fullmatch(r"[\w.-]+", name):
                raise ValueError("write host names without https://, port or path, such as face.example.com")
        return hosts

    @field_validator("proxies")
    @classmethod
    def _networks(cls, proxies: str) -> str:
        for proxy in _listed(proxies):
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError("write addresses or networks, such as 127.0.0.1 or 10.0.0.0/8") from None
        return proxies

    @field_validator("api_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().strip()) < LEAST_KEY:
            raise ValueError(f"a key needs at least {LEAST_KEY} characters, not counting blanks around it")
        return key

    @field_validator("token_secret")
    @classmethod
    def _hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().strip()) < LEAST_SECRET:
            raise ValueError(
                f"a secret needs at least {LEAST_SECRET} characters; `openssl rand -hex 24` makes a good one"
            )
        return secret

    @field_validator("ice_servers")
    @classmethod
    def _ice_addresses(cls, servers: SecretStr | None) -> SecretStr | None:
        if servers:
            ice_servers.parse(servers.get_secret_value())
        return servers

    @field_validator("azure_region")
    @classmethod
    def _one_word(cls, region: str | None) -> str | None:
        """Accepts the portal's spelling "West Europe"; Azure's addresses use "westeurope"."""
        word = (region or "").replace(" ", "").lower()
        if region is not None and not re.fullmatch(r"[a-z0-9]{2,40}", word):
            raise ValueError("an Azure region is a word such as westeurope, as shown on the resource's page")
        return word or None

    @field_validator("azure_host")
    @classmethod
    def _address(cls, host: str | None) -> str | None:
        if host is not None and not re.fullmatch(r"wss?://[^\s/?#@]+/?", host):
            raise ValueError("write the address of the container or emulator as ws://host:port, without a path")
        return host

    @field_validator("tts_url")
    @classmethod
    def _http_address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#@]*)?", url):
            raise ValueError("write the address of the service as https://host/v1; the key belongs in A2F_TTS_KEY")
        return url

    @field_validator("face", mode="before")
    @classmethod
    def _json(cls, face: Any) -> Any:
        try:
            return json.loads(face) if isinstance(face, str) else face
        except (ValueError, RecursionError):
            raise ValueError('write the parameters as JSON, such as {"lower_face_strength": 0.9}') from None

    @model_validator(mode="after")
    def _require_both_files(self) -> Self:
        if bool(self.grpc_cert) != bool(self.grpc_key):
            raise ValueError("TLS for gRPC needs both A2F_GRPC_CERT and A2F_GRPC_KEY")
        return self

    @model_validator(mode="after")
    def _require_a_key_beyond_loopback(self) -> Self:
        if not (self.private or self.locked or self.insecure):
            how = "a proxy (A2F_HOSTS, A2F_PROXIES)" if self.loopback else f"listening on {self.host}"
            raise ValueError(
                f"{how} lets other machines in: set A2F_API_KEY to a secret of yours, "
                "or A2F_INSECURE=1 if the network is trusted"
            )
        return self


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
