"""What a turn asks for, read from its SSML and its context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from a2f_server.azure_emulator import voices
from a2f_server.azure_emulator.failures import Failure, of_voice
from a2f_server.azure_emulator.formats import AudioFormat
from a2f_server.tts.ssml import MSTTS, SYNTHESIS, parse


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """One request for speech."""

    ssml: str
    """With the name of a voice that there is, also where a failing one was asked for."""
    format: AudioFormat
    visemes: bool
    words: bool
    end: bool
    faces: bool
    """Whether facial expression is asked for; the locale may lack it."""
    locale: str
    failure: Failure | None


def read(ssml: str, context: dict[str, Any]) -> SynthesisRequest:
    """Raises ValueError with the sentence that the connection is closed with, or BadMessage for bad SSML."""
    options = context.get("synthesis", {}).get("audio", {})
    wanted = options.get("metadataOptions", {})
    name, faces = _voice(ssml)
    failure, locale = of_voice(name)
    if failure:
        ssml = ssml.replace(name, voices.first_of(locale))
    elif name not in voices.GENDERS:
        raise ValueError(f"Unsupported voice {name}.")
    return SynthesisRequest(
        ssml,
        AudioFormat.named(options.get("outputFormat", "")),
        _yes(wanted, "visemeEnabled"),
        _yes(wanted, "wordBoundaryEnabled"),
        _yes(wanted, "sessionEndEnabled"),
        faces,
        locale or voices.locale(name),
        failure,
    )


def _yes(options: dict[str, Any], name: str) -> bool:
    return str(options.get(name, False)).lower() == "true"


def _voice(ssml: str) -> tuple[str, bool]:
    """The first voice's name, and whether facial expression is asked for."""
    root = parse(ssml)
    found = root.find(f".//{{{SYNTHESIS}}}voice")
    if found is None or not found.get("name"):
        raise ValueError("Invalid SSML: <speak> holds no <voice> with a name.")
    kinds = [element.get("type") for element in root.iter(f"{{{MSTTS}}}viseme")]
    return found.get("name", ""), "FacialExpression" in kinds
