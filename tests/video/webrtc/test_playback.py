"""When the audio and frames of a call are due, on a clock that the tests control."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from a2f_server.arrays import Int16Array
from a2f_server.drawing.contract import HeadPose
from a2f_server.metrics import Metrics
from a2f_server.video.talking_face import Moment
from a2f_server.video.webrtc.playback import MARGIN_S, CallPlayback
from a2f_server.video.webrtc.speech_line import PACKET, RATE

pytestmark = pytest.mark.anyio
LOOKAHEAD = Fraction(1, 10)
FPS = 25


class Face:
    """Replaces a `TalkingFace`: a frame is ready once its audio and the look-ahead are available."""

    fps = FPS
    lookahead = LOOKAHEAD

    def __init__(self) -> None:
        self.received = self.made = 0
        self.stuck = False

    def write(self, samples: Int16Array) -> None:
        self.received += len(samples)

    async def moments(self, most: int) -> list[Moment]:
        ready = max(0, int((self.received / RATE - float(LOOKAHEAD)) * FPS) + 1) - self.made
        count = 0 if self.stuck else min(most, ready)
        self.made += count
        still, sound = np.zeros(52, np.float32), np.zeros(0, np.float32)
        return [Moment(n, still, HeadPose(), sound) for n in range(self.made - count, self.made)]

    def close(self) -> None:
        pass


class Clock:
    """Seconds, which pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def started(clock: Clock) -> tuple[CallPlayback, Face]:
    face: Any = Face()
    return CallPlayback(face, Metrics(), clock, clock.sleep), face


def dropped(call: CallPlayback) -> float:
    return call.metrics.registry.get_sample_value("a2f_video_drops_total") or 0.0


async def test_what_is_heard_comes_back_after_the_delay(clock: Clock) -> None:
    call, _ = started(clock)
    for i in range(20):
        call.hear(i * PACKET, np.full(PACKET, i + 1, np.int16))
        clock.now += PACKET / RATE
        if clock.now >= call.delay:
            at, samples = await call.sound()
            assert clock.now == pytest.approx(at / RATE + call.delay, abs=PACKET / RATE)
            assert set(samples) == {at // PACKET + 1}
    assert call.delay == pytest.approx(float(LOOKAHEAD) + MARGIN_S)


async def test_without_a_peer_there_is_silence_and_the_face_keeps_moving(clock: Clock) -> None:
    call, face = started(clock)
    for _ in range(50):
        _, samples = await call.sound()
        assert not samples.any()
    assert face.received == pytest.approx(clock.now * RATE, abs=1)
    moment = await call.frame()
    assert moment is not None


async def test_frames_that_are_late_are_dropped_and_the_newest_is_shown(clock: Clock) -> None:
    call, face = started(clock)
    face.stuck = True
    for _ in range(100):
        await call.sound()  # two seconds in which the model made nothing
    face.stuck = False
    moment = await call.frame()
    assert moment is not None
    assert (moment.number + 1) / FPS + call.delay >= clock.now
    assert dropped(call) == moment.number
    following = await call.frame()
    assert following is not None
    assert following.number == moment.number + 1


async def test_a_server_that_could_not_send_leaves_sound_out(clock: Clock) -> None:
    call, _ = started(clock)
    first, _samples = await call.sound()
    clock.now += 0.09
    second, _samples = await call.sound()
    assert second == first + PACKET, "a little late is sent late"
    clock.now += 3
    third, _samples = await call.sound()
    assert clock.now - call.delay - third / RATE < PACKET / RATE
    assert third % PACKET == 0


async def test_a_model_that_is_always_late_still_shows_frames(clock: Clock) -> None:
    call, _face = started(clock)
    shown = []
    for _ in range(100):
        await call.sound()
        moment = await call.frame()
        clock.now += 0.3  # drawing one takes far too long
        shown.append(moment.number if moment else None)
    numbers = [number for number in shown if number is not None]
    assert len(numbers) > 20
    assert numbers == sorted(set(numbers))
    assert dropped(call) > 0


async def test_after_a_slow_drawing_the_newest_frame_is_next(clock: Clock) -> None:
    call, _ = started(clock)
    for _ in range(20):
        await call.sound()
    await call.frame()  # takes all that are ready, and draws one of them for a second
    for _ in range(50):
        await call.sound()
    moment = await call.frame()
    assert moment is not None
    assert (moment.number + 1) / FPS + call.delay >= clock.now


async def test_the_end_of_the_face_ends_the_frames(clock: Clock) -> None:
    call, face = started(clock)
    face.stuck = True
    assert await call.frame() is None


async def test_in_a_long_call_audio_and_video_stay_exactly_in_sync(clock: Clock) -> None:
    call, _ = started(clock)
    for _ in range(600):
        for _ in range(50):
            at, _samples = await call.sound()
        assert clock.now == pytest.approx(at / RATE + call.delay)
        while moment := await call.frame():
            newest = moment.number
        assert clock.now <= newest / FPS + call.delay < clock.now + call.delay
