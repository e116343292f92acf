"""Writes an animation as USD: a SkelAnimation with its blend shapes and their weights over time."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from a2f_server.clip import FaceClip
from a2f_server.errors import NotInstalled
from a2f_server.timecode import nominal

PRIM = "/Animation"
_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


def require() -> Any:
    """Returns the package pxr. Raises NotInstalled if it is not installed."""
    try:
        import pxr.UsdSkel  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotInstalled("USD needs usd-core: pip install 'a2f-server[usd]' (in a checkout '.[usd]')") from None
    return pxr


def write(clip: FaceClip, path: Path, first: int = 0) -> None:
    """Writes a stage; the suffix chooses text (.usda) or binary (.usd, .usdc). Raises OSError.

    Its time codes are frame numbers, from `first` on, at the clip's frame rate.
    """
    pxr = require()
    stage = pxr.Usd.Stage.CreateInMemory()
    rate = float(clip.fps)
    stage.SetTimeCodesPerSecond(rate)
    stage.SetFramesPerSecond(float(nominal(clip.fps)))
    stage.SetStartTimeCode(first)
    stage.SetEndTimeCode(first + max(0, len(clip) - 1))
    animation = pxr.UsdSkel.Animation.Define(stage, PRIM)
    stage.SetDefaultPrim(animation.GetPrim())
    animation.CreateBlendShapesAttr(list(clip.names))
    weights = animation.CreateBlendShapeWeightsAttr()
    for i, row in enumerate(clip.weights):
        weights.Set(pxr.Vt.FloatArray.FromNumpy(row), first + i)
    try:
        exported = stage.GetRootLayer().Export(str(path))
    except pxr.Tf.ErrorException as error:
        raise _failure(str(error)) from None
    if not exported:
        raise OSError("USD could not be written")


def _failure(text: str) -> OSError:
    """Returns USD's error. It has the system's words in it, and says them several times, in as many lines."""
    for code in _CODES:
        if os.strerror(code) in text:
            return OSError(code, os.strerror(code))
    return OSError(f"USD could not be written: {text.strip().splitlines()[-1].strip()}")
