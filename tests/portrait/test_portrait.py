"""From a picture to a file: its size, its shapes, its frame, and the errors."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from a2f_server.arkit import NAMES
from a2f_server.drawing.contract import HeadPose
from a2f_server.drawing.renderer import Renderer
from a2f_server.errors import BadPicture, NoFace, TooLarge
from a2f_server.portrait.portrait import Portrait, PortraitMaker
from tests.support.pictures import SAMPLE, encoded, noise, painting, side_by_side

WEB = Path(__file__).parents[2] / "web"
VALIDATE = """
import validator from "gltf-validator";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { issues } = await validator.validateBytes(new Uint8Array(Buffer.concat(chunks)));
console.log(JSON.stringify(issues));
"""


def document(glb: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", glb, 12)
    parsed: dict[str, Any] = json.loads(glb[20 : 20 + length])
    return parsed


def brightness(renderer: Renderer, **weights: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = np.array([weights.get(name, 0) for name in NAMES], np.float32)
    return (renderer.draw(values, HeadPose())[: renderer.height].astype(float) - 16) * 255 / 219


def test_its_size(portrait: Portrait) -> None:
    assert len(portrait.glb) < 700_000
    assert (portrait.width, portrait.height, portrait.faces) == (512, 512, 1)
    assert portrait.warning is None


def test_it_has_all_shapes(portrait: Portrait) -> None:
    meshes = {mesh["name"]: mesh for mesh in document(portrait.glb)["meshes"]}
    assert list(meshes) == ["Face", "Eyes", "Mouth"]
    names = {name: mesh["extras"]["targetNames"] for name, mesh in meshes.items()}
    assert set().union(*names.values()) == set(NAMES)
    assert {name for name in NAMES if name.startswith(("eyeLook", "eyeBlink"))} <= set(names["Eyes"])
    assert {"jawOpen", "tongueOut"} <= set(names["Mouth"])


def test_its_frame(portrait: Portrait) -> None:
    nodes = {node["name"]: node for node in document(portrait.glb)["nodes"]}
    frame = nodes["Portrait"]["extras"]["portrait"]
    assert frame["width"] == frame["height"] == pytest.approx(0.42, abs=0.08)
    assert frame["distance"] == 0.9
    assert frame["pixels"] == [512, 512]


def test_khronos_validator_finds_nothing(portrait: Portrait) -> None:
    command = ["node", "--input-type=module", "-e", VALIDATE]
    output = subprocess.run(command, cwd=WEB, input=portrait.glb, capture_output=True, check=True).stdout
    issues = json.loads(output)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"][:5]


def test_at_rest_it_is_the_picture(maker: PortraitMaker) -> None:
    whole = maker.make(SAMPLE.read_bytes(), crop=False)
    drawn = brightness(Renderer.from_glb(whole.glb, 512, 512, label=False))
    picture = np.asarray(painting().convert("L"), float)
    assert np.abs(drawn - picture).mean() < 2.5
    assert np.abs(drawn[150:350, 150:350] - picture[150:350, 150:350]).mean() < 3


def test_it_opens_its_mouth_and_shuts_its_eyes(portrait: Portrait) -> None:
    renderer = Renderer.from_glb(portrait.glb, 256, 256, label=False)
    rest, open_, shut = brightness(renderer), brightness(renderer, jawOpen=1), brightness(renderer, eyeBlinkLeft=1)
    assert (np.abs(open_ - rest) > 20).sum() > 200
    moved = np.argwhere(np.abs(shut - rest) > 20)
    assert len(moved) > 60
    assert np.ptp(moved[:, 0]) < 30
    assert np.ptp(moved[:, 1]) < 40


def test_the_same_picture_gives_the_same_bytes(maker: PortraitMaker, portrait: Portrait) -> None:
    assert maker.make(SAMPLE.read_bytes()).glb == portrait.glb
    assert PortraitMaker().make(SAMPLE.read_bytes()).glb == portrait.glb


def test_without_cropping_it_shows_the_whole_picture(maker: PortraitMaker) -> None:
    wide = Image.new("RGB", (1400, 700), (90, 80, 70))
    wide.paste(painting(), (500, 150))
    whole = maker.make(encoded(wide), crop=False)
    assert (whole.width, whole.height) == (1024, 512)
    assert len(whole.glb) < 700_000
    part = maker.make(encoded(wide))
    assert part.width == part.height


def test_a_busy_picture_is_not_too_large(maker: PortraitMaker) -> None:
    busy = noise((1024, 1024))
    busy.paste(painting(), (250, 250))
    assert len(maker.make(encoded(busy), crop=False).glb) < 700_000


def test_sides_are_even(maker: PortraitMaker) -> None:
    portrait = maker.make(encoded(painting().crop((0, 0, 511, 487))), crop=False)
    assert portrait.width % 2 == portrait.height % 2 == 0


def test_a_tall_and_narrow_picture(maker: PortraitMaker) -> None:
    portrait = maker.make(encoded(painting().crop((110, 0, 400, 512))))
    assert portrait.width < portrait.height


def test_a_face_at_the_edge_of_the_picture(maker: PortraitMaker) -> None:
    portrait = maker.make(encoded(painting().crop((115, 60, 395, 350))))
    drawn = brightness(Renderer.from_glb(portrait.glb, portrait.width, portrait.height, label=False))
    assert np.abs(drawn[:, 0] - drawn[:, 4]).mean() < 30
    assert drawn.max() < 255


def test_faces_are_counted(maker: PortraitMaker) -> None:
    both = encoded(side_by_side(painting().resize((360, 360)), painting()))
    assert maker.make(both).faces == maker.make(both, 1).faces == 2


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no picture", BadPicture),
        (SAMPLE.read_bytes()[:20_000], BadPicture),
        (encoded(noise((200, 200))), NoFace),
        (b"P6\n20000 20000\n255\n", TooLarge),
    ],
    ids=["text", "cut off", "noise", "bomb"],
)
def test_errors(maker: PortraitMaker, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        maker.make(data)
