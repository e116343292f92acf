"""Recordings of the page's example texts by the local voice hibari.

hibari is Apache-2.0, as is Kokoro-82M, from which it learnt its voice; neither restricts what is done with the speech.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from a2f_server.tts.contract import AudioChunk, SpeechRequest
from a2f_server.tts.hibari.network import SAMPLE_RATE
from a2f_server.tts.hibari.voice import HibariVoice

EXAMPLES = Path(__file__).parents[2] / "web/page/speak/examples.js"
TEXTS = (
    "import { EXAMPLES, recordingName } from {MODULE};"
    "console.log(JSON.stringify(EXAMPLES.map((each) => [recordingName(each), each.text])));"
)


def texts() -> dict[str, str]:
    """Returns the page's example texts by the file names of their recordings."""
    script = TEXTS.replace("{MODULE}", json.dumps(EXAMPLES.as_uri()))
    command = ["node", "--input-type=module", "--eval", script]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def write(folder: Path) -> None:
    """Writes an MP3 per text. Raises ValueError, with what to install, if hibari is missing."""
    folder.mkdir()
    for name, pcm in asyncio.run(spoken(texts())).items():
        soundfile.write(folder / name, np.frombuffer(pcm, "<i2"), SAMPLE_RATE, format="MP3")


async def spoken(sentences: Mapping[str, str]) -> dict[str, bytes]:
    """Returns the sentences as s16le at SAMPLE_RATE, by the same names."""
    voice = HibariVoice()
    try:
        return {name: await _pcm(voice, text) for name, text in sentences.items()}
    finally:
        await voice.close()


async def _pcm(voice: HibariVoice, text: str) -> bytes:
    events = voice.speak(SpeechRequest(text))
    return b"".join([event.pcm async for event in events if isinstance(event, AudioChunk)])
