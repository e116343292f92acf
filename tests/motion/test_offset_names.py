"""Offset names over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from a2f_server.motion.offset_names import MOST_CHARACTERS, OffsetNames


def test_each_name_holds_until_the_next() -> None:
    names = OffsetNames("anger_1")
    names.set("fear_2", 10)
    names.set(None, 20)
    assert [names.at(frame) for frame in (0, 9, 10, 19, 20, 999)] == ["anger_1"] * 2 + ["fear_2"] * 2 + [None] * 2
    assert list(names.runs(5, 25)) == [(5, 10, "anger_1"), (10, 20, "fear_2"), (20, 25, None)]
    assert list(names.runs(5, 5)) == []


def test_a_name_replaces_those_for_later_frames() -> None:
    names = OffsetNames()
    names.set("anger_1", 10)
    names.set("anger_2", 20)
    names.set("fear_1", 10)
    assert [names.at(frame) for frame in (9, 10, 20)] == [None, "fear_1", "fear_1"]
    names.set("joy", -5)
    assert names.at(0) == "joy"


def test_the_same_name_again_takes_no_memory() -> None:
    names = OffsetNames("anger_1")
    for frame in range(1000):
        names.set("anger_1", frame)
    assert list(names.runs(0, 2000)) == [(0, 2000, "anger_1")]


def test_empty_and_oversized_names_count_as_none() -> None:
    assert OffsetNames("").at(0) is None
    assert OffsetNames("x" * MOST_CHARACTERS).at(0) is not None
    assert OffsetNames("x" * (MOST_CHARACTERS + 1)).at(0) is None


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 30))), st.integers(0, 40))
def test_runs_agree_with_frames(changes: list[tuple[str | None, int]], first: int) -> None:
    names = OffsetNames()
    for name, frame in changes:
        names.set(name, frame)
    runs = list(names.runs(first, first + 20))
    each = [name for begin, end, name in runs for _ in range(begin, end)]
    assert each == [names.at(frame) for frame in range(first, first + 20)]
