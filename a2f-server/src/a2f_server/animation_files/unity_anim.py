"""Writes an animation as a Unity AnimationClip (.anim, text): a curve of 0 to 100 for each blend shape of one mesh.

The curves are linear between frames, as in the other formats. A key that equals both of its neighbours is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server.clip import FaceClip

LINEAR = 1 | 2 << 1 | 2 << 5
"""Tangent mode of a key: both tangents are linear, and independent of each other."""
SKINNED_MESH_RENDERER = 137
"""Unity's class id."""

_HEAD = """\
%YAML 1.1
%TAG !u! tag:unity3d.com,2011:
--- !u!74 &7400000
AnimationClip:
  m_ObjectHideFlags: 0
  m_CorrespondingSourceObject: {{fileID: 0}}
  m_PrefabInstance: {{fileID: 0}}
  m_PrefabAsset: {{fileID: 0}}
  m_Name: {name}
  serializedVersion: 6
  m_Legacy: 0
  m_Compressed: 0
  m_UseHighQualityCurve: 1
  m_RotationCurves: []
  m_CompressedRotationCurves: []
  m_EulerCurves: []
  m_PositionCurves: []
  m_ScaleCurves: []
  m_FloatCurves:
"""
_MIDDLE = """\
  m_PPtrCurves: []
  m_SampleRate: {fps:.9g}
  m_WrapMode: 0
  m_Bounds:
    m_Center: {{x: 0, y: 0, z: 0}}
    m_Extent: {{x: 0, y: 0, z: 0}}
  m_ClipBindingConstant:
    genericBindings: []
    pptrCurveMapping: []
  m_AnimationClipSettings:
    serializedVersion: 2
    m_AdditiveReferencePoseClip: {{fileID: 0}}
    m_AdditiveReferencePoseTime: 0
    m_StartTime: 0
    m_StopTime: {stop:.9g}
    m_OrientationOffsetY: 0
    m_Level: 0
    m_CycleOffset: 0
    m_HasAdditiveReferencePose: 0
    m_LoopTime: 0
    m_LoopBlend: 0
    m_LoopBlendOrientation: 0
    m_LoopBlendPositionY: 0
    m_LoopBlendPositionXZ: 0
    m_KeepOriginalOrientation: 0
    m_KeepOriginalPositionY: 1
    m_KeepOriginalPositionXZ: 0
    m_HeightFromFeet: 0
    m_Mirror: 0
  m_EditorCurves:
"""
_TAIL = """\
  m_EulerEditorCurves: []
  m_HasGenericRootTransform: 0
  m_HasMotionFloatCurves: 0
  m_Events: []
"""
_KEY = f"""\
      - serializedVersion: 3
        time: %.9g
        value: %.9g
        inSlope: %.9g
        outSlope: %.9g
        tangentMode: {LINEAR}
        weightedMode: 0
        inWeight: 0.33333334
        outWeight: 0.33333334
"""


def write(clip: FaceClip, path: Path, name: str, mesh: str = "") -> None:
    """Writes the clip. `mesh`: the path of the SkinnedMeshRenderer below the Animator. Raises OSError."""
    fps = float(clip.fps)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD.format(name=_quoted(name)))
        file.writelines(_curves(clip, mesh))
        file.write(_MIDDLE.format(fps=fps, stop=max(0, len(clip) - 1) / fps))
        file.writelines(_curves(clip, mesh))  # Unity's own files have the curves twice: played, and edited
        file.write(_TAIL)


def _curves(clip: FaceClip, mesh: str) -> Iterator[str]:
    for name, values in zip(clip.names, clip.weights.T, strict=True):
        yield "  - curve:\n      serializedVersion: 2\n      m_Curve:\n"
        yield from _keys(values.astype(np.float64) * 100, float(clip.fps))
        yield "      m_PreInfinity: 2\n      m_PostInfinity: 2\n      m_RotationOrder: 4\n"
        yield f"    attribute: {_quoted(f'blendShape.{name}')}\n    path: {_quoted(mesh)}\n"
        yield f"    classID: {SKINNED_MESH_RENDERER}\n    script: {{fileID: 0}}\n"


def _keys(values: NDArray[np.float64], fps: float) -> Iterator[str]:
    steps = np.diff(values)
    slopes = np.pad(steps, 1, "edge" if len(steps) else "constant") * fps  # before and after each key
    changes = np.pad(steps != 0, 1, constant_values=True)
    kept = np.flatnonzero(changes[:-1] | changes[1:])
    for i, value, before, after in zip(kept, values[kept], slopes[kept], slopes[kept + 1], strict=True):
        yield _KEY % (i / fps, value, before, after)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
