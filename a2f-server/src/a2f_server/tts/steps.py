"""Divides a request into steps: segments of text in one style, and silences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from a2f_server.tts import markup
from a2f_server.tts.contract import SpeechRequest
from a2f_server.tts.markup import NORMAL, Bookmark, Pause, Style, StyledText
from a2f_server.tts.segmentation import FIRST_BYTES, MOST_BYTES, ends_with_pause, segments


@dataclass(frozen=True, slots=True)
class TextSegment:
    """A text to synthesise at once. The positions of its bookmarks are indices into `text`."""

    text: str
    style: Style = NORMAL
    bookmarks: tuple[Bookmark, ...] = ()
    pause: bool = False
    """True to end with the pause of the final punctuation."""


@dataclass(frozen=True, slots=True)
class SilentStep:
    """A <break>, or a place for bookmarks in a text that has nothing to say."""

    seconds: float
    bookmarks: tuple[Bookmark, ...] = ()


Step = TextSegment | SilentStep


def steps(request: SpeechRequest, first: int = FIRST_BYTES, most: int = MOST_BYTES) -> list[Step]:
    """Returns the steps of a request; [] if it has nothing to say. Raises BadMessage for invalid SSML.

    `first` and `most` limit the length of segments (segmentation.py).
    """
    parts = [StyledText(request.text or "")] if request.ssml is None else markup.parts(request.ssml)
    out: list[Step] = []
    for part in parts:
        out += [SilentStep(part.seconds)] if isinstance(part, Pause) else _text_steps(part, first, most)
    return _without_last_pauses(out)


def _text_steps(part: StyledText, first: int, most: int) -> Iterator[Step]:
    pieces = list(segments(part.text, first, most)) or [(0, "")]
    starts = [at for at, _ in pieces[1:]] + [len(part.text) + 1]
    left = list(part.bookmarks)
    for (at, piece), following in zip(pieces, starts, strict=True):
        own = tuple(Bookmark(max(0, mark.at - at), mark.name) for mark in left if mark.at < following)
        left = left[len(own) :]
        if piece:
            yield TextSegment(piece, part.style, own, ends_with_pause(piece))
        elif own:
            yield SilentStep(0, own)


def _without_last_pauses(out: list[Step]) -> list[Step]:
    """Removes the punctuation pause from segments without a segment right after them: a <break> states its length."""
    followed = [isinstance(step, TextSegment) for step in out[1:]]
    return [
        step if isinstance(step, SilentStep) or any(followed[i : i + 1]) else replace(step, pause=False)
        for i, step in enumerate(out)
    ]
