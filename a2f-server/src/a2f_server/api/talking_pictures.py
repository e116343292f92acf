"""Shared by the video routes: turns pictures into avatars, and options into head movements."""

from __future__ import annotations

from collections.abc import Sequence

from a2f_server.api.byte_budget import Upload
from a2f_server.api.service import Service
from a2f_server.drawing.loading import GLB_MAGIC
from a2f_server.video.head_motion import SpeakingHead
from a2f_server.video.talking_face import HeadMotion

MOST_PICTURE_BYTES = 32 << 20
"""Maximum bytes of a picture or an avatar."""


async def glb_of(service: Service, image: Upload, face: int = 0, *, crop: bool = True) -> bytes:
    """Returns the avatar made from a picture; a GLB is returned as it is. Raises what `PortraitPool.make` raises."""
    return (await avatar_of(service, image, face, crop=crop))[0]


async def avatar_of(service: Service, image: Upload, face: int = 0, *, crop: bool = True) -> tuple[bytes, str | None]:
    """Returns what `glb_of` returns, and a warning about what could make the portrait look bad."""
    if bytes(image.data[: len(GLB_MAGIC)]) == GLB_MAGIC:
        return bytes(image.data), None
    made = await service.portraits.make(image, face, crop=crop)
    return made.glb, made.warning


def head_motion(
    seed: int, fps: int, pose: Sequence[float] | None = None, gaze: Sequence[float] | None = None
) -> HeadMotion:
    """Returns the movements of a speaking head; the same seed gives the same movements.

    pose: degrees of pitch, yaw and roll around which it moves. gaze: right and up in the picture, −1 to 1.
    """
    return SpeakingHead(seed, pose_style=pose or (0, 0, 0), gaze_style=gaze or (0, 0))
