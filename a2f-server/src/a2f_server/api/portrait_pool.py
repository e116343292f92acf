"""Makes portraits on a separate thread, with a short queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from a2f_server.api.byte_budget import Upload
from a2f_server.api.decoding_pool import DecodingPool
from a2f_server.errors import Busy
from a2f_server.portrait.loading import load_maker

if TYPE_CHECKING:
    from a2f_server.portrait.portrait import Portrait

MOST_OPEN = 8
"""Pictures that may wait or be worked on at a time. Each takes about 0.3 s of the thread."""
DEADLINE_S = 60.0
"""Seconds after which the server gives up on a picture."""
NICENESS = 10
"""Live streams have priority."""


class Maker(Protocol):
    """The interface of `portrait.PortraitMaker`."""

    def make(self, picture: bytes, face: int = 0, *, crop: bool = True) -> Portrait:
        """Returns the portrait of one face in the picture."""
        ...


class PortraitPool:
    """Makes one portrait after another. Keeps neither pictures nor results."""

    def __init__(self, load: Callable[[], Maker] = load_maker) -> None:
        """`load` is called on the thread, with the first picture."""
        self._load = load
        self._maker: Maker | None = None
        self._thread = DecodingPool(1, "a2f-portrait", niceness=NICENESS)
        self._open = 0

    def require_free(self) -> None:
        """Raises Busy if `place` would: for clients whose picture is yet to come."""
        if self._open >= MOST_OPEN:
            raise Busy("this server makes as many portraits as it can; try again in a moment", reason="full")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place in the queue. Take it once the upload is read: slow ones would keep others out. Raises Busy."""
        self.require_free()
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    async def make(self, picture: Upload, face: int = 0, *, crop: bool = True) -> Portrait:
        """Returns the portrait of the face with this index; the largest face is 0.

        Raises UnsupportedPicture, BadPicture, NoFace, TooLarge, NotInstalled, or Busy after DEADLINE_S.
        """
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._thread.run(lambda: self._make(bytes(picture.data), face, crop), picture)
        except TimeoutError:
            raise Busy("this server is too busy to make a portrait; try again in a moment", reason="full") from None

    def stop(self) -> None:
        """Ends the thread after the current picture."""
        self._thread.stop()

    def _make(self, picture: bytes, face: int, crop: bool) -> Portrait:
        self._maker = self._maker or self._load()
        return self._maker.make(picture, face, crop=crop)
