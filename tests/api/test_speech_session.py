"""A speech: the voice waits for a slow reader, in bytes, and goes on once the reader does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from a2f_server.api import speech_session
from a2f_server.api.messages import Options
from a2f_server.api.service import Service
from a2f_server.api.speech_session import SpeechSession, SpokenAudio
from a2f_server.backends import selector
from a2f_server.engine.stream import BACKLOG
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from a2f_server.tts.contract import SpeechEvent, SpeechRequest
from tests.support.waiting import PATIENCE
from tests.tts.toy import LETTER_S, RATE, ToyVoice

pytestmark = pytest.mark.anyio

LETTER_BYTES = int(RATE * LETTER_S) * 2
LIMIT = 20 * LETTER_BYTES


class CountingVoice(ToyVoice):
    """Counts the audio that was asked for."""

    produced = 0

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        async for event in super().speak(request):
            self.produced += len(getattr(event, "pcm", b""))
            yield event


@pytest.fixture
def voice() -> CountingVoice:
    return CountingVoice()


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_session, "MOST_UNREAD_BYTES", LIMIT)


@asynccontextmanager
async def session_of(
    voice: CountingVoice, letters: int, *, animation: bool = False
) -> AsyncIterator[tuple[SpeechSession, asyncio.Event]]:
    settings = Settings(backend="mock", tts="none")
    service = Service(settings, selector.load(settings), profiles.load(), voice)
    service.engine.start()
    changed = asyncio.Event()
    admission = service.admit(SpeechRequest("a" * letters, animation=animation), service.callers.anonymous(None))
    session = SpeechSession(service, Options(), admission, on_change=changed.set, name="test")
    try:
        yield session, changed
    finally:
        session.close()
        assert service.engine.slots.taken == 0
        await service.engine.stop()


async def settled(voice: CountingVoice) -> int:
    """Returns the bytes that the voice has produced once it produces no more."""
    before = -1
    while voice.produced != before:
        before = voice.produced
        for _ in range(50):
            await asyncio.sleep(0)
    return before


async def test_the_voice_waits_for_a_reader_of_audio(voice: CountingVoice) -> None:
    async with session_of(voice, 400) as (session, _):
        assert LIMIT / 2 < await settled(voice) <= LIMIT + LETTER_BYTES
        assert session.speaking
        async with asyncio.timeout(PATIENCE):
            while voice.produced <= LIMIT:  # it may also wait for the model, on its thread
                while session.next_event() or session.pop():
                    pass
                await asyncio.sleep(0.001)
        assert await settled(voice) <= 2 * (LIMIT + LETTER_BYTES)


@pytest.mark.parametrize("animation", [False, True])
async def test_the_voice_waits_for_a_reader_of_frames(voice: CountingVoice, animation: bool) -> None:
    """As with `pace: "realtime"`: the audio is read immediately, the frames are not."""
    async with session_of(voice, 1500, animation=animation) as (session, changed):
        previous = -1
        while voice.produced != previous:
            previous = voice.produced
            while session.next_event():
                changed.clear()
            await settled(voice)
        frames = BACKLOG + LIMIT / 104 if animation else 2 * BACKLOG
        assert previous < 2 * RATE * frames / 30 + LIMIT + 2 * LETTER_BYTES
        assert session.speaking


async def test_a_reader_gets_everything(voice: CountingVoice) -> None:
    async with session_of(voice, 300) as (session, changed):
        pcm, frames = 0, 0
        while not session.finished:
            changed.clear()
            if event := session.next_event():
                pcm += len(event.pcm) if isinstance(event, SpokenAudio) else 0
            elif part := session.pop():
                frames += len(part)
            else:
                await changed.wait()
        assert (pcm, frames) == (300 * LETTER_BYTES, 900)


async def test_closing_ends_a_voice_that_waits(voice: CountingVoice) -> None:
    async with session_of(voice, 400) as (session, _):
        await settled(voice)
        session.close()
        await settled(voice)
        assert voice.stopped == 1
