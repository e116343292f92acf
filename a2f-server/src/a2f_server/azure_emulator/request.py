"""Reads a turn's request from its SSML and context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from a2f_server.azure_emulator import voices
from a2f_server.azure_emulator.failures import Failure, of_voice
from a2f_server.azure_emulator.formats import OutputFormat
from a2f_server.tts.ssml import MSTTS, SYNTHESIS, parse


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """A request to synthesise speech."""

    ssml: str
    """Names an existing voice, also if the request named a failing one."""
    format: OutputFormat
    visemes: bool
    words: bool
    bookmarks: bool
    end: bool
    facial_expression: bool
    """True if facial expression is requested; the locale may not support it."""
    locale: str
    failure: Failure | None


def read(ssml: str, context: dict[str, Any]) -> SynthesisRequest:
    """Raises ValueError with the reason for closing the connection, or BadMessage for invalid SSML."""
    options = context.get("synthesis", {}).get("audio", {})
    wanted = options.get("metadataOptions", {})
    name, facial_expression = _voice(ssml)
    failure, locale = of_voice(name)
    if failure:
        ssml = ssml.replace(name, voices.first_of(locale))
    elif name not in voices.GENDERS:
        raise ValueError(f"Unsupported voice {name}.")
    return SynthesisRequest(
        ssml,
        OutputFormat.named(options.get("outputFormat", "")),
        _yes(wanted, "visemeEnabled"),
        _yes(wanted, "wordBoundaryEnabled"),
        _yes(wanted, "bookmarkEnabled"),
        _yes(wanted, "sessionEndEnabled"),
        facial_expression,
        locale or voices.locale(name),
        failure,
    )


def _yes(options: dict[str, Any], name: str) -> bool:
    return str(options.get(name, False)).lower() == "true"


def _voice(ssml: str) -> tuple[str, bool]:
    """Returns the name of the first voice, and whether facial expression is requested."""
    root = parse(ssml)
    found = root.find(f".//{{{SYNTHESIS}}}voice")
    if found is None or not found.get("name"):
        raise ValueError("Invalid SSML: <speak> contains no <voice> with a name.")
    kinds = [element.get("type") for element in root.iter(f"{{{MSTTS}}}viseme")]
    return found.get("name", ""), "FacialExpression" in kinds
