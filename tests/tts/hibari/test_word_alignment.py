"""Written words and what they are read as."""

from __future__ import annotations

import pytest

from a2f_server.tts.hibari.word_alignment import aligned


@pytest.mark.parametrize(
    ("written", "spoken", "groups"),
    [
        ("we go home", "we go home", ["we=we", "go=go", "home=home"]),
        ("at 10:30am sharp", "at ten thirty A.M. sharp", ["at=at", "10:30am=ten thirty A.M.", "sharp=sharp"]),
        ("Dr. Smith 5km", "Doctor Smith 5 kilometers", ["Dr.=Doctor", "Smith=Smith", "5km=5 kilometers"]),
        ("Dr. 5km", "Doctor 5 kilometers", ["Dr.=Doctor", "5km=5 kilometers"]),
        ("a 5 ° b", "a five b", ["a=a", "5 °=five", "b=b"]),
        ("a # b", "a b", ["a=a", "b=b"]),
        ("", "", []),
    ],
)
def test_groups(written: str, spoken: str, groups: list[str]) -> None:
    a, b = written.split(), spoken.split()
    found = aligned(a, b)
    assert [" ".join(a[i] for i in one) + "=" + " ".join(b[i] for i in two) for one, two in found] == groups
