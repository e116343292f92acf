"""Streaming equals batch, frame for frame and bit for bit; the count is ceil(N · fps / r)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.audio.pcm import PcmDecoder
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.engine.utterance import stack_windows
from a2f_server.errors import TooLong
from a2f_server.frameclock import frame_count, samples_due
from a2f_server.motion.affect import Affect
from a2f_server.motion.emotion import BLEND_S
from tests.backends.toy import Toy
from tests.support.sounds import buzz, s16
from tests.support.streaming import PROFILES, pump, streamed, utterance
from tests.support.voices import spoken

BACKENDS = {"builtin": BuiltinBackend("cpu"), "mock": MockBackend(), "toy": Toy()}
RATES = st.one_of(st.sampled_from([8000, 11025, 16000, 22050, 24000, 44100, 48000]), st.integers(8000, 48000))
FPS = st.integers(10, 60)


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=60)
@given(data=st.data())
def test_chunks_never_change_a_frame(name: str, data: st.DataObject) -> None:
    backend, rate, fps = BACKENDS[name], data.draw(RATES), data.draw(FPS)
    sound = buzz(data.draw(st.floats(0, 0.7)), rate, seed=data.draw(st.integers(0, 99)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sound)), max_size=30)))
    whole = streamed(backend, sound, rate, [], fps)
    assert len(whole) == frame_count(len(sound), rate, fps)
    assert np.array_equal(whole, streamed(backend, sound, rate, cuts, fps, most=data.draw(st.integers(1, 9))))


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("rate", [8000, 44100])
def test_one_sample_at_a_time(name: str, rate: int) -> None:
    sound = buzz(0.3, rate)
    one_by_one = streamed(BACKENDS[name], sound, rate, range(1, len(sound)))
    assert np.array_equal(one_by_one, streamed(BACKENDS[name], sound, rate, []))


@settings(max_examples=30)
@given(rate=RATES, cuts=st.lists(st.integers(0, 4000), max_size=20), channels=st.sampled_from([1, 2]))
def test_bytes_may_be_cut_anywhere(rate: int, cuts: list[int], channels: int) -> None:
    data = s16(buzz(0.1, rate, channels))
    whole, parts, at = PcmDecoder("pcm_s16le", channels).decode(data), [], 0
    decoder = PcmDecoder("pcm_s16le", channels)
    for cut in [*sorted(cuts), len(data)]:
        parts.append(decoder.decode(data[at:cut]))
        at = max(at, cut)
    decoder.finish()
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=40)
@given(rate=RATES, fps=FPS)
def test_a_frame_is_ready_within_the_lookahead(name: str, rate: int, fps: int) -> None:
    """`started.lookahead` is an upper bound for every frame."""
    backend = BACKENDS[name]
    one, sound, made = utterance(backend, rate, fps), buzz(0.5, rate), 0
    for i in range(10):
        due = samples_due(i, fps, one.lookahead, rate)
        if due > len(sound):
            break
        one.write(sound[one.received : max(due, one.received)])
        made += sum(len(part) for part in pump(backend, one))
        assert made > i


def test_a_frame_is_due_after_ceil_of_its_instant_and_the_lookahead() -> None:
    assert samples_due(0, 30, Fraction(0), 16000) == 0
    assert samples_due(1, 30, Fraction(1, 10), 16000) == 2134
    assert samples_due(3, 30, Fraction(1, 10), 44100) == 8820


def test_a_model_gets_the_emotions_of_each_frame() -> None:
    one = utterance(Toy(), 16000)
    one.emotions.set({"joy": 1.0}, 0.04)
    one.write(buzz(1, 16000))
    emotions = stack_windows([one.take(20)], one.dtype, one.layout).emotions
    assert emotions.shape == (1, 40, 10)
    joy = emotions[0, :, arkit.EMOTIONS.index("joy")]
    instants = (np.arange(40) - one.layout.lead) / one.layout.frame_rate
    assert joy == pytest.approx(np.clip((instants - 0.04) / BLEND_S, 0, 1), abs=1e-6)
    assert not np.delete(emotions, arkit.EMOTIONS.index("joy"), axis=2).any()


@pytest.mark.parametrize("name", BACKENDS)
def test_no_samples_no_frames(name: str) -> None:
    assert len(streamed(BACKENDS[name], np.zeros(0, np.float32), 16000, [])) == 0


@pytest.mark.parametrize("name", BACKENDS)
def test_one_sample_is_one_frame(name: str) -> None:
    assert len(streamed(BACKENDS[name], np.ones(1, np.float32), 16000, [])) == 1


def test_too_long_audio_is_refused_before_it_is_stored() -> None:
    one = utterance(MockBackend(), 16000)
    one._limit = 100
    with pytest.raises(TooLong, match="longer than"):
        one.write(np.zeros(101, np.float32))
    assert one.received == 0


def test_the_seed_affects_only_lids_eyes_and_brows() -> None:
    backend, sound = MockBackend(), buzz(9, 16000)
    frames = []
    for seed in (0, 1):
        one = utterance(backend, 16000, seed=seed)
        one.write(sound)
        one.end()
        frames.append(np.concatenate(pump(backend, one)))
    changed = np.flatnonzero((frames[0] != frames[1]).any(axis=0))
    moved = ("eyeBlink", "eyeLook", "browInnerUp", "browOuterUp")
    assert changed.tolist() == [i for i, name in enumerate(arkit.NAMES) if name.startswith(moved)]


def test_memory_of_a_long_stream_stays_small() -> None:
    backend = MockBackend()
    one, chunk = utterance(backend, 16000), buzz(1, 16000)
    for _ in range(120):
        one.write(chunk)
        pump(backend, one)
    assert len(one._line._data) < 4 * 4 * len(chunk)
    assert len(one._native._kept) < 10


def test_motion_does_not_depend_on_chunking() -> None:
    """Emotions that change during an utterance blend at the same instants."""
    backend, sound = MockBackend(), buzz(2, 16000)
    results = []
    for step in (320, 32000):
        one = utterance(backend, 16000, motion=PROFILES.motion(None, 30, 0))
        one.emotions.set({"joy": 1.0}, at=0.7)
        one.emotions.set({"anger": 0.5}, at=0.8)
        out = []
        for i in range(0, len(sound), step):
            one.write(sound[i : i + step])
            out += pump(backend, one)
        one.end()
        results.append(np.concatenate(out + pump(backend, one)))
    assert np.array_equal(*results)


@pytest.mark.parametrize(("rate", "fps"), [(16000, 30), (44100, 25), (48000, 60)])
def test_what_follows_the_voice_does_not_depend_on_chunking(rate: int, fps: int) -> None:
    """The sound ends within a block of the voice's measures."""
    backend, sound = MockBackend(), spoken(5.1, rate, movement=4, tempo=4)
    whole = streamed(backend, sound, rate, [], fps)
    brows = whole[:, arkit.INDEX["browOuterUpLeft"]]
    without = [step for step in PROFILES.motion(None, fps, 0) if not isinstance(step, Affect)]
    plain = utterance(backend, rate, fps, motion=without)
    plain.write(sound)
    plain.end()
    assert (brows > np.concatenate(pump(backend, plain))[:, arkit.INDEX["browOuterUpLeft"]]).any()
    for step in (rate // 100, 4001):
        assert np.array_equal(streamed(backend, sound, rate, range(step, len(sound), step), fps), whole)
    assert np.array_equal(streamed(backend, sound, rate, [], fps, most=1), whole)
