"""Loads a bundle as it is on Hugging Face: `model.json`, and the files that it points to.

The formats are those that NVIDIA's Audio2Face-3D SDK reads (parse_helper.cpp).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from a2f_server.arrays import Float32Array
from a2f_server.backends.audio2face3d.bundle import Actor, Bundle, FacePart, HeadGeometry, NetworkKind, NetworkSpec
from a2f_server.backends.audio2face3d.loading import blendshapes, face_parameters, files, geometry, network_info
from a2f_server.backends.audio2face3d.loading.json_document import JsonDocument

MODEL = "model.json"
UNCHANGED: Mapping[str, float] = {}


def load_bundle(folder: Path, identity: str | None = None, face: Mapping[str, float] = UNCHANGED) -> Bundle:
    """Loads one actor of a bundle: the one named `identity` (case does not matter), or the first.

    `face` overrides parameters of `model_config*.json`, with the names and ranges of `face_parameters.RANGES`. Raises
    ValueError with an actionable message for the first thing that is missing or wrong.
    """
    index = BundleIndex.open(folder)
    number = index.number(identity)
    config, data = index.config(number), index.data(number)
    implicit = index.implicit(config)
    spec = index.network_spec(number, implicit)
    name = index.actors[number]
    parameters = face_parameters.load(config, index.kind, face)
    actor = Actor(name, parameters, data, index.part(number, "skin"), index.part(number, "tongue"))
    return Bundle(folder, f"v{spec.version.removeprefix('v')} {name}", spec, actor)


@dataclass(frozen=True)
class BundleIndex:
    """`model.json` and `network_info.json`: the actors of a bundle, and their files."""

    folder: Path
    model: JsonDocument
    info: JsonDocument
    kind: NetworkKind
    actors: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path) -> BundleIndex:
        """Opens a folder. Raises ValueError with an actionable message if it is not a bundle."""
        try:
            is_folder, has_model, exists = folder.is_dir(), (folder / MODEL).is_file(), folder.exists()
        except OSError as error:
            raise ValueError(f"{folder} cannot be read ({error.strerror}): give the server's user access") from None
        if not is_folder:
            what = "is not a folder" if exists else "does not exist"
            raise ValueError(f"{folder} {what}; name a bundle's folder, such as `a2f-server models pull` makes")
        if not has_model:
            raise ValueError(
                f"there is no {MODEL} in {folder}; expected the folder of a bundle such as "
                "nvidia/Audio2Face-3D-v2.3-Mark, which `a2f-server models pull` fetches"
            )
        model = JsonDocument.read(folder / MODEL)
        info = JsonDocument.read(_file(folder, model, "networkInfoPath"))
        return cls(folder, model, info, network_info.kind(info), network_info.actors(info))

    def number(self, identity: str | None) -> int:
        """Returns an actor's index in `actors`. Raises ValueError for an unknown name."""
        names = [name.lower() for name in self.actors]
        if identity and identity.lower() not in names:
            raise ValueError(f"there is no identity {identity!r} in {self.folder}; known are {', '.join(self.actors)}")
        return names.index(identity.lower()) if identity else 0

    @property
    def network(self) -> Path:
        """The ONNX graph next to the TensorRT engine that `networkPath` names; engines are built for one GPU only."""
        return _file(self.folder, self.model, "networkPath").with_suffix(".onnx")

    def network_spec(self, number: int, implicit: Float32Array | None) -> NetworkSpec:
        """Returns the network's description. Checks that its file is complete, but does not open it."""
        files.check_network(self.network)
        return network_info.network_spec(self.info, self.network, implicit=implicit, identity=number)

    def config(self, number: int) -> JsonDocument:
        """Loads `model_config*.json` of an actor."""
        return JsonDocument.read(self._of("modelConfigPath", number)).section("config")

    def data(self, number: int) -> HeadGeometry:
        """Loads `model_data*.npz` of an actor."""
        load = geometry.regression if self.kind == "regression" else geometry.diffusion
        return load(self._of("modelDataPath", number), self.info)

    def implicit(self, config: JsonDocument) -> Float32Array | None:
        """Loads a regression network's row of the implicit emotion database; None for a diffusion network."""
        if self.kind == "diffusion":
            return None
        width = self.info.section("params").whole("implicit_emotion_len", 1)
        return geometry.implicit(_file(self.folder, self.model, "emotionDatabasePath"), config, width)

    def part(self, number: int, which: Literal["skin", "tongue"]) -> FacePart:
        """Loads `bs_skin*` or `bs_tongue*` of an actor."""
        vertices = network_info.vertices(self.info)[which]
        paths = self._blendshapes(number).section(which)
        load = blendshapes.skin if which == "skin" else blendshapes.part
        return load(_file(self.folder, paths, "data"), _file(self.folder, paths, "config"), vertices)

    def _of(self, key: str, number: int) -> Path:
        """Returns the file under `key`, or this actor's file in the list under the plural, `keys`."""
        if self.kind == "regression":
            return _file(self.folder, self.model, key)
        names = self.model.texts(f"{key}s")
        self._one_each(f"{key}s", len(names))
        return files.inside(self.folder, names[number], f"{self.model.path}: {key}s[{number}]")

    def _blendshapes(self, number: int) -> JsonDocument:
        if self.kind == "regression":
            return self.model.section("blendshapePaths")
        sections = self.model.sections("blendshapePaths")
        self._one_each("blendshapePaths", len(sections))
        return sections[number]

    def _one_each(self, key: str, count: int) -> None:
        if count != len(self.actors):
            raise ValueError(
                f"{self.model.path}: {key} has {count} entries; expected {len(self.actors)}, "
                f"one for each of {', '.join(self.actors)}"
            )


def _file(folder: Path, document: JsonDocument, key: str) -> Path:
    return files.inside(folder, document.text(key), f"{document.path}: {key}")
