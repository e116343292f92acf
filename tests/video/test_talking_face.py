"""A talking face: the frames and audio of a whole file for any chunks, in sync, with every way to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from a2f_server.backends.contract import Backend
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.drawing.contract import HeadPose
from a2f_server.engine.engine import Engine
from a2f_server.errors import BackendFailed, TooLong
from a2f_server.metrics import Metrics
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.sound_track import SOUND_RATE
from a2f_server.video.talking_face import FPS, HeadMotion, TalkingFace, VideoFrame
from tests.backends.toy import Raising, Toy
from tests.support.faces import FlatFace
from tests.support.sounds import buzz
from tests.support.streaming import streamed, utterance

pytestmark = pytest.mark.anyio
RATE = 16000


@asynccontextmanager
async def talking(
    backend: Backend | None = None, motion: HeadMotion | None = None, rate: int = RATE, fps: int = FPS
) -> AsyncIterator[TalkingFace]:
    backend = backend or MockBackend()
    engine, threads = Engine(backend, Metrics()), DrawingThreads(1)
    engine.start()
    face = TalkingFace(engine.open(utterance(backend, rate, fps)), FlatFace(), threads, motion)
    try:
        yield face
    finally:
        face.close()
        assert engine.slots.taken == 0
        await engine.stop()
        threads.stop()


async def rest(face: TalkingFace) -> list[VideoFrame]:
    """Returns all frames up to the end."""
    frames: list[VideoFrame] = []
    async with asyncio.timeout(20):
        while part := await face.frames():
            frames += part
    return frames


@pytest.mark.parametrize("make", [MockBackend, Toy])
@pytest.mark.parametrize("fps", [25, 29])
async def test_chunks_give_the_frames_of_the_whole_file(make: type[Backend], fps: int) -> None:
    sound, backend = buzz(1.03, RATE), make()
    async with talking(backend, fps=fps) as face:
        moments = []
        for part in np.split(sound, [1, 4000, 4001, 12000]):
            face.write(part)
            await asyncio.sleep(0)
        face.end()
        while ready := await face.moments():
            moments += ready
    expected = streamed(backend, sound, RATE, [], fps).astype(np.float32) / np.float32(65535)
    assert np.array_equal(np.stack([moment.weights for moment in moments]), expected)
    assert [moment.number for moment in moments] == list(range(-(-len(sound) * fps // RATE)))


async def test_every_picture_has_its_sound() -> None:
    rate = SOUND_RATE
    sound = buzz(0.5, rate)
    async with talking(rate=rate) as face:
        face.write(sound)
        face.end()
        frames = await rest(face)
    assert [len(frame.sound) for frame in frames] == [SOUND_RATE // FPS] * 13
    heard = np.concatenate([frame.sound for frame in frames])
    assert np.array_equal(heard[: len(sound)], sound)
    assert not heard[len(sound) :].any()
    assert all(frame.picture.shape == (192, 128) for frame in frames)


async def test_a_frame_waits_for_its_sound_and_the_look_ahead() -> None:
    async with talking() as face:
        face.write(np.zeros(int((face.lookahead + 1) * RATE) + 1, np.float32))
        number = 0
        async with asyncio.timeout(20):  # or the look-ahead is no upper bound
            while number < FPS:
                number = (await face.moments())[-1].number
        waiting = asyncio.ensure_future(rest(face))
        await asyncio.sleep(0)
        assert not waiting.done(), "the speech has not ended"
        face.end()
        await waiting


async def test_the_head_moves_with_the_sound() -> None:
    heard: list[tuple[float, float]] = []

    class Nodding:
        def move(self, seconds: float, loudness: float, weights: NDArray[np.float32]) -> HeadPose:
            heard.append((seconds, loudness))
            weights[0] = 1
            return HeadPose(pitch=loudness)

    async with talking(motion=Nodding()) as face:
        face.write(np.repeat(np.float32([0, 0.5]), RATE // 5))
        face.end()
        moments = await face.moments(100)
        while more := await face.moments(100):
            moments += more
    assert [seconds for seconds, _ in heard] == [i / FPS for i in range(10)]
    assert heard[0][1] < 0.01
    assert 0.4 < heard[9][1] < 0.6
    assert moments[9].pose.pitch == heard[9][1]
    assert moments[0].weights[0] == 1


async def test_no_speech_has_no_frames() -> None:
    async with talking() as face:
        face.end()
        assert await rest(face) == []


async def test_an_error_of_the_model_follows_the_frames_before_it() -> None:
    async with talking(Raising()) as face:
        face.write(np.zeros(RATE, np.float32))
        assert await face.frames()
        face.write(np.ones(RATE, np.float32))
        with pytest.raises(BackendFailed):
            await rest(face)


async def test_an_error_is_raised_even_if_the_sound_is_missing() -> None:
    async with talking(Raising()) as face:
        face._stream.write(np.zeros(RATE, np.float32))  # speech without its sound
        face._stream.write(np.ones(RATE, np.float32))
        with pytest.raises(BackendFailed):
            await rest(face)


async def test_speech_past_the_limit_is_refused() -> None:
    async with talking() as face:
        face._stream.utterance._limit = 100
        with pytest.raises(TooLong):
            face.write(np.zeros(101, np.float32))


async def test_closing_ends_a_consumer_that_waits() -> None:
    async with talking() as face:
        waiting = asyncio.ensure_future(face.frames())
        await asyncio.sleep(0)
        face.close()
        async with asyncio.timeout(20):
            assert await waiting == []


async def test_a_fault_of_the_renderer_reaches_the_consumer() -> None:
    async with talking() as face:
        face._renderer.draw = None  # type: ignore[union-attr, method-assign, assignment]
        face.write(np.zeros(RATE, np.float32))
        with pytest.raises(TypeError):
            await rest(face)
