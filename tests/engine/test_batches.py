"""Due windows share calls of the backend, and files take turns."""

from __future__ import annotations

import pytest

from a2f_server.backends.mock.backend import MockBackend
from a2f_server.engine.batches import FIRST_RUN, GROUP_RUN, Batches
from a2f_server.engine.engine import Engine
from a2f_server.engine.stream import Stream
from a2f_server.metrics import Metrics
from tests.support.streaming import utterance

RATE = 16000


def stream(*, begun: bool = True, group: int = 1) -> Stream:
    engine = Engine(MockBackend(), Metrics())
    one = engine.open(utterance(engine.backend, RATE))
    one.utterance._next_frame, one.utterance.group = int(begun), group
    return one


def planned(*due: int, most: int = 1000) -> list[tuple[int, int]]:
    batches = Batches()
    for windows in due:
        batches.add(stream(), windows)
    return [(call.run, len(call.streams)) for call in batches.calls(most)]


@pytest.mark.parametrize(("due", "run"), [(1, 1), (3, 2), (7, 4), (31, 8), (63, 32), (64, 64)])
def test_a_run_is_the_longest_that_is_due(due: int, run: int) -> None:
    assert planned(due) == [(run, 1)]


def test_streams_with_equal_runs_share_a_call_up_to_the_backends_limit() -> None:
    assert planned(2, 2, 2, 1) == [(2, 3), (1, 1)]
    assert planned(2, 2, 2, most=4) == [(2, 2), (2, 1)]
    assert planned(64, most=8) == [(64, 1)]


def test_before_the_first_frame_a_run_is_short() -> None:
    batches = Batches()
    batches.add(stream(begun=False), 64)
    assert batches.calls(1000)[0].run == FIRST_RUN


def test_groups_of_frames_take_all_that_is_due() -> None:
    batches = Batches()
    batches.add(stream(group=8), 7)
    batches.add(stream(group=8), 20)
    assert [call.run for call in batches.calls(1000)] == [7, GROUP_RUN]
    assert not batches.long


def test_a_few_second_windows_wait() -> None:
    batches = Batches()
    for due in (1, 2, 1):
        batches.add(stream(), due)
    batches.join_live()
    assert [(call.run, len(call.streams)) for call in batches.calls(1000)] == [(1, 3)]


def test_beside_live_audio_one_file_has_a_turn() -> None:
    live, first, second = stream(), stream(), stream()
    batches = Batches()
    for one, due in ((first, 64), (live, 2), (second, 32)):
        batches.add(one, due)
    assert batches.long == [first, second]
    assert batches.keep_one_long(32) is first
    assert [(call.run, call.streams) for call in batches.calls(1000)] == [(2, [live]), (32, [first])]
