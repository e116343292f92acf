"""The voice: whether there is one, and whether it answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok
from a2f_server.errors import A2FError
from a2f_server.tts import selector
from a2f_server.tts.contract import SpeechRequest, Voice

TIMEOUT_S, LOCAL_TIMEOUT_S = 15.0, 60.0
"""A local voice loads its dictionaries, which takes long on a loaded machine."""
REMEDY = "see docs/speech.md"


def check(context: CheckContext) -> Iterator[Finding]:
    """Loads the voice of the settings, and asks for the list of its voices; a local one speaks."""
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
    yield _asked(voice) if voice.local or context.network else info(f"{voice.name} is configured; it was not asked")


def _asked(voice: Voice) -> Finding:
    try:
        return ok(asyncio.run(_answer(voice)))
    except A2FError as failure:
        return error(failure.message, REMEDY)
    except TimeoutError:
        if voice.local:
            return error(
                f"{voice.name} did not speak within {LOCAL_TIMEOUT_S:g} s", "the machine is overloaded or slow"
            )
        return error(f"{voice.name} did not answer within {TIMEOUT_S:g} s", "check the network and the firewall")


async def _answer(voice: Voice) -> str:
    """Lists the voices. A local one also speaks, which a service might charge for."""
    try:
        async with asyncio.timeout(LOCAL_TIMEOUT_S if voice.local else TIMEOUT_S):
            count = len(await voice.voices())
            if not voice.local:
                return f"{voice.name} answers and has {count} voices"
            await voice.warm()
            begun = time.perf_counter()
            async with aclosing(voice.speak(SpeechRequest("Hello."))) as events:
                await anext(events)
            return f"{voice.name} speaks after {1000 * (time.perf_counter() - begun):.0f} ms and has {count} voices"
    finally:
        await voice.close()
