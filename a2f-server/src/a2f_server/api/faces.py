"""Makes what draws a face: of a photo, of an avatar, or of the page's own head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2f_server.api.byte_budget import Upload
from a2f_server.api.portrait_pool import PortraitPool
from a2f_server.errors import NotInstalled
from a2f_server.video.drawing_threads import DrawingThreads

if TYPE_CHECKING:
    from pathlib import Path

    from a2f_server.portrait.portrait import Portrait
    from a2f_server.video.contract import FaceRenderer

GLB = b"glTF"
"""The first bytes of a GLB."""


class Faces:
    """Makes renderers, one for each video."""

    def __init__(self, portraits: PortraitPool, threads: DrawingThreads, head: Path) -> None:
        """`head` is the avatar of those who send none."""
        self._portraits, self._threads, self._head = portraits, threads, head

    async def renderer(
        self, file: Upload | None, size: tuple[int, int], face: int = 0, *, crop: bool = True
    ) -> FaceRenderer:
        """Returns a renderer of a photo or a GLB. Raises what reading either raises, or NotInstalled."""
        glb = await self._glb(file, face, crop)
        return await self._threads.run(lambda: _renderer(glb, size))

    async def _glb(self, file: Upload | None, face: int, crop: bool) -> bytes:
        if file is None:
            return await self._threads.run(self._head.read_bytes)
        if file.data[: len(GLB)] == GLB:
            return bytes(file.data)
        with self._portraits.place():
            portrait: Portrait = await self._portraits.make(file, face, crop=crop)
        return portrait.glb


def _renderer(glb: bytes, size: tuple[int, int]) -> FaceRenderer:
    try:
        from a2f_server.video.renderer import Renderer  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"video needs the module {error.name}: pip install 'a2f-server[video]' (in a checkout '.[video]')"
        ) from None
    renderer: FaceRenderer = Renderer.from_glb(glb, *size)
    return renderer
