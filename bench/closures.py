"""Closures of the viseme rank: the local voice's visemes of sentences in ten languages, through the client's curves.

`python bench/closures.py` prints a line a language and one for all: how many p, b and m the stream has, the share of
them for which the lips meet at 60 Hz, the largest movement in a tick, and the longest still stretch in ms.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "a2f-server/src"))

from a2f_server.settings import Settings  # noqa: E402
from a2f_server.tts.contract import AudioChunk, SpeechRequest, VisemeEvent  # noqa: E402
from a2f_server.tts.espeak import EspeakVoice  # noqa: E402

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
    """`{"marks": [[time, id], …], "duration": s}`."""
    marks, size = [], 0
    async for event in voice.speak(SpeechRequest(text, voice=name)):
        if isinstance(event, VisemeEvent):
            marks.append([event.time, event.id])
        elif isinstance(event, AudioChunk):
            size += len(event.pcm)
    return {"marks": marks, "duration": size / 2 / voice.sample_rate}


def shown(stream: dict[str, Any]) -> dict[str, Any]:
    """What the client makes of it (bench/visemes.mjs)."""
    command = ["node", str(ROOT / "bench/visemes.mjs")]
    done = subprocess.run(command, input=json.dumps(stream), text=True, capture_output=True, check=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


async def main() -> None:
    """See the module."""
    voice = EspeakVoice.from_settings(Settings(tts="espeak"))
    results = {name: shown(await marks_of(voice, text, name)) for name, text in SENTENCES.items()}
    await voice.close()
    for name, seen in results.items():
        print(json.dumps({"voice": name, **figures(seen)}))
    count = sum(seen["closures"]["marks"] for seen in results.values())
    closed = sum(seen["closures"]["marks"] * seen["closures"]["closed"] for seen in results.values())
    print(json.dumps({"all": count, "closed": round(closed / count, 4)}))


def figures(seen: dict[str, Any]) -> dict[str, Any]:
    """The part of it that is looked at."""
    return {
        "p_b_m": seen["closures"]["marks"],
        "closed": seen["closures"]["closed"],
        "largest_move": {part: seen[f"largest_move_{part}"]["value"] for part in ("arkit", "visemes")},
        "still_ms": round(seen["longest_still"]["seconds"] * 1000),
    }


if __name__ == "__main__":
    asyncio.run(main())
