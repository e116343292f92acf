"""All settings, a sentence each. Environment variables carry the prefix `A2F_`; the CLI has the same names."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Settings(BaseSettings):
    """What an operator may decide."""

    model_config = SettingsConfigDict(env_prefix="A2F_", extra="ignore", env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on; anything but loopback needs a key.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    backend: str = Field(
        "auto",
        description="Model that generates the frames (`a2f-server serve --help` lists the names); auto is NVIDIA's "
        "bundle if A2F_MODEL_DIR names one, else the built-in model.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where models run: auto, cpu, cuda; a demanded GPU that is missing is an error at start."
    )
    precision: Literal["fp32", "fp16"] = Field(
        "fp32", description="Numbers that networks compute with; fp16 is for GPUs and moves weights by less than 0.01."
    )
    max_batch: int = Field(
        64, ge=1, le=1024, description="Most windows that a GPU takes in one call; fewer need less of its memory."
    )
    model_dir: Path | None = Field(None, description="Folder of an NVIDIA Audio2Face-3D bundle, for audio2face3d.")
    identity: str | None = Field(
        None, description="Whose face a bundle of several actors shows, such as Claire (default: its first)."
    )
    solver: Literal["exact", "batched"] = Field(
        "exact",
        description="How audio2face3d finds weights: exact, or batched, which is faster and nearly as close.",
    )
    face: Annotated[dict[str, Number], NoDecode] = Field(
        {}, description='Animator parameters over the bundle\'s own, as JSON: {"lower_face_strength": 0.9}.'
    )
    fps: int = Field(30, ge=10, le=60, description="Frames per second where a client does not ask for another rate.")
    profiles: Path | None = Field(None, description="A TOML file with motion profiles and expressions of your own.")

    api_key: SecretStr | None = Field(
        None, min_length=1, description="The key that clients must show; without one, only loopback is served."
    )
    insecure: bool = Field(False, description="Serve other machines without a key (a trusted network, a proxy).")
    allowed_origins: str = Field(
        "", description="Comma-separated web origins that may use this server beside its own; * for all."
    )
    token_ttl_s: int = Field(600, ge=1, description="Seconds that a short-lived socket token is good for.")

    max_streams: int | None = Field(
        None, ge=1, description="Open utterances after which a new one is refused as busy (default: the backend's)."
    )
    max_connections: int = Field(2000, ge=1, description="Open sockets after which a new one is refused as busy.")
    max_utterance_s: float = Field(600.0, gt=0, description="Longest utterance or file, in seconds of audio.")
    max_message_bytes: int = Field(1 << 20, ge=1024, description="Largest WebSocket message, in bytes.")
    max_file_bytes: int = Field(64 << 20, ge=1024, description="Largest audio file, in bytes.")
    upload_memory_bytes: int = Field(
        256 << 20, ge=1 << 20, description="Bytes that all uploads together may hold before they are decoded."
    )
    max_queue: int = Field(8, ge=0, description="Waiting speak requests per socket after which one is refused as busy.")

    tts: Literal["auto", "azure", "espeak", "none"] = Field(
        "auto",
        description="What speaks: azure, espeak (a local voice), none, or auto, which is the first of them that can.",
    )
    azure_key: SecretStr | None = Field(None, min_length=1, description="Key of an Azure Speech resource.")
    azure_region: str | None = Field(None, description="Region of the Azure Speech resource, such as westeurope.")
    azure_host: str | None = Field(None, description="An Azure container or emulator instead: ws://host:port.")
    voice: str | None = Field(None, description="The voice where a client names none (default: the provider's).")
    max_text: int = Field(5000, ge=1, description="Most characters of one text or SSML to be spoken.")
    text_per_minute: int = Field(
        20000, ge=1, description="Characters that one key (without keys: one address) may have spoken in a minute."
    )

    idle_s: float = Field(300.0, gt=0, description="Seconds without a message after which a socket is closed.")
    send_timeout_s: float = Field(20.0, gt=0, description="Seconds a reader may refuse to read before it is dropped.")
    backend_timeout_s: float = Field(10.0, gt=0, description="Seconds one inference may take before it counts as hung.")
    drain_s: float = Field(20.0, ge=0, description="Seconds that open utterances get to finish at shutdown.")
    session_ttl_s: float = Field(120.0, gt=0, description="Seconds an older client's unopened session is kept.")

    mock_latency: float = Field(0.0, ge=0, le=60, description="Mock only: seconds by which every call is slower.")
    mock_fail_after: float | None = Field(
        None, ge=0, description="Mock only: seconds of an utterance after which the backend raises."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe log line shown.")
    log_json: bool = Field(False, description="Log lines as JSON instead of text.")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def origins(self) -> frozenset[str]:
        """The allowed web origins, without trailing slashes."""
        return frozenset(o.strip().rstrip("/").lower() for o in self.allowed_origins.split(",") if o.strip())

    @field_validator("azure_region")
    @classmethod
    def _one_word(cls, region: str | None) -> str | None:
        """As Azure's addresses spell it; its portal writes "West Europe"."""
        word = (region or "").replace(" ", "").lower()
        if region is not None and not re.fullmatch(r"[a-z0-9]{2,40}", word):
            raise ValueError("an Azure region is a word such as westeurope, as the resource's page shows it")
        return word or None

    @field_validator("azure_host")
    @classmethod
    def _address(cls, host: str | None) -> str | None:
        if host is not None and not re.fullmatch(r"wss?://[^\s/?#@]+/?", host):
            raise ValueError("write the address of the container or emulator as ws://host:port, without a path")
        return host

    @field_validator("face", mode="before")
    @classmethod
    def _json(cls, face: Any) -> Any:
        try:
            return json.loads(face) if isinstance(face, str) else face
        except (ValueError, RecursionError):
            raise ValueError('write the parameters as JSON, such as {"lower_face_strength": 0.9}') from None

    @model_validator(mode="after")
    def _no_open_door_by_accident(self) -> Self:
        if not (self.loopback or self.api_key or self.insecure):
            raise ValueError(
                f"listening on {self.host} lets other machines in: set A2F_API_KEY to a secret of yours, "
                "or A2F_INSECURE=1 if the network is trusted"
            )
        return self
