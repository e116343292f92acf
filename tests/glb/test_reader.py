"""Reading GLB files: what the format allows gives the same arrays, and damaged files give typed errors."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from a2f_server.errors import A2FError, BadAvatar, TooLarge
from a2f_server.glb.model import Model
from a2f_server.glb.reader import read_glb
from tests.conftest import ROOT
from tests.glb.building import Building, opened, packed, quad

HEAD = (ROOT / "web/avatar/head.glb").read_bytes()
CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.5]], np.float32)
MOVES = np.array([[0, 0, 0], [0, -0.25, 0], [0, 0, 0], [0.5, 0, 1]], np.float32)


def plain(**changes: Any) -> Building:
    """A triangle mesh with one morph target, in floats, with attributes replaced by `changes`."""
    building = Building()
    attributes = {"POSITION": building.accessor(CORNERS)}
    target = building.accessor(MOVES)
    primitive = {
        "attributes": attributes,
        "indices": building.accessor([0, 1, 2, 2, 1, 3], "uint8"),
        "targets": [{"POSITION": target}],
    }
    building.mesh(primitive | changes, ["jawOpen"])
    return building


def first(model: Model) -> Any:
    return model.meshes[0].primitives[0]


def damaged(change: Any) -> bytes:
    """The head with a changed description."""
    document, binary = opened(HEAD)
    change(document)
    return packed(json.dumps(document).encode(), binary)


def test_the_head_has_its_meshes_shapes_and_joints() -> None:
    model = read_glb(HEAD)
    assert [mesh.name for mesh in model.meshes] == ["Hoodie", "NeckSkin", "Face", "Eyes", "Mouth", "Brows", "Hair"]
    assert len(model.meshes[2].target_names) == 52
    assert {"Head", "Neck", "Body"} <= {node.name for node in model.nodes}
    assert all(node.parent < i for i, node in enumerate(model.nodes))
    face = first(model)
    assert face.normals is not None
    np.testing.assert_allclose(np.linalg.norm(face.normals, axis=1), 1, atol=1e-3)


def test_sparse_and_dense_morph_targets_are_the_same() -> None:
    dense, building = first(read_glb(plain().file())), plain()
    sparse = building.sparse(4, [1, 3], MOVES[[1, 3]])
    building.json["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": sparse}]
    move = first(read_glb(building.file())).targets[0].position
    np.testing.assert_array_equal(move.index, dense.targets[0].position.index)
    np.testing.assert_array_equal(move.change, dense.targets[0].position.change)


def test_sparse_data_replaces_rows_of_an_array() -> None:
    building = plain()
    accessor = building.json["accessors"][0]
    accessor["sparse"] = building.json["accessors"][building.sparse(4, [2], [[7, 8, 9]])]["sparse"]
    positions = first(read_glb(building.file())).positions
    np.testing.assert_array_equal(positions[2], [7, 8, 9])
    np.testing.assert_array_equal(positions[[0, 1, 3]], CORNERS[[0, 1, 3]])


@pytest.mark.parametrize(("dtype", "scale"), [("int8", 127), ("uint8", 255), ("int16", 32767), ("uint16", 65535)])
def test_normalised_integers_are_fractions(dtype: str, scale: int) -> None:
    building = Building()
    values = np.rint(np.abs(CORNERS) * scale)
    primitive = {"attributes": {"POSITION": building.accessor(values, dtype, normalized=True)}}
    building.mesh(primitive)
    np.testing.assert_allclose(first(read_glb(building.file())).positions, CORNERS, atol=0.51 / scale)


def test_integers_that_are_not_normalised_keep_their_values() -> None:
    building = Building()
    building.mesh({"attributes": {"POSITION": building.accessor(CORNERS * 100, "int16")}}, scale=[0.01] * 3)
    model = read_glb(building.file())
    np.testing.assert_array_equal(first(model).positions, CORNERS * 100)
    np.testing.assert_allclose(model.nodes[0].matrix, np.diag([0.01, 0.01, 0.01, 1]))


def test_strides_between_vertices_are_skipped() -> None:
    building = Building()
    padded = np.zeros((4, 4), np.float32)
    padded[:, :3] = CORNERS
    view = building.view(padded.tobytes(), byteStride=16)
    building.mesh({"attributes": {"POSITION": building.add(view, 4)}})
    np.testing.assert_array_equal(first(read_glb(building.file())).positions, CORNERS)


@pytest.mark.parametrize(
    ("mode", "triangles"),
    [
        (4, [[0, 1, 2]]),
        (5, [[0, 1, 2], [1, 3, 2], [2, 3, 4]]),
        (6, [[1, 2, 0], [2, 3, 0], [3, 4, 0]]),
    ],
)
def test_strips_and_fans_become_triangles(mode: int, triangles: list[list[int]]) -> None:
    building = Building()
    building.mesh({"attributes": {"POSITION": building.accessor(np.eye(5, 3))}, "mode": mode})
    assert first(read_glb(building.file())).triangles.tolist() == triangles


def test_points_and_lines_are_left_out() -> None:
    building = Building()
    building.mesh({"attributes": {"POSITION": building.accessor(CORNERS)}, "mode": 1})
    assert read_glb(building.file()).meshes[0].primitives == ()


def test_colours_get_an_alpha_and_weights_add_up_to_one() -> None:
    building = plain()
    given = building.json["meshes"][0]["primitives"][0]["attributes"]
    given["COLOR_0"] = building.accessor([[255, 0, 51]] * 4, "uint8", normalized=True)
    given["JOINTS_0"] = building.accessor([[0, 1, 0, 0]] * 4, "uint8")
    given["WEIGHTS_0"] = building.accessor([[1, 3, 0, 0]] * 4)
    face = first(read_glb(building.file()))
    np.testing.assert_allclose(face.colours[0], [1, 0, 0.2, 1])
    np.testing.assert_allclose(face.weights[0], [0.25, 0.75, 0, 0])


def textured(image: bytes, **material: Any) -> Building:
    building = Building()
    building.json |= {
        "images": [{"bufferView": building.view(image), "mimeType": "image/png"}],
        "samplers": [{"wrapS": 33071, "wrapT": 33648}],
        "textures": [{"source": 0, "sampler": 0}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}, **material}],
    }
    quad(building, material=0)
    return building


def png(width: int = 2, height: int = 1) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (10, 20, 30)).save(stream, "PNG")
    return stream.getvalue()


def test_materials_have_their_texture_and_its_edges() -> None:
    building = textured(png(), alphaMode="MASK", alphaCutoff=0.25, doubleSided=True)
    building.json["materials"][0]["extensions"] = {"KHR_materials_unlit": {}}
    material = read_glb(building.file()).materials[0]
    assert material.texture is not None
    assert material.texture.texels.tolist() == [[[10, 20, 30, 255]] * 2]
    assert material.texture.wrap == ("clamp", "mirror")
    assert (material.alpha, material.cutoff, material.double_sided, material.unlit) == ("mask", 0.25, True, True)


def test_large_textures_become_smaller() -> None:
    texture = read_glb(textured(png(4096, 64)).file()).materials[0].texture
    assert texture is not None
    assert texture.texels.shape == (32, 2048, 4)


def test_a_texture_transform_scales_turns_and_shifts() -> None:
    building = textured(png())
    reference = building.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    reference["extensions"] = {"KHR_texture_transform": {"scale": [2, 4], "offset": [0.5, 0.25], "rotation": np.pi / 2}}
    matrix = read_glb(building.file()).materials[0].uv_transform
    np.testing.assert_allclose(matrix, [[0, 4, 0.5], [-2, 0, 0.25]], atol=1e-12)


def broken_image(data: bytes) -> bytes:
    return textured(data).file()


CASES: dict[str, bytes] = {
    "nothing": b"",
    "text": b"no GLB, but long enough to be one",
    "version 1": HEAD[:4] + b"\1\0\0\0" + HEAD[8:],
    "cut off": HEAD[:5000],
    "cut within the header": HEAD[:16],
    "no JSON": packed(b"{", b""),
    "a list": packed(b"[1, 2]", b""),
    "NaN in the JSON": packed(b'{"asset": NaN}', b""),
    "deep JSON": packed(b"[" * 100_000, b""),
    "meshes is a number": damaged(lambda d: d.update(meshes=5)),
    "nodes is a text": damaged(lambda d: d.update(nodes="all")),
    "a cycle of nodes": damaged(lambda d: d["nodes"][0].update(children=[9])),
    "a node with two parents": damaged(lambda d: d["nodes"][8].update(children=[0, 7])),
    "a child that does not exist": damaged(lambda d: d["nodes"][9].update(children=[99])),
    "a mesh that does not exist": damaged(lambda d: d["nodes"][0].update(mesh=70)),
    "a negative index": damaged(lambda d: d["meshes"][0]["primitives"][0].update(indices=-1)),
    "a matrix of 3": damaged(lambda d: d["nodes"][0].update(matrix=[1, 2, 3])),
    "an infinite place": damaged(lambda d: d["nodes"][0].update(translation=[1e999, 0, 0])),
    "a longer array": damaged(lambda d: d["accessors"][0].update(count=10**5)),
    "an empty array": damaged(lambda d: d["accessors"][0].update(count=0)),
    "a type that does not exist": damaged(lambda d: d["accessors"][0].update(componentType=7)),
    "matrices as positions": damaged(lambda d: d["accessors"][0].update(type="MAT2")),
    "a short stride": damaged(lambda d: d["bufferViews"][0].update(byteStride=1)),
    "another file": damaged(lambda d: d["buffers"][0].update(uri="head.bin")),
    "an address": damaged(lambda d: d["buffers"][0].update(uri="http://127.0.0.1/head.bin")),
    "no attributes": damaged(lambda d: d["meshes"][0]["primitives"][0].pop("attributes")),
    "Draco": damaged(lambda d: d["meshes"][0]["primitives"][0].update(extensions={"KHR_draco_mesh_compression": {}})),
    "required Draco": damaged(lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"])),
    "required KTX2": damaged(lambda d: d.update(extensionsRequired=["KHR_texture_basisu"])),
    "meshopt": damaged(lambda d: d["bufferViews"][0].update(extensions={"EXT_meshopt_compression": {}})),
    "a texture that is no image": broken_image(b"no image"),
    "a texture that is cut off": broken_image(png(64, 64)[:90]),
    "an SVG as texture": broken_image(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_damaged_file_is_a_bad_avatar(name: str) -> None:
    with pytest.raises(BadAvatar) as caught:
        read_glb(CASES[name])
    assert caught.value.code == "bad_avatar"
    assert len(caught.value.message) > 20


def test_coordinates_that_are_no_numbers_are_refused() -> None:
    building = Building()
    building.mesh({"attributes": {"POSITION": building.accessor([[0, 0, np.nan]] * 3)}})
    with pytest.raises(BadAvatar, match="not finite"):
        read_glb(building.file())


def test_triangles_of_vertices_that_do_not_exist_are_refused() -> None:
    building = plain()
    building.json["meshes"][0]["primitives"][0]["indices"] = building.accessor([0, 1, 4], "uint16")
    with pytest.raises(BadAvatar, match="triangles"):
        read_glb(building.file())


def test_a_large_array_without_data_is_refused_before_it_is_made() -> None:
    building = Building()
    building.mesh({"attributes": {"POSITION": building.add(None, 2**31)}})
    tracemalloc.start()
    with pytest.raises(TooLarge):
        read_glb(building.file())
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


def test_an_array_that_many_meshes_name_is_counted_each_time() -> None:
    building = plain()
    targets = building.json["meshes"][0]["primitives"][0]["targets"]
    large = building.accessor(np.ones((100_000, 3)))
    building.json["meshes"][0]["primitives"][0] = {
        "attributes": {"POSITION": large},
        "targets": [{"POSITION": large}] * 200,
    }
    assert len(targets) == 1
    with pytest.raises(TooLarge):
        read_glb(building.file())


def test_a_texture_of_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooLarge, match="texture"):
        read_glb(broken_image(png(40_000, 1_000)))


@settings(max_examples=60)
@given(at=st.integers(0, len(HEAD) - 1), cut=st.booleans(), value=st.binary(min_size=1, max_size=8))
def test_changed_bytes_give_a_model_or_a_typed_error(at: int, cut: bool, value: bytes) -> None:
    data = HEAD[:at] if cut else HEAD[:at] + value + HEAD[at + len(value) :]
    assert outcome(data) in {"model", "bad_avatar", "too_large"}


def outcome(data: bytes) -> str:
    """Reads a file; any error that is not typed ends the test."""
    try:
        read_glb(data)
    except A2FError as error:
        return error.code
    return "model"


JSON_SIZE = len(json.dumps(opened(HEAD)[0]))


@settings(max_examples=60)
@given(at=st.integers(0, JSON_SIZE), value=st.sampled_from([b"9", b"0", b"-", b"[", b'"', b"e", b"null", b"{}", b","]))
def test_a_changed_description_gives_a_model_or_a_typed_error(at: int, value: bytes) -> None:
    data = HEAD[: 20 + at] + value + HEAD[20 + at + len(value) :]
    assert outcome(data) in {"model", "bad_avatar", "too_large"}


def test_negative_indices_are_refused() -> None:
    for change in ({"indices": ([-1, 1, 2], "int8")}, {"indices": ([0, -30_000, 2], "int16")}):
        building = plain()
        values, dtype = change["indices"]
        building.json["meshes"][0]["primitives"][0]["indices"] = building.accessor(values, dtype)
        with pytest.raises(BadAvatar, match="below zero"):
            read_glb(building.file())


def test_sparse_data_before_the_beginning_is_refused() -> None:
    building = plain()
    sparse = building.sparse(4, [65_000, 1], MOVES[[1, 3]])
    building.json["accessors"][sparse]["sparse"]["indices"]["componentType"] = 5122  # 65000 is -536 now
    building.json["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": sparse}]
    with pytest.raises(BadAvatar, match="sparse"):
        read_glb(building.file())


def test_a_mesh_may_not_be_shown_so_often_that_it_takes_all_memory() -> None:
    building = plain()
    building.json["nodes"] *= 2001
    with pytest.raises(TooLarge, match="shows"):
        read_glb(building.file())
    building = plain(indices=None)
    building.json["meshes"][0]["primitives"][0]["indices"] = building.accessor([0, 1, 2] * 1000, "uint8")
    building.json["nodes"] *= 500
    with pytest.raises(TooLarge, match="shows"):
        read_glb(building.file())


def test_an_image_that_is_decoded_again_and_again_counts_each_time() -> None:
    building = textured(png(33_000_000, 1))
    building.json["images"] *= 10
    building.json["textures"] = [{"source": i} for i in range(10)]
    surfaces = [{"baseColorTexture": {"index": i}} for i in range(10)]
    building.json["materials"] = [{"pbrMetallicRoughness": surface} for surface in surfaces]
    with pytest.raises(TooLarge, match="pixels"):
        read_glb(building.file())


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"          0,"])
def test_a_description_that_takes_long_to_parse_is_refused_before(piece: bytes) -> None:
    with pytest.raises(TooLarge, match="describes"):
        read_glb(packed(b'{"extras":[' + piece * 390_000 + b"0]}", b""))


def test_too_many_bones_and_targets_are_refused() -> None:
    building = plain()
    building.json["skins"] = [{"joints": [0] * 100_000}]
    with pytest.raises(TooLarge, match="bones"):
        read_glb(building.file())
    building = plain()
    building.json["meshes"][0]["primitives"][0]["targets"] *= 20_001
    with pytest.raises(TooLarge, match="targets"):
        read_glb(building.file())
