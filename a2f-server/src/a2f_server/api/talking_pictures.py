"""What routes of video share: pictures become avatars, and options become the movements of a head."""

from __future__ import annotations

from collections.abc import Sequence

from a2f_server.api.byte_budget import Upload
from a2f_server.api.service import Service
from a2f_server.video.loading import GLB_MAGIC
from a2f_server.video.talking_face import HeadMotion, StillHead

MOST_PICTURE_BYTES = 32 << 20
"""Bytes of a picture or an avatar."""


async def glb_of(service: Service, image: Upload, face: int = 0, *, crop: bool = True) -> bytes:
    """Returns the avatar of a picture; a GLB is one already. Raises what `PortraitPool.make` raises."""
    if bytes(image.data[: len(GLB_MAGIC)]) == GLB_MAGIC:
        return bytes(image.data)
    return (await service.portraits.make(image, face, crop=crop)).glb


def head_motion(
    seed: int, fps: int, pose: Sequence[float] | None = None, gaze: Sequence[float] | None = None
) -> HeadMotion:
    """Returns the movements of a head while it speaks; the same seed gives the same ones."""
    return StillHead()
