"""Drawing avatars: pixels, depth, transparency, edges, poses, and the same picture for the same input."""

from __future__ import annotations

import sys

import av
import numpy as np
import pytest

from a2f_server import drawing
from a2f_server.drawing.contract import HeadPose, Picture
from a2f_server.drawing.renderer import Renderer
from a2f_server.drawing.scene import build_scene
from a2f_server.drawing.textures import pack
from a2f_server.errors import BadAvatar, NotInstalled, TooLarge
from a2f_server.glb.reader import read_glb
from tests.conftest import ROOT
from tests.drawing.scenes import drawn, framed, luma, painted, rgb, square, textured, weights
from tests.glb.building import Building, quad

HEAD = (ROOT / "web/avatar/head.glb").read_bytes()
RED, GREEN, BLUE, WHITE = (1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 1, 1)
FRONT = HeadPose()


@pytest.fixture(scope="module")
def head() -> Renderer:
    return Renderer.from_glb(HEAD, 128, 128, label=False)


def reference(pixels: np.ndarray) -> np.ndarray:
    """The plane Y that FFmpeg makes of an RGB picture."""
    return luma(av.VideoFrame.from_ndarray(pixels, format="rgb24").to_ndarray(format="yuv420p"))


def random_pixels(size: int = 32) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (size, size, 3), np.uint8)


def test_a_texture_as_large_as_the_picture_is_shown_pixel_for_pixel() -> None:
    pixels, building = random_pixels(), framed()
    quad(building, material=textured(building, pixels))
    assert np.abs(luma(drawn(building)) - reference(pixels)).max() <= 1


def test_a_shape_that_moves_by_whole_pixels_moves_the_texture() -> None:
    pixels, building = random_pixels(), framed()
    corners = [[-1, 1, 0], [-1, -1, 0], [1, -1, 0], [1, 1, 0]]
    primitive = {
        "attributes": {
            "POSITION": building.accessor(corners),
            "TEXCOORD_0": building.accessor([[0, 0], [0, 1], [1, 1], [1, 0]]),
        },
        "indices": building.accessor([0, 1, 2, 0, 2, 3], "uint16"),
        "targets": [{"POSITION": building.accessor([[4 / 32, -6 / 32, 0]] * 4)}],
        "material": textured(building, pixels),
    }
    building.mesh(primitive, ["jawOpen"])
    moved = luma(drawn(building, jawOpen=1.0))
    np.testing.assert_allclose(moved[3:, 2:], reference(pixels)[:-3, :-2], atol=1)


@pytest.mark.parametrize("name", ["Fcl_MTH_A", "viseme_aa", "Mouth_Open", "CTRL_expressions_jawOpen"])
def test_targets_of_other_systems_move(name: str) -> None:
    building = framed()
    corners = building.accessor([[-0.5, 0.5, 0], [-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0]])
    primitive = {
        "attributes": {"POSITION": corners},
        "indices": building.accessor([0, 1, 2, 0, 2, 3], "uint16"),
        "targets": [{"POSITION": building.accessor([[0.5, 0, 0]] * 4)}],
        "material": painted(building, RED),
    }
    building.mesh(primitive, [name])
    still, moved = luma(drawn(building)), luma(drawn(building, jawOpen=0.7, mouthLowerDown=0.2, mouthUpperUp=0.1))
    assert np.abs(moved - still).max() > 20


@pytest.mark.parametrize("first", ["near", "far"])
def test_the_nearer_surface_hides_the_farther_one_in_any_order(first: str) -> None:
    building = framed()
    for name in (first, "far" if first == "near" else "near"):
        near = name == "near"
        quad(building, depth=0.5 * near, half=0.5 if near else 1.0, material=painted(building, RED if near else BLUE))
    picture = rgb(drawn(building))
    assert picture[16, 16].argmax() == 0
    assert picture[2, 2].argmax() == 2


def test_the_back_of_a_surface_is_hidden_unless_it_is_double_sided() -> None:
    for double, colour in ((False, 1), (True, 0)):
        building = framed()
        quad(building, material=painted(building, GREEN))
        quad(
            building,
            half=0.5,
            material=painted(building, RED, doubleSided=double),
            scale=[-1, 1, 1],
            translation=[0, 0, 0.5],
        )
        building.json["nodes"][-1]["rotation"] = [0, 1, 0, 0]
        building.json["nodes"][-1].pop("scale")
        assert rgb(drawn(building))[16, 16].argmax() == colour


def test_a_mirrored_node_keeps_its_front() -> None:
    building = square(RED, scale=[-1, 1, 1])
    assert rgb(drawn(building))[16, 16].argmax() == 0


def test_what_a_mask_leaves_out_shows_what_is_behind() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 0], pixels[:, :2, 3] = 255, 255
    building = framed()
    quad(building, material=painted(building, BLUE))
    quad(building, depth=0.1, material=textured(building, pixels, alphaMode="MASK"))
    picture = rgb(drawn(building))
    assert (picture[:, 2:12].argmax(axis=2) == 0).all()
    assert (picture[:, 20:30].argmax(axis=2) == 2).all()


def test_a_translucent_surface_mixes_with_what_is_behind() -> None:
    building = framed()
    quad(building, depth=0.1, material=painted(building, (1, 1, 1, 0.5), alphaMode="BLEND"))
    quad(building, material=painted(building, (0, 0, 0, 1)))
    assert abs(luma(drawn(building))[16, 16] - (16 + 219 / 2)) <= 2
    assert abs(luma(drawn(building, jawOpen=1.0))[8, 16] - (16 + 219 / 2)) <= 2


def test_translucent_surfaces_are_drawn_from_the_back() -> None:
    building = framed()
    for depth, colour in ((0.3, (1, 0, 0, 0.9)), (0.1, (0, 0, 1, 0.9))):
        quad(building, depth=depth, material=painted(building, colour, alphaMode="BLEND"))
    assert rgb(drawn(building))[16, 16].argmax() == 0


def test_edges_within_a_pixel_are_smooth() -> None:
    white, black = square(WHITE, half=0.5 + 0.5 / 16), framed()
    quad(black, material=painted(black, (0, 0, 0, 1)))
    quad(black, depth=1e-3, half=0.5 + 0.5 / 16, material=painted(black, WHITE))
    edge = luma(drawn(black))[16, 7]
    assert 16 + 80 < edge < 16 + 140
    assert luma(drawn(white))[16, 16] == 235


def test_what_has_not_moved_is_copied_exactly(head: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    values, pose = weights(jawOpen=0.5, mouthSmile=0.3, eyeLookUp=0.4), HeadPose(1, 4, -2)
    copied = head.draw(values, pose)
    monkeypatch.setattr(head, "_moved_rect", lambda: np.array([0, 0, 256, 256], np.int32))
    difference = np.abs(copied.astype(int) - head.draw(values, pose))
    assert difference.max() <= 4  # of what moves by less than a sixteenth of a pixel
    assert difference.mean() < 0.02


def test_a_picture_depends_only_on_its_own_weights_and_pose(head: Renderer) -> None:
    values, pose = weights(jawOpen=0.7, eyeBlink=1.0), HeadPose(3, -8, 2)
    first = head.draw(values, pose)
    head.draw(weights(mouthPucker=1.0), HeadPose(0, 12, 0))
    np.testing.assert_array_equal(head.draw(values, pose), first)
    np.testing.assert_array_equal(Renderer.from_glb(HEAD, 128, 128, label=False).draw(values, pose), first)


def test_pictures_are_new_arrays(head: Renderer) -> None:
    first = head.draw(weights(), FRONT)
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(head.draw(weights(), FRONT), kept)


def test_only_the_mouth_changes_when_the_jaw_opens(head: Renderer) -> None:
    change = np.abs(luma(head.draw(weights(jawOpen=1.0), FRONT)) - luma(head.draw(weights(), FRONT)))
    assert change[70:105, 40:90].max() > 40
    assert change[:50].mean() < 0.05  # the light of the forehead
    assert change[118:].max() == 0


def test_weights_outside_their_range_count_as_its_ends(head: Renderer) -> None:
    np.testing.assert_array_equal(head.draw(weights(jawOpen=7.0), FRONT), head.draw(weights(jawOpen=1.0), FRONT))
    np.testing.assert_array_equal(head.draw(weights(jawOpen=-1.0), FRONT), head.draw(weights(), FRONT))


def nodding() -> Building:
    """A head bone at the origin with a red square in front of it, and a blue one above."""
    building = framed()
    quad(building, half=0.2, material=painted(building, RED), translation=[0, 0, 1])
    quad(building, half=0.2, material=painted(building, BLUE), translation=[0, 0.8, 0])
    children = list(range(1, len(building.json["nodes"])))
    building.json["nodes"].append({"name": "mixamorig:Head", "children": children})
    building.json["scenes"] = [{"nodes": [0, len(building.json["nodes"]) - 1]}]
    return building


def centre(picture: Picture, channel: int) -> np.ndarray:
    """x and y of what is mostly red or blue, in pixels from the middle."""
    image = rgb(picture)
    own = image[..., channel] > np.delete(image, channel, axis=2).max(axis=2) + 100
    y, x = np.nonzero(own)
    return np.array([x.mean() - 31.5, y.mean() - 31.5])


@pytest.mark.parametrize(
    ("pose", "channel", "expected"),
    [
        (HeadPose(yaw=10), 0, (1, 0)),  # to its own left: the nose goes to the viewer's right
        (HeadPose(yaw=-10), 0, (-1, 0)),
        (HeadPose(pitch=10), 0, (0, -1)),
        (HeadPose(pitch=-10), 0, (0, 1)),
        (HeadPose(roll=10), 2, (1, 0)),  # towards its own left shoulder
        (HeadPose(roll=-10), 2, (-1, 0)),
    ],
)
def test_the_head_turns_the_way_its_pose_says(pose: HeadPose, channel: int, expected: tuple[int, int]) -> None:
    renderer = Renderer.from_glb(nodding().file(), 64, 64, label=False)
    moved = centre(renderer.draw(weights(), pose), channel) - centre(renderer.draw(weights(), FRONT), channel)
    along = np.array(expected)
    assert moved @ along > 3
    assert abs(moved @ along[::-1]) < 1.5


def test_the_neck_takes_a_part_of_the_turn(head: Renderer) -> None:
    assert head._scene.joints.names == ("", "neck", "head")
    turned = head._scene.joints.matrices(weights(), HeadPose(yaw=10))
    angles = np.degrees(np.arctan2(turned[:, 0, 2], turned[:, 0, 0]))
    np.testing.assert_allclose(angles, [0, 4, 10], atol=1e-4)


def test_an_avatar_without_a_head_bone_turns_as_a_whole() -> None:
    building = square(RED, half=0.5)
    turned = drawn(building, 64, HeadPose(roll=10))
    assert centre(turned, 0)[0] > 1


def test_bones_open_the_jaw_and_turn_the_eyes_where_no_target_does() -> None:
    building = framed()
    quad(building, half=0.1, material=painted(building, RED), translation=[0, -0.5, 0.5])
    quad(building, half=0.1, material=painted(building, BLUE), translation=[0, 0.5, 0.5])
    building.json["nodes"][2]["translation"] = [0, 0, 0.5]
    for mesh in building.json["meshes"]:
        mesh["primitives"][0].pop("targets")
        mesh.pop("extras")
        mesh.pop("weights")
    quad(building, half=0.05, depth=-1, material=painted(building, GREEN))
    building.json["meshes"][-1]["extras"]["targetNames"] = ["mouthClose"]
    nodes = building.json["nodes"]
    nodes += [
        {"name": "LeftEye", "children": [2], "translation": [0, 0.5, 0]},
        {"name": "RightEye"},
        {"name": "jaw", "children": [1]},
    ]
    nodes.append({"name": "Head", "children": [4, 5, 6]})
    building.json["scenes"] = [{"nodes": [0, 3, 7]}]
    renderer = Renderer.from_glb(building.file(), 64, 64, label=False)
    rest, opened = renderer.draw(weights(), FRONT), renderer.draw(weights(jawOpen=1.0), FRONT)
    assert centre(opened, 0)[1] - centre(rest, 0)[1] > 2
    looking = renderer.draw(weights(eyeLookOutLeft=1.0, eyeLookInRight=1.0), FRONT)
    assert centre(looking, 2)[0] - centre(rest, 2)[0] > 4


def test_an_avatar_in_any_unit_is_framed_alike() -> None:
    def lit(scale: float) -> Picture:
        building = Building()
        quad(building, half=scale, move=(0, -0.4 * scale, 0))
        return Renderer.from_glb(building.file(), 32, 32, label=False).draw(weights(), FRONT)

    np.testing.assert_array_equal(lit(1.0), lit(128.0))


def test_the_head_is_framed_from_hair_to_shoulders(head: Renderer) -> None:
    ground = luma(head.draw(weights(), FRONT))[0, 0]
    rows = np.flatnonzero((luma(head.draw(weights(), FRONT)) != ground).any(axis=1))
    assert 2 <= rows[0] <= 16
    assert rows[-1] == 127


def test_a_wide_picture_of_a_portrait_covers_its_frame() -> None:
    building = square(RED)
    picture = rgb(Renderer.from_glb(building.file(), 64, 32, label=False).draw(weights(), FRONT))
    assert (picture.argmax(axis=2) == 0).all()


@pytest.mark.parametrize("size", [(33, 32), (32, 31), (8, 8), (4096, 32), (0, 0)])
def test_sizes_that_no_encoder_takes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        Renderer.from_glb(HEAD, *size)


def test_an_avatar_without_a_mouth_is_refused() -> None:
    building = Building()
    quad(building)
    building.json["meshes"][0]["extras"]["targetNames"] = ["Happy"]
    with pytest.raises(BadAvatar, match="jawOpen"):
        Renderer.from_glb(building.file(), 32, 32)


@pytest.mark.parametrize(
    "portrait",
    [{}, {"width": 0, "height": 1, "distance": 1}, {"width": "wide"}, {"width": 10**400, "height": 1, "distance": 1}],
)
def test_a_portrait_without_a_frame_is_refused(portrait: dict[str, object]) -> None:
    building = square(RED)
    building.json["nodes"][0]["extras"]["portrait"] = portrait
    with pytest.raises(BadAvatar, match="portrait"):
        Renderer.from_glb(building.file(), 32, 32)


def test_moves_beyond_all_bounds_do_no_harm() -> None:
    building = square(RED, move=(3e38, -3e38, 3e38))
    assert drawn(building, jawOpen=1.0).shape == (48, 32)


def test_texture_coordinates_beyond_all_bounds_read_nothing_outside_the_texture() -> None:
    """Along a diagonal of the picture they are small; to the right the steps are longer than any integer."""
    step, building = 2.0**80, framed()
    corners = [[-29 / 32, -1 / 32, 0], [-29 / 32, 31 / 32, 0], [-29 / 32 + 128, 31 / 32, 0]]
    primitive = {
        "attributes": {
            "POSITION": building.accessor(corners),
            "TEXCOORD_0": building.accessor([[0.5, 0.5], [-32 * step, 0.5], [4064 * step, 0.5]]),
        },
        "targets": [{"POSITION": building.accessor([[0, 0.01, 0]] * 3)}],
        "material": textured(building, random_pixels(), doubleSided=True),
    }
    building.mesh(primitive, ["jawOpen"])
    assert drawn(building).shape == (48, 32)


@pytest.mark.parametrize("mode", ["OPAQUE", "BLEND"])
def test_surfaces_that_cover_the_picture_too_often_are_refused(mode: str) -> None:
    building = framed()
    quad(building, material=painted(building, RED, alphaMode=mode))
    primitive = building.json["meshes"][0]["primitives"][0]
    for times in (40, 200):
        primitive["indices"] = building.accessor([0, 1, 2, 0, 2, 3] * times, "uint16")
        if times == 40:
            drawn(building)
        else:
            with pytest.raises(TooLarge, match="surfaces"):
                drawn(building)


def test_materials_that_share_a_texture_keep_it_once() -> None:
    building = framed()
    for depth in (0.0, 0.1):
        quad(building, depth=depth, material=textured(building, random_pixels()))
    for material in building.json["materials"]:
        material["pbrMetallicRoughness"]["baseColorTexture"]["index"] = 0
    scene = build_scene(read_glb(building.file()))
    corners = scene.positions * np.array([16, 16, 0], np.float32) + np.array([16, 16, 1], np.float32)
    assert len(pack(scene, corners, (32, 32)).texels) == 4 + 32 * 32


def test_without_numba_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(drawing, "placement", raising=False)
    monkeypatch.setitem(sys.modules, "a2f_server.drawing.placement", None)
    with pytest.raises(NotInstalled, match=r"pip install 'a2f-server\[video\]'"):
        Renderer.from_glb(HEAD, 32, 32)


def test_a_shape_that_only_colours_is_drawn() -> None:
    building = framed()
    shift, still, darker = (building.accessor([change] * 4) for change in ([0, 0.5, 0], [0, 0, 0], [-1, -1, -1]))
    corners = [[-1, 1, 0], [-1, -1, 0], [1, -1, 0], [1, 1, 0]]
    building.mesh(
        {
            "attributes": {"POSITION": building.accessor(corners)},
            "indices": building.accessor([0, 1, 2, 0, 2, 3], "uint16"),
            "targets": [{"POSITION": shift}, {"POSITION": still, "COLOR_0": darker}],
            "material": painted(building, WHITE),
        },
        ["jawOpen", "mouthPucker"],
    )
    assert luma(drawn(building))[16, 16] > 200
    assert luma(drawn(building, mouthPucker=1.0))[16, 16] < 30
