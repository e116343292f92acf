"""The voice: whether there is one, and whether it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok
from a2f_server.errors import A2FError
from a2f_server.tts import selector
from a2f_server.tts.contract import Voice

TIMEOUT_S = 15.0
REMEDY = "see docs/speech.md"


def check(context: CheckContext) -> Iterator[Finding]:
    """Loads the voice of the settings and asks for the list of its voices."""
    if context.settings.tts == "none":
        yield info("A2F_TTS=none: clients send their own audio")
        return
    try:
        voice = selector.load(context.settings)
    except ValueError as failure:
        yield error(str(failure), REMEDY)
        return
    if voice is None:
        yield info("no voice: speak is refused, clients send their own audio", "pip install 'a2f-server[voice]'")
        return
    yield _listed(voice) if voice.local or context.network else info(f"{voice.name} is configured; it was not asked")


def _listed(voice: Voice) -> Finding:
    try:
        count = asyncio.run(_count(voice))
    except A2FError as failure:
        return error(failure.message, REMEDY)
    except TimeoutError:
        return error(f"{voice.name} did not answer within {TIMEOUT_S:g} s", "check the network and the firewall")
    return ok(f"{voice.name} answers and has {count} voices")


async def _count(voice: Voice) -> int:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return len(await voice.voices())
    finally:
        await voice.close()
