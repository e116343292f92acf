"""Parses `network_info.json`: the network's inputs and outputs."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from a2f_server.arkit import EMOTIONS
from a2f_server.arrays import Float32Array
from a2f_server.backends.audio2face3d.bundle import NetworkKind, NetworkSpec
from a2f_server.backends.audio2face3d.loading.json_document import JsonDocument

KINDS = ("regression", "diffusion")
RATES = (8000, 48000)
"""Lowest and highest sample rate of a network, in Hz."""
LONGEST = 10
"""Longest window of a network, in seconds."""


def kind(info: JsonDocument) -> NetworkKind:
    """Returns the kind of network. Raises ValueError for a network that is not Audio2Face-3D's."""
    found = info.section("id").text("type") if "id" in info else ""
    if found in KINDS:
        return cast(NetworkKind, found)
    if "emotion" in found.lower() or "id" not in info:
        raise ValueError(
            f"{info.path}: this is not an Audio2Face-3D bundle (id.type is {found or 'missing'!r}); it looks like "
            "Audio2Emotion, which detects emotions and animates no face: use nvidia/Audio2Face-3D-v2.3-Mark or another"
        )
    raise info.section("id").fault("type", " or ".join(KINDS))


def network_spec(info: JsonDocument, network: Path, *, implicit: Float32Array | None, identity: int) -> NetworkSpec:
    """Returns the description of the network at `network`; `identity` is the index of a diffusion network's actor."""
    return _regression(info, network, implicit) if kind(info) == "regression" else _diffusion(info, network, identity)


def actors(info: JsonDocument) -> tuple[str, ...]:
    """Returns the names of the network's actors."""
    if kind(info) == "regression":
        name = info.section("id").text("actor")
        return (name[:1].upper() + name[1:],)
    names = info.section("params").texts("identities")
    if not names or len({name.lower() for name in names}) < len(names):
        raise info.section("params").fault("identities", "names, each of them once")
    return names


def vertices(info: JsonDocument) -> dict[str, int]:
    """Returns the number of vertices of skin and tongue."""
    params = info.section("params")
    if kind(info) == "regression":
        return {part: params.whole(f"num_verts_{part}", 1) for part in ("skin", "tongue")}
    return {part: _flat(params, f"{part}_size") // 3 for part in ("skin", "tongue")}


def _flat(params: JsonDocument, key: str) -> int:
    """Returns a size that must be three numbers (x, y, z) per vertex."""
    size = params.whole(key, 3)
    if size % 3:
        raise params.fault(key, "three numbers for each vertex")
    return size


def _regression(info: JsonDocument, network: Path, implicit: Float32Array | None) -> NetworkSpec:
    params, audio = info.section("params"), info.section("audio_params")
    rate, window = _rate_and_window(audio)
    return NetworkSpec(
        network,
        "regression",
        info.section("id").word("version"),
        _emotions(params, "explicit_emotions"),
        rate,
        window,
        before=audio.whole("buffer_ofs", 0, window),
        skin=params.whole("num_shapes_skin", 1),
        tongue=params.whole("num_shapes_tongue", 1),
        jaw=_flat(params, "result_jaw_size"),
        eyes=_eyes(params, "result_eyes_size"),
        implicit=implicit,
    )


def _diffusion(info: JsonDocument, network: Path, identity: int) -> NetworkSpec:
    params, audio = info.section("params"), info.section("audio_params")
    rate, window = _rate_and_window(audio)
    return NetworkSpec(
        network,
        "diffusion",
        info.section("id").word("version"),
        _emotions(params, "emotions"),
        rate,
        window,
        before=audio.whole("padding_left", 0, LONGEST * rate),
        skin=_flat(params, "skin_size"),
        tongue=_flat(params, "tongue_size"),
        jaw=_flat(params, "jaw_size"),
        eyes=_eyes(params, "eyes_size"),
        identity=np.eye(len(actors(info)), dtype=np.float32)[identity],
        steps=params.whole("num_diffusion_steps", 1),
        layers=params.whole("num_gru_layers", 1),
        latent=params.whole("gru_latent_dim", 1),
        left=params.whole("num_frames_left_truncate"),
        centre=params.whole("num_frames_center", 1),
        right=params.whole("num_frames_right_truncate"),
    )


def _rate_and_window(audio: JsonDocument) -> tuple[int, int]:
    rate = audio.whole("samplerate", *RATES)
    return rate, audio.whole("buffer_len", 1, LONGEST * rate)


def _emotions(params: JsonDocument, key: str) -> tuple[str, ...]:
    names = params.texts(key)
    if sorted(names) != sorted(EMOTIONS):
        raise params.fault(key, f"the ten emotions {', '.join(EMOTIONS)}")
    return names


def _eyes(params: JsonDocument, key: str) -> int:
    return params.whole(key, 4, 4)
