"""`network_info.json`: what the network takes and gives."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from a2f_server.arkit import EMOTIONS
from a2f_server.backends.audio2face3d.parts import Floats, Graph, Kind
from a2f_server.backends.audio2face3d.reading.documents import Document

KINDS = ("regression", "diffusion")
RATES = (8000, 48000)
"""Sample rates, Hz, that a network may want."""
LONGEST = 10
"""Seconds that a network may hear at once."""


def kind(info: Document) -> Kind:
    """Raises ValueError where it is another sort of network."""
    found = info.section("id").text("type") if "id" in info else ""
    if found in KINDS:
        return cast(Kind, found)
    if "emotion" in found.lower() or "id" not in info:
        raise ValueError(
            f"{info.path}: this is no Audio2Face-3D bundle (id.type is {found or 'missing'!r}); it looks like "
            "Audio2Emotion, which hears moods and moves no face: take nvidia/Audio2Face-3D-v2.3-Mark or another face"
        )
    raise info.section("id").fault("type", " or ".join(KINDS))


def graph(info: Document, network: Path, *, implicit: Floats | None, identity: int) -> Graph:
    """The network at `network`; `identity` is the number of the actor among diffusion's."""
    return _regression(info, network, implicit) if kind(info) == "regression" else _diffusion(info, network, identity)


def actors(info: Document) -> tuple[str, ...]:
    """Whose faces the network knows."""
    if kind(info) == "regression":
        name = info.section("id").text("actor")
        return (name[:1].upper() + name[1:],)
    names = info.section("params").texts("identities")
    if not names or len({name.lower() for name in names}) < len(names):
        raise info.section("params").fault("identities", "names, each of them once")
    return names


def vertices(info: Document) -> dict[str, int]:
    """Of skin and tongue."""
    params = info.section("params")
    if kind(info) == "regression":
        return {part: params.whole(f"num_verts_{part}", 1) for part in ("skin", "tongue")}
    return {part: _flat(params, f"{part}_size") // 3 for part in ("skin", "tongue")}


def _flat(params: Document, key: str) -> int:
    """So many numbers as there are x, y and z of vertices."""
    size = params.whole(key, 3)
    if size % 3:
        raise params.fault(key, "three numbers for each vertex")
    return size


def _regression(info: Document, network: Path, implicit: Floats | None) -> Graph:
    params, audio = info.section("params"), info.section("audio_params")
    rate, window = _sound(audio)
    return Graph(
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


def _diffusion(info: Document, network: Path, identity: int) -> Graph:
    params, audio = info.section("params"), info.section("audio_params")
    rate, window = _sound(audio)
    return Graph(
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


def _sound(audio: Document) -> tuple[int, int]:
    rate = audio.whole("samplerate", *RATES)
    return rate, audio.whole("buffer_len", 1, LONGEST * rate)


def _emotions(params: Document, key: str) -> tuple[str, ...]:
    names = params.texts(key)
    if sorted(names) != sorted(EMOTIONS):
        raise params.fault(key, f"the ten emotions {', '.join(EMOTIONS)}")
    return names


def _eyes(params: Document, key: str) -> int:
    return params.whole(key, 4, 4)
