"""The JSON files of a bundle, with NVIDIA's values where they are known."""

from __future__ import annotations

from typing import Any

from a2f_server.arkit import EMOTIONS, NAMES
from tools.fake_bundles.poses import TONGUE_NAMES
from tools.fake_bundles.sizes import EYES, MARKERS, Sizes

IDENTITIES = ("Claire", "James", "Mark")
STEPS, LAYERS = 2, 2
SIDE, CENTRE = 15, 30
"""Frames of a diffusion window that are dropped at either side, and frames that are kept."""
WINDOW = {"regression": 8320, "diffusion": 16000}
SHOTS = (("g1_joy", 0.3), ("g2a_neutral", 0.5), ("p3_sadness", 0.2))
"""Recordings in the implicit emotion database, and their share of its rows."""
Json = dict[str, Any]

_PAIRED = (
    "eyeBlink",
    "eyeWide",
    "mouthSmile",
    "mouthFrown",
    "mouthDimple",
    "mouthStretch",
    "mouthPress",
    "mouthLowerDown",
    "mouthUpperUp",
    "browOuterUp",
    "browDown",
    "cheekSquint",
    "noseSneer",
)
_SIDEWAYS = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
_CALM = {
    "input_strength": 1.0,
    "upper_face_smoothing": 0.001,
    "lower_face_smoothing": 0.006,
    "upper_face_strength": 1.0,
    "lower_face_strength": 1.0,
    "face_mask_level": 0.6,
    "face_mask_softness": 0.0085,
    "skin_strength": 1.0,
    "blink_strength": 1.0,
    "lower_teeth_strength": 1.0,
    "lower_teeth_height_offset": 0.0,
    "lower_teeth_depth_offset": 0.0,
    "lip_open_offset": 0.0,
    "tongue_strength": 1.3,
    "tongue_height_offset": 0.0,
    "tongue_depth_offset": 0.0,
    "eyeballs_strength": 1.0,
    "saccade_strength": 0.6,
    "right_eye_rot_x_offset": 0.0,
    "right_eye_rot_y_offset": 0.0,
    "left_eye_rot_x_offset": 0.0,
    "left_eye_rot_y_offset": 0.0,
    "eyelid_open_offset": 0.0,
    "eye_saccade_seed": 0,
}
_MARK = {
    **_CALM,
    "lower_face_smoothing": 0.0023,
    "tongue_strength": 1.5,
    "tongue_height_offset": 0.2,
    "tongue_depth_offset": 0.13,
    "saccade_strength": 0.9,
    "right_eye_rot_y_offset": -2.0,
    "left_eye_rot_y_offset": 2.0,
    "eyelid_open_offset": 0.06,
}
_MARK_23 = {
    **_MARK,
    "input_strength": 1.3,
    "lower_face_strength": 1.4,
    "skin_strength": 1.1,
    "lip_open_offset": -0.03,
    "lower_teeth_strength": 1.3,
    "lower_teeth_height_offset": -0.1,
    "source_shot": "g2a_neutral",
    "source_frame": 33,
}


def face(kind: str, actor: str) -> Json:
    """`model_config*.json`."""
    if kind == "regression":
        return {"config": _MARK_23}
    # not 1, so that tests notice if it is applied
    return {"config": {**(_CALM if actor == "Claire" else _MARK), "input_strength": 1.0 if actor == "Claire" else 1.3}}


def skin_solving(kind: str, template_size: float) -> Json:
    """`bs_skin*_config.json`."""
    off = {n for n in NAMES if n.startswith("eyeLook")} | {"tongueOut"}
    if kind == "diffusion":
        off |= set(_SIDEWAYS)
    strengths = (0.5, 0.5, 0.3) if kind == "regression" else (0.1, 0.1, 0.05)
    mirror = [next((i for i, stem in enumerate(_PAIRED) if _stem(name) == stem), -1) for name in NAMES]
    return _solving(strengths, [int(name not in off) for name in NAMES], mirror, [1.0] * len(NAMES), template_size)


def tongue_solving(template_size: float) -> Json:
    """`bs_tongue*_config.json`."""
    multipliers = [1.0] * len(TONGUE_NAMES)
    multipliers[0], multipliers[4], multipliers[13] = 2.0, 3.0, 2.0
    count = len(TONGUE_NAMES)
    return _solving((1.0, 3.5, 5.0), [1] * count, [-1] * count, multipliers, template_size)


def network_info(sizes: Sizes) -> Json:
    """`network_info.json`."""
    samples = WINDOW[sizes.kind]
    if sizes.kind == "regression":
        return {
            "id": {"type": "regression", "actor": "mark", "version": "2.3", "output": "geometry"},
            "params": {
                "implicit_emotion_len": sizes.implicit,
                "explicit_emotions": list(EMOTIONS),
                "default_emotion": [0.0] * len(EMOTIONS),
                "num_shapes_skin": sizes.shapes,
                "num_shapes_tongue": sizes.tongue_shapes,
                "num_verts_skin": sizes.skin,
                "num_verts_tongue": sizes.tongue,
                "result_jaw_size": 3 * MARKERS,
                "result_eyes_size": EYES,
            },
            "audio_params": {"buffer_len": samples, "buffer_ofs": samples // 2, "samplerate": 16000},
        }
    return {
        "id": {"type": "diffusion", "actor": "multi", "version": "3.2", "output": "geometry"},
        "params": {
            "emotions": list(EMOTIONS),
            "default_emotion": [0.0] * len(EMOTIONS),
            "identities": list(IDENTITIES),
            "skin_size": 3 * sizes.skin,
            "tongue_size": 3 * sizes.tongue,
            "jaw_size": 3 * MARKERS,
            "eyes_size": EYES,
            "num_diffusion_steps": STEPS,
            "num_gru_layers": LAYERS,
            "gru_latent_dim": sizes.latent,
            "num_frames_left_truncate": SIDE,
            "num_frames_right_truncate": SIDE,
            "num_frames_center": CENTRE,
        },
        "audio_params": {"buffer_len": samples, "padding_left": samples, "padding_right": samples, "samplerate": 16000},
    }


def model(kind: str) -> Json:
    """`model.json`. It names an engine of TensorRT that only its own tools make, as the real ones do."""
    common = {"networkInfoPath": "network_info.json", "networkPath": "network.trt"}
    if kind == "regression":
        return {
            **common,
            "modelConfigPath": "model_config.json",
            "modelDataPath": "model_data.npz",
            "emotionDatabasePath": "implicit_emo_db.npz",
            "blendshapePaths": _parts(""),
        }
    return {
        **common,
        "modelConfigPaths": [f"model_config_{name}.json" for name in IDENTITIES],
        "modelDataPaths": [f"model_data_{name}.npz" for name in IDENTITIES],
        "blendshapePaths": [_parts(f"_{name}") for name in IDENTITIES],
    }


def tensorrt() -> Json:
    """`trt_info.json`, which onnxruntime has no use for."""
    return {
        "estimated_trt_builder_time": 60,
        "trt_build_param": {"cuda_in_graphics": [], "batch": ["--fp16"]},
        "defaults": {"OPT_BATCH_SIZE": 8, "MAX_BATCH_SIZE": 64},
    }


def _parts(suffix: str) -> Json:
    parts = ("skin", "tongue")
    return {p: {"config": f"bs_{p}_config{suffix}.json", "data": f"bs_{p}{suffix}.npz"} for p in parts}


def _solving(
    strengths: tuple[float, float, float], active: list[int], mirror: list[int], multipliers: list[float], size: float
) -> Json:
    count = len(active)
    l1, l2, temporal = strengths
    values = {
        "strengthL2regularization": l2,
        "strengthTemporalSmoothing": temporal,
        "strengthL1regularization": l1,
        "strengthSymmetry": 100.0,
        "numPoses": count,
        "bsSolveActivePoses": active,
        "bsSolveCancelPoses": [-1] * count,
        "bsSolveSymmetryPoses": mirror,
        "bsWeightMultipliers": multipliers,
        "bsWeightOffsets": [0.0] * count,
        "templateBBSize": size,
    }
    return {"blendshape_params": values}


def _stem(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")
