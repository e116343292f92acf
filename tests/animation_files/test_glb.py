"""Animations baked into GLB files equal those of the browser client, and leave the rest of the file as it is."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.animation_files.glb import Avatar
from a2f_server.clip import FaceClip
from a2f_server.errors import BadAvatar
from tests.conftest import ROOT, SHARED

HEAD = ROOT / "web/avatar/head.glb"
AVATARS = SHARED / "data/avatars"
Ask = Callable[..., list[str]]


def speech(frames: int = 12) -> FaceClip:
    """Frames with every shape in motion, and closed lips now and then."""
    weights = np.random.default_rng(1).random((frames, 52), np.float32) ** 3
    weights[::4, arkit.INDEX["jawOpen"]] = 0
    weights[::4, [arkit.INDEX[name] for name in ("mouthLowerDownLeft", "mouthLowerDownRight")]] = 0
    return FaceClip(weights, 30)


@pytest.fixture(scope="module")
def client() -> Iterator[Ask]:
    """Asks the browser client's code and the Khronos validator."""
    command = ["node", str(Path(__file__).with_name("bake.mjs"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout

        def ask(**request: Any) -> list[str]:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer: list[str] = json.loads(process.stdout.readline())
            return answer

        yield ask
        process.stdin.close()


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the JSON and the binary chunk."""
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def curves(data: bytes) -> dict[int, np.ndarray]:
    """Returns the weights of each animated node over time, `[frames, targets]`, of the last animation."""
    document, binary = parts(data)
    animation = document["animations"][-1]

    def values(index: int) -> np.ndarray:
        accessor = document["accessors"][index]
        view = document["bufferViews"][accessor["bufferView"]]
        return np.frombuffer(binary, "<f4", accessor["count"], view["byteOffset"])

    out = {}
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        times = values(sampler["input"])
        out[channel["target"]["node"]] = values(sampler["output"]).reshape(len(times), -1)
    return out


def made(names: list[str], **changes: Any) -> bytes:
    """Returns a GLB of one triangle with a morph target for each name."""
    corners = np.array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1, 0, 0, -1, 0, 0, 0, 0], "<f4").tobytes()
    shared = {"componentType": 5126, "count": 3, "type": "VEC3"}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [
            {
                "primitives": [{"attributes": {"POSITION": 0}, "targets": [{"POSITION": 1} for _ in names]}],
                "extras": {"targetNames": names},
            }
        ],
        "accessors": [
            {"bufferView": 0, "min": [0, 0, 0], "max": [1, 1, 0], **shared},
            {"bufferView": 1, "min": [0, -1, 0], "max": [0, 0, 0], **shared},
        ],
        "bufferViews": [{"buffer": 0, "byteOffset": at, "byteLength": 36} for at in (0, 36)],
        "buffers": [{"byteLength": 72}],
        **changes,
    }
    return container(document, corners)


def container(document: Any, binary: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


NAMES = {
    "other spellings": ["eyeBlink_L", "Jaw_Open", "smirk", "head_mouthSmileLeft", "mouthSmile_L.001"],
    "split shapes": ["Mouth_Pucker_Up_L", "Mouth_Pucker_Up_R", "Jaw_Open", "A02_Brow_Down_Left"],
    "visemes": ["viseme_sil", "viseme_PP", "viseme_FF", "viseme_aa", "viseme_O", "viseme_I", "blink"],
    "simple shapes": ["mouthOpen", "mouthSmile", "eyesClosed"],
    "vowels": ["Fcl_MTH_A", "Fcl_MTH_I", "Fcl_MTH_U", "Fcl_MTH_E", "Fcl_MTH_O", "Fcl_EYE_Close_L", "Fcl_EYE_Close_R"],
    "MMD": ["あ", "い", "う", "え", "お", "まばたき", "怒り"],
    "Azure's ids": [f"viseme_{i}" for i in range(22)],
    "Papagayo": ["AI", "E", "O", "U", "MBP", "FV", "L", "etc"],
    "Character Creator": ["Open", "Explosive", "Dental_Lip", "Tight_O", "Tight", "Wide", "Affricate", "Lip_Open"],
    "DAZ": ["vAA", "vEH", "vIY", "vOW", "vUW", "vER", "vM", "vF", "vTH", "vT", "vL", "vK", "vS"],
    "both": ["jawOpen", "mouthFunnel", "viseme_aa", "viseme_PP", "mouthClose"],
    "Meta": ["Jaw_Drop", "Lip_Corner_Puller_L", "Lip_Corner_Puller_R", "Eyes_Closed_L", "Eyes_Look_Left_R"],
}


def same_as_the_client(avatar: Path, client: Ask, tmp_path: Path) -> bytes:
    theirs = tmp_path / "theirs.glb"
    client(avatar=str(avatar), clip={"fps": 30, "weights": speech().weights.tolist()}, out=str(theirs))
    ours = Avatar(avatar.read_bytes()).bake(speech(), "speech")
    expected = curves(theirs.read_bytes())
    assert curves(ours).keys() == expected.keys()
    for node, values in curves(ours).items():
        assert np.abs(values - expected[node]).max() < 0.01, node  # the client stops its search for vowels earlier
    return ours


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_targets_move_as_in_the_client(names: list[str], client: Ask, tmp_path: Path) -> None:
    avatar = tmp_path / "avatar.glb"
    avatar.write_bytes(made(names))
    ours = same_as_the_client(avatar, client, tmp_path)
    assert curves(ours)[0].max() > 0.3
    out = tmp_path / "ours.glb"
    out.write_bytes(ours)
    assert client(validate=str(out)) == []


def public_avatars() -> list[Path]:
    return [HEAD, *sorted(AVATARS.glob("*lipsync.glb")), *sorted(AVATARS.glob("*arkit52.glb")), *AVATARS.glob("t*.glb")]


@pytest.mark.parametrize("avatar", public_avatars(), ids=lambda path: path.stem)
def test_avatars_keep_all_they_had(avatar: Path, client: Ask, tmp_path: Path) -> None:
    """Among them quantised, sparse and compressed meshes."""
    ours = same_as_the_client(avatar, client, tmp_path)
    (before, binary), (after, longer) = parts(avatar.read_bytes()), parts(ours)
    assert longer.startswith(binary)
    for key, value in before.items():
        if key == "buffers":
            continue
        kept = after[key][: len(value)] if isinstance(value, list) else after[key]
        assert kept == value, key
    assert after["animations"][-1]["name"] == "speech"
    out = tmp_path / "ours.glb"
    out.write_bytes(ours)
    assert client(validate=str(out)) == client(validate=str(avatar))


def test_weights_survive_exactly() -> None:
    clip = speech()
    document, _ = parts(HEAD.read_bytes())
    baked = curves(Avatar(HEAD.read_bytes()).bake(clip))
    node, values = max(baked.items(), key=lambda item: item[1].shape[1])
    names = document["meshes"][document["nodes"][node]["mesh"]]["extras"]["targetNames"]
    for i, name in enumerate(names):
        assert np.array_equal(values[:, i], clip[name]), name


def test_one_avatar_is_baked_any_number_of_times() -> None:
    avatar = Avatar(HEAD.read_bytes())
    first = avatar.bake(speech(3))
    assert len(parts(avatar.bake(speech(5)))[0]["animations"]) == 1
    assert avatar.bake(speech(3)) == first
    again = Avatar(first).bake(speech(3), "second")
    assert [animation["name"] for animation in parts(again)[0]["animations"]] == ["animation", "second"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a GLB"),
        (b"glTF" + bytes(40), "not a GLB"),
        (HEAD.read_bytes()[:5000], "not a GLB"),
        (made(["jawOpen"]).replace(b'"asset"', b'"asked"'), "not a GLB"),
        (container([], b""), "not a GLB"),
        (made(["smirk"]), "nothing in this GLB"),
        (made(["jawOpen"], meshes=[]), "not a GLB"),
        (made(["jawOpen"], nodes=[{"mesh": "first"}]), "not a GLB"),
        (made(["jawOpen"], nodes=[]), "nothing in this GLB"),
        (made(["jawOpen"], animations="none"), "not a GLB"),
        (made(["jawOpen"], bufferViews={}), "not a GLB"),
        (made(["jawOpen"], buffers=[{"uri": "face.bin", "byteLength": 72}]), "in other files"),
    ],
)
def test_files_without_a_face_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadAvatar, match=words):
        Avatar(data)


@given(st.data())
def test_damaged_files_are_refused_or_baked(data: st.DataObject) -> None:
    """Each of a few bytes of the JSON is replaced."""
    file = bytearray(made(["jawOpen", "viseme_aa"]))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(20, len(file) - 81))] = data.draw(st.integers(32, 126))
    with suppress(BadAvatar):
        assert curves(Avatar(bytes(file)).bake(speech(2)))
