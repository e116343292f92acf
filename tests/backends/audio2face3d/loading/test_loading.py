"""Bundles are loaded as they are; every error is actionable and names the file."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from a2f_server.arkit import EMOTIONS, NAMES
from a2f_server.backends.audio2face3d.bundle import Bundle, FaceParameters
from a2f_server.backends.audio2face3d.loading.face_parameters import RANGES
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from tests.support import bundles

Break = Callable[[Path], object]


@pytest.fixture
def regression_copy(regression_folder: Path, tmp_path: Path) -> Path:
    return bundles.copy(regression_folder, tmp_path / "bundle")


@pytest.fixture
def diffusion_copy(diffusion_folder: Path, tmp_path: Path) -> Path:
    return bundles.copy(diffusion_folder, tmp_path / "bundle")


def refusal(folder: Path, **asked: Any) -> str:
    with pytest.raises(ValueError) as caught:
        load_bundle(folder, **asked)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def put(file: str, *keys: str | int, value: Any) -> Break:
    """Sets one value of a JSON file."""

    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return lambda folder: bundles.edit_json(folder / file, change)


def drop(file: str, *keys: str) -> Break:
    """Removes one value of a JSON file."""

    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return lambda folder: bundles.edit_json(folder / file, change)


def array(file: str, name: str, change: Callable[[Any], Any]) -> Break:
    """Changes one array of an npz file."""
    return lambda folder: bundles.edit_npz(folder / file, lambda arrays: arrays.update({name: change(arrays[name])}))


def renamed(file: str, name: str) -> Break:
    return lambda folder: bundles.edit_npz(folder / file, lambda arrays: arrays.update({"other": arrays.pop(name)}))


def text(file: str, content: str | bytes) -> Break:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / file).write_bytes(data)


def cut(file: str, share: float) -> Break:
    def half(folder: Path) -> None:
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: int(share * len(data))])

    return half


def with_nan(values: Any) -> Any:
    spoilt = values.copy()
    spoilt.flat[7] = np.nan
    return spoilt


def one_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 75751144\n"


def test_regression_is_read_from_its_files(regression: Bundle, regression_folder: Path) -> None:
    graph, actor = regression.network, regression.actor
    assert (regression.name, graph.kind, actor.name) == ("v2.3 Mark", "regression", "Mark")
    assert (graph.sample_rate, graph.window, graph.before, graph.emotions) == (16000, 8320, 4160, EMOTIONS)
    assert (graph.skin, graph.tongue, graph.jaw, graph.eyes, graph.outputs) == (24, 10, 15, 4, 53)
    assert (graph.computed, graph.centre) == (1, 1)
    assert graph.path == regression_folder / "network.onnx"
    data = np.load(regression_folder / "model_data.npz")
    assert np.array_equal(actor.geometry.skin, data["shapes_mean_skin"])
    assert actor.geometry.skin_basis is not None
    assert np.array_equal(actor.geometry.skin_basis, data["shapes_matrix_skin"])
    assert actor.geometry.saccades.shape == (5000, 2)
    assert actor.face.lower_face_strength == 1.4


def test_the_implicit_row_is_that_of_shot_and_frame(regression: Bundle, regression_folder: Path) -> None:
    database = np.load(regression_folder / "implicit_emo_db.npz")
    start = dict(zip(database["emo_spec_names"], database["emo_spec_start"], strict=True))[b"g2a_neutral"]
    assert regression.network.implicit is not None
    assert np.array_equal(regression.network.implicit, database["emo_db"][start + 33])


def test_poses_and_solver_parameters(regression: Bundle, regression_folder: Path) -> None:
    skin, tongue = regression.actor.skin, regression.actor.tongue
    stored = np.load(regression_folder / "bs_skin.npz")
    assert skin.shapes.names == NAMES
    assert np.array_equal(skin.shapes.deltas[NAMES.index("jawOpen")], stored["jawOpen"])
    assert skin.shapes.mask is not None
    assert np.array_equal(skin.shapes.mask, stored["frontalMask"])
    assert (skin.config.l1, skin.config.l2, skin.config.temporal, skin.config.symmetry) == (0.5, 0.5, 0.3, 100)
    assert skin.config.active.sum() == 43
    assert not skin.config.active[NAMES.index("tongueOut")]
    assert list(skin.config.mirror).count(2) == 2
    assert (tongue.shapes.mask, len(tongue.shapes.names), tongue.config.multipliers[4]) == (None, 16, 3.0)


def test_diffusion_loads_its_first_identity(diffusion: Bundle) -> None:
    graph = diffusion.network
    assert (diffusion.name, graph.kind, diffusion.actor.name) == ("v3.2 Claire", "diffusion", "Claire")
    assert (graph.left, graph.centre, graph.right, graph.computed, graph.before) == (15, 30, 15, 60, 16000)
    assert (graph.steps, graph.layers, graph.latent) == (2, 2, 48)
    assert graph.skin == 3 * len(diffusion.actor.geometry.skin)
    assert graph.identity is not None
    assert graph.identity.tolist() == [1, 0, 0]
    assert (graph.implicit, diffusion.actor.geometry.skin_basis) == (None, None)
    assert diffusion.actor.skin.config.active.sum() == 39


def test_an_identity_is_found_in_any_case(diffusion_folder: Path, diffusion: Bundle) -> None:
    mark = load_bundle(diffusion_folder, "mARK")
    assert mark.actor.name == "Mark"
    assert mark.network.identity is not None
    assert mark.network.identity.tolist() == [0, 0, 1]
    assert not np.array_equal(mark.actor.skin.shapes.deltas, diffusion.actor.skin.shapes.deltas)


def test_only_the_files_of_the_identity_are_needed(diffusion_copy: Path) -> None:
    for file in diffusion_copy.glob("*_James.*"):
        file.unlink()
    assert load_bundle(diffusion_copy, "Claire").actor.name == "Claire"
    assert "model_config_James.json is missing" in refusal(diffusion_copy, identity="James")


def test_an_unknown_identity_error_lists_the_known_ones(diffusion_folder: Path, regression_folder: Path) -> None:
    assert "there is no identity 'Bob'" in refusal(diffusion_folder, identity="Bob")
    assert "known are Claire, James, Mark" in refusal(diffusion_folder, identity="Bob")
    assert "known are Mark" in refusal(regression_folder, identity="Claire")
    assert load_bundle(regression_folder, "mark").actor.name == "Mark"


def test_face_parameters_override_those_of_the_file(regression_folder: Path) -> None:
    face = load_bundle(regression_folder, face={"lower_face_strength": 0.8, "eyelid_open_offset": -0.5}).actor.face
    assert (face.lower_face_strength, face.eyelid_open_offset, face.skin_strength) == (0.8, -0.5, 1.1)


def test_every_face_parameter_has_a_range() -> None:
    assert set(RANGES) == {field.name for field in fields(FaceParameters)}


@pytest.mark.parametrize(
    ("face", "words"),
    [
        ({"mouth_strength": 1.0}, "there is no face parameter 'mouth_strength'; there are blink_strength"),
        ({"skin_strength": 2.5}, "skin_strength is 2.5; it takes 0 to 2"),
        ({"lip_open_offset": float("nan")}, "lip_open_offset is nan"),
    ],
    ids=["unknown", "beyond", "nan"],
)
def test_an_invalid_face_parameter_is_refused(regression_folder: Path, face: dict[str, float], words: str) -> None:
    assert words in refusal(regression_folder, face=face)


def test_diffusion_ignores_the_files_input_strength(diffusion_folder: Path) -> None:
    stored = json.loads((diffusion_folder / "model_config_Mark.json").read_text())["config"]["input_strength"]
    assert stored == 1.3
    assert load_bundle(diffusion_folder, "Mark").actor.face.input_strength == 1.0
    assert load_bundle(diffusion_folder, "Mark", {"input_strength": 1.2}).actor.face.input_strength == 1.2


def test_links_are_followed(regression_folder: Path, tmp_path: Path) -> None:
    linked = tmp_path / "snapshot"
    linked.mkdir()
    for file in regression_folder.iterdir():
        (linked / file.name).symlink_to(file)
    assert load_bundle(linked).name == "v2.3 Mark"


def test_a_missing_folder_and_a_folder_without_a_bundle(tmp_path: Path) -> None:
    assert "nowhere does not exist" in refusal(tmp_path / "nowhere")
    assert "there is no model.json" in refusal(tmp_path)


REGRESSION: dict[str, tuple[Break, str]] = {
    "index is no json": (text("model.json", "{"), "model.json: this is not JSON"),
    "index is a long number": (text("model.json", "9" * 5000), "model.json: this is not JSON"),
    "index is a list": (text("model.json", "[]"), "the file holds []; expected an object"),
    "index is binary": (text("model.json", b"\xff\xfe\x00"), "model.json: this is not JSON"),
    "index lacks a path": (drop("model.json", "modelDataPath"), "modelDataPath is missing"),
    "path is a number": (put("model.json", "modelDataPath", value=3), "modelDataPath is 3; expected a text"),
    "path leads up": (put("model.json", "modelDataPath", value="../x.npz"), "expected a file inside of"),
    "path is absolute": (put("model.json", "modelDataPath", value="/etc/passwd"), "expected a file inside of"),
    "path is too long": (put("model.json", "modelDataPath", value="x" * 300), "cannot be read: File name too long"),
    "path leads up late": (put("model.json", "modelDataPath", value="a/../../x"), "expected a file inside of"),
    "path of a part": (put("model.json", "blendshapePaths", "skin", value="x"), 'blendshapePaths.skin holds "x"'),
    "missing network": (lambda f: (f / "network.onnx").unlink(), "network.onnx is missing"),
    "missing data": (lambda f: (f / "model_data.npz").unlink(), "model_data.npz is missing"),
    "missing config": (lambda f: (f / "bs_skin_config.json").unlink(), "bs_skin_config.json is missing"),
    "pointer network": (text("network.onnx", POINTER), "network.onnx is a pointer of Git LFS"),
    "pointer data": (text("model_data.npz", POINTER), "run `git lfs pull` in"),
    "pointer json": (text("network_info.json", POINTER), "network_info.json is a pointer of Git LFS"),
    "empty network": (text("network.onnx", b""), "network.onnx is empty"),
    "cut network": (cut("network.onnx", 0.5), "network.onnx is truncated"),
    "web page as network": (text("network.onnx", "<!doctype html><p>no"), "network.onnx is not an ONNX file"),
    "one array": (text("bs_skin.npz", one_array()), "holds one array; expected an npz archive"),
    "empty npz": (text("bs_skin.npz", b""), "bs_skin.npz is empty"),
    "cut npz": (cut("bs_skin.npz", 0.7), "bs_skin.npz is not an npz archive, or it is damaged"),
    "text as npz": (text("bs_skin.npz", "hello"), "bs_skin.npz is not an npz archive"),
    "version is a list": (put("network_info.json", "id", "version", value=[2, 3]), "id.version is [2, 3]"),
    "actor is half a letter": (put("network_info.json", "id", "actor", value="\ud800x"), "id.actor is"),
    "other kind": (put("network_info.json", "id", "type", value="flow"), 'id.type is "flow"; expected regression or'),
    "audio2emotion": (put("network_info.json", "id", "type", value="audio2emotion"), "it looks like Audio2Emotion"),
    "no id": (drop("network_info.json", "id"), "it looks like Audio2Emotion"),
    "emotions": (put("network_info.json", "params", "explicit_emotions", 0, value="awe"), "the ten emotions amazement"),
    "sample rate": (put("network_info.json", "audio_params", "samplerate", value=0), "audio_params.samplerate is 0"),
    "window": (put("network_info.json", "audio_params", "buffer_len", value="8320"), "a whole number from 1"),
    "offset": (put("network_info.json", "audio_params", "buffer_ofs", value=9000), "audio_params.buffer_ofs is 9000"),
    "true is no number": (put("network_info.json", "params", "num_shapes_skin", value=True), "num_shapes_skin is true"),
    "eyes": (put("network_info.json", "params", "result_eyes_size", value=2), "result_eyes_size is 2"),
    "jaw": (put("network_info.json", "params", "result_jaw_size", value=18), "neutral_jaw has the shape (5, 3)"),
    "fewer shapes": (put("network_info.json", "params", "num_shapes_skin", value=25), "expected (25, 2000, 3)"),
    "fewer vertices": (put("network_info.json", "params", "num_verts_skin", value=9), "expected (9, 3)"),
    "vertices of poses": (
        array("bs_skin.npz", "jawOpen", lambda a: a[:-1]),
        "bs_skin.npz: jawOpen has the shape (1999, 3); expected (2000, 3)",
    ),
    "flat array": (array("bs_tongue.npz", "neutral", np.ravel), "bs_tongue.npz: neutral has the shape (240)"),
    "renamed pose": (renamed("bs_skin.npz", "jawOpen"), "bs_skin.npz: the array jawOpen is missing"),
    "renamed basis": (renamed("model_data.npz", "shapes_matrix_skin"), "the array shapes_matrix_skin is missing"),
    "float64": (
        array("model_data.npz", "neutral_jaw", lambda a: a.astype(np.float64)),
        "model_data.npz: neutral_jaw is of type float64; expected float32",
    ),
    "float mask": (
        array("bs_skin.npz", "frontalMask", lambda a: a.astype(np.float32)),
        "bs_skin.npz: frontalMask is of type float32; expected int32",
    ),
    "mask beyond": (array("bs_skin.npz", "frontalMask", lambda a: a + 1900), "expected vertices from 0 to 1999"),
    "mask below": (array("bs_skin.npz", "frontalMask", lambda a: a - 9), "expected vertices from 0 to 1999"),
    "empty mask": (array("bs_skin.npz", "frontalMask", lambda a: a[:0]), "frontalMask is empty"),
    "nan": (array("model_data.npz", "shapes_matrix_skin", with_nan), "shapes_matrix_skin has 1 values that are NaN"),
    "infinite": (array("bs_tongue.npz", "tongueUp", lambda a: a + np.float32(np.inf)), "values that are NaN or inf"),
    "nan mood": (array("implicit_emo_db.npz", "emo_db", with_nan), "implicit_emo_db.npz: emo_db has 1 values"),
    "objects": (
        lambda f: np.savez(f / "bs_skin.npz", poseNames=np.array([{}, {}], object)),
        "bs_skin.npz is not an npz archive, or it is damaged; its array poseNames cannot be read",
    ),
    "no neutral": (array("bs_skin.npz", "poseNames", lambda a: a[1:]), "expected neutral and then poses"),
    "stranger": (
        lambda f: bundles.edit_npz(
            f / "bs_skin.npz",
            lambda a: a.update(
                poseNames=np.where(a["poseNames"] == b"jawOpen", b"gape", a["poseNames"]), gape=a["jawOpen"]
            ),
        ),
        "poseNames has gape; expected names of ARKit's 52 shapes",
    ),
    "number of poses": (put("bs_skin_config.json", "blendshape_params", "numPoses", value=51), "numPoses is 51"),
    "short list": (
        put("bs_skin_config.json", "blendshape_params", "bsWeightOffsets", value=[0.0]),
        "bsWeightOffsets has 1 entries; expected 52",
    ),
    "texts for numbers": (
        put("bs_skin_config.json", "blendshape_params", "bsSolveActivePoses", value=["1"] * 52),
        "expected 52 times 0 or 1",
    ),
    "no active pose": (
        put("bs_skin_config.json", "blendshape_params", "bsSolveActivePoses", value=[0] * 52),
        "at least one 1",
    ),
    "negative strength": (
        put("bs_tongue_config.json", "blendshape_params", "strengthSymmetry", value=-1),
        "strengthSymmetry is -1; expected 0 or more",
    ),
    "no template": (
        put("bs_skin_config.json", "blendshape_params", "templateBBSize", value=0),
        "a length in centimetres, more than 0",
    ),
    "nan in json": (
        put("model_config.json", "config", "skin_strength", value=float("nan")),
        "expected a finite number",
    ),
    "hard mask": (put("model_config.json", "config", "face_mask_softness", value=0), "face_mask_softness is 0"),
    "unknown shot": (put("model_config.json", "config", "source_shot", value="g9"), "one of g1_joy, g2a_neutral"),
    "frame beyond": (put("model_config.json", "config", "source_frame", value=60), "g2a_neutral has 60 frames"),
    "rows": (array("implicit_emo_db.npz", "emo_spec_start", lambda a: a + 500), "emo_db has 120 rows"),
}
DIFFUSION: dict[str, tuple[Break, str]] = {
    "fewer paths": (
        put("model.json", "modelDataPaths", value=["model_data_Claire.npz"]),
        "expected 3, one for each of",
    ),
    "fewer parts": (put("model.json", "blendshapePaths", value=[]), "blendshapePaths has 0 entries; expected 3"),
    "path leads up": (put("model.json", "modelDataPaths", 0, value="../x.npz"), "modelDataPaths[0] is '../x.npz'"),
    "twins": (put("network_info.json", "params", "identities", value=["A", "a", "B"]), "each of them once"),
    "no identity": (put("network_info.json", "params", "identities", value=[]), "each of them once"),
    "odd size": (put("network_info.json", "params", "skin_size", value=3001), "three numbers for each vertex"),
    "other size": (put("network_info.json", "params", "skin_size", value=3003), "neutral_skin has the shape (1000, 3)"),
    "no frames": (put("network_info.json", "params", "num_frames_center", value=0), "num_frames_center is 0"),
    "saccades": (array("model_data_Claire.npz", "saccade_rot_matrix", lambda a: a[:0]), "has no row"),
}


@pytest.mark.parametrize("which", REGRESSION)
def test_problems_of_a_regression_bundle_are_reported(regression_copy: Path, which: str) -> None:
    spoil, words = REGRESSION[which]
    spoil(regression_copy)
    assert words in refusal(regression_copy)


@pytest.mark.parametrize("which", DIFFUSION)
def test_problems_of_a_diffusion_bundle_are_reported(diffusion_copy: Path, which: str) -> None:
    spoil, words = DIFFUSION[which]
    spoil(diffusion_copy)
    assert words in refusal(diffusion_copy)


def test_a_bundle_without_a_mask_uses_all_vertices(regression_copy: Path) -> None:
    bundles.edit_npz(regression_copy / "bs_skin.npz", lambda arrays: arrays.pop("frontalMask"))
    assert load_bundle(regression_copy).actor.skin.shapes.mask is None


def test_missing_config_values_have_defaults(regression_copy: Path) -> None:
    drop("model_config.json", "config", "saccade_strength")(regression_copy)
    drop("bs_skin_config.json", "blendshape_params", "templateBBSize")(regression_copy)
    actor = load_bundle(regression_copy).actor
    assert (actor.face.saccade_strength, actor.skin.config.template_size) == (0.0, 54.7)


def test_files_with_a_byte_order_mark_are_read(regression_copy: Path) -> None:
    file = regression_copy / "model.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load_bundle(regression_copy).name == "v2.3 Mark"


def test_numbers_may_be_written_in_any_notation(regression_copy: Path) -> None:
    put("network_info.json", "id", "version", value=2.3)(regression_copy)
    put("network_info.json", "params", "num_shapes_skin", value=24.0)(regression_copy)
    put("bs_tongue_config.json", "blendshape_params", "bsSolveActivePoses", value=[True] * 8 + [False] * 8)(
        regression_copy
    )
    found = load_bundle(regression_copy)
    assert (found.name, found.network.skin) == ("v2.3 Mark", 24)
    assert found.actor.tongue.config.active.tolist() == [True] * 8 + [False] * 8


def test_an_unreadable_file_is_reported(regression_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert "model.json cannot be read: Permission denied" in refusal(regression_copy)


def test_an_unreadable_folder_is_reported(regression_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    assert "bundle cannot be read (Permission denied)" in refusal(regression_copy)


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_a_corrupt_byte_never_crashes_the_loader(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(f"{kind}_copy")
    chance = random.Random(kind)
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        for _ in range(8):
            spoilt = bytearray(whole)
            for _ in range(min(len(whole), 3)):
                spoilt[chance.randrange(-min(len(whole), 2000), 0)] = chance.randrange(256)
            file.write_bytes(spoilt)
            with contextlib.suppress(ValueError):
                assert load_bundle(folder).folder == folder
        file.write_bytes(whole)
    assert load_bundle(folder).network.kind == kind
