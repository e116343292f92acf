"""Measures lip closures with the viseme source: sentences in ten languages by the local voice, through the client.

`python bench/browser_client/closures.py` prints a line per language and one for all: the number of p, b and m, the
share of them for which the lips close at 60 Hz, the largest movement in a tick, and the longest time without movement
in ms.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "a2f-server/src"))

from a2f_server.settings import Settings  # noqa: E402
from a2f_server.tts.contract import AudioChunk, SpeechRequest, VisemeEvent  # noqa: E402
from a2f_server.tts.espeak.voice import EspeakVoice  # noqa: E402

SENTENCES = {
    "en-US": "My mother bought a big pumpkin pie. People may come by boat, but maybe we bake more bread on Monday.",
    "de-DE": "Am Bahnhof kaufte Peter Pflaumen und Brombeeren. Bitte bring mir morgen ein paar Postkarten mit.",
    "fr-FR": "Ma mère prépare une bonne compote de pommes. Les pompiers ont bombardé le bâtiment avec de l'eau.",
    "es-ES": "Mi hermano compró pan, plátanos y mermelada. También queremos ver el pueblo y subir la montaña.",
    "it-IT": "La bambina mangia una pera e beve un bicchiere. Domani mattina compriamo il pane e poi andiamo al mare.",
    "pt-BR": "O menino comprou banana e mamão na feira. Minha mãe sempre bebe um pouco de água pela manhã.",
    "nl-NL": "Mijn broer bouwt een mooie boot. Op maandag brengt moeder brood en bloemen mee van de markt.",
    "pl-PL": "Moja babcia pije kompot i maluje obrazy. Proszę kupić mleko, masło i bułki na poniedziałek.",
    "tr-TR": "Babam bana mavi bir bisiklet aldı. Pazartesi sabahı bahçede elma ve armut topladık.",
    "ru-RU": "Моя бабушка купила молоко и большой пирог. Мы поедем на пароходе, потому что погода приятная.",
}


async def marks_of(voice: EspeakVoice, text: str, name: str) -> dict[str, Any]:
    """Synthesises a text; returns `{"marks": [[time, viseme id], …], "duration": s}`."""
    marks, size = [], 0
    async for event in voice.speak(SpeechRequest(text, voice=name)):
        if isinstance(event, VisemeEvent):
            marks.append([event.time, event.id])
        elif isinstance(event, AudioChunk):
            size += len(event.pcm)
    return {"marks": marks, "duration": size / 2 / voice.sample_rate}


def simulate(stream: dict[str, Any]) -> dict[str, Any]:
    """Runs the client on the marks (visemes.mjs) and returns its measures."""
    command = ["node", str(ROOT / "bench/browser_client/visemes.mjs")]
    done = subprocess.run(command, input=json.dumps(stream), text=True, capture_output=True, check=True)
    measures: dict[str, Any] = json.loads(done.stdout)
    return measures


async def main() -> None:
    """Prints a line per language and one for all."""
    voice = EspeakVoice.from_settings(Settings(tts="espeak"))
    results = {name: simulate(await marks_of(voice, text, name)) for name, text in SENTENCES.items()}
    await voice.close()
    for name, measures in results.items():
        print(json.dumps({"voice": name, **figures(measures)}))
    closures = [measures["closures"] for measures in results.values()]
    count = sum(one["marks"] for one in closures)
    closed = sum(one["marks"] * one["closed"] for one in closures)
    print(json.dumps({"all": count, "closed": round(closed / count, 4)}))


def figures(measures: dict[str, Any]) -> dict[str, Any]:
    """Selects the figures that are printed."""
    return {
        "p_b_m": measures["closures"]["marks"],
        "closed": measures["closures"]["closed"],
        "largest_move": {part: measures[f"largest_move_{part}"]["value"] for part in ("arkit", "visemes")},
        "still_ms": round(measures["longest_still"]["seconds"] * 1000),
    }


if __name__ == "__main__":
    asyncio.run(main())
