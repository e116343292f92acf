"""Reads a bundle as Hugging Face has it: `model.json`, and what it points to. Nothing but file formats is known here.

Formats are those that NVIDIA's Audio2Face-3D SDK reads (parse_helper.cpp).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from a2f_server.backends.audio2face3d.parts import Actor, Bundle, Floats, Geometry, Graph, Kind, Part
from a2f_server.backends.audio2face3d.reading import files, geometry, network_info, parameters, shapes
from a2f_server.backends.audio2face3d.reading.documents import Document

MODEL = "model.json"
UNCHANGED: Mapping[str, float] = {}


def read(folder: Path, identity: str | None = None, face: Mapping[str, float] = UNCHANGED) -> Bundle:
    """One actor of a bundle; `identity` by name in any case, or the first one.

    `face` takes the place of parameters of `model_config*.json`, by the names and within the ranges of
    `reading.parameters.RANGES`. Raises ValueError with a sentence for the first thing that is missing or wrong.
    """
    index = Index.open(folder)
    number = index.number(identity)
    config, data = index.config(number), index.data(number)
    implicit = index.implicit(config)
    graph = index.graph(number, implicit)
    name = index.actors[number]
    settings = parameters.face(config, index.kind, face)
    actor = Actor(name, settings, data, index.part(number, "skin"), index.part(number, "tongue"))
    return Bundle(folder, f"v{graph.version.removeprefix('v')} {name}", graph, actor)


@dataclass(frozen=True)
class Index:
    """`model.json` and `network_info.json`: who is in a bundle, and in which files."""

    folder: Path
    model: Document
    info: Document
    kind: Kind
    actors: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Raises ValueError with a sentence where this is no bundle."""
        try:
            is_folder, has_model, exists = folder.is_dir(), (folder / MODEL).is_file(), folder.exists()
        except OSError as error:
            raise ValueError(f"{folder} cannot be read ({error.strerror}): let the server's user into it") from None
        if not is_folder:
            what = "is no folder" if exists else "does not exist"
            raise ValueError(f"{folder} {what}; name a bundle's folder, such as `a2f-server models pull` makes")
        if not has_model:
            raise ValueError(
                f"there is no {MODEL} in {folder}; expected the folder of a bundle such as "
                "nvidia/Audio2Face-3D-v2.3-Mark, which `a2f-server models pull` fetches"
            )
        model = Document.read(folder / MODEL)
        info = Document.read(_file(folder, model, "networkInfoPath"))
        return cls(folder, model, info, network_info.kind(info), network_info.actors(info))

    def number(self, identity: str | None) -> int:
        """Of an actor by name, among `actors`. Raises ValueError."""
        names = [name.lower() for name in self.actors]
        if identity and identity.lower() not in names:
            raise ValueError(f"there is no identity {identity!r} in {self.folder}; known are {', '.join(self.actors)}")
        return names.index(identity.lower()) if identity else 0

    @property
    def network(self) -> Path:
        """The ONNX graph beside the engine that `networkPath` names, since engines are made for one GPU."""
        return _file(self.folder, self.model, "networkPath").with_suffix(".onnx")

    def graph(self, number: int, implicit: Floats | None) -> Graph:
        """What the network takes and gives. The file is there and whole; nobody has opened it yet."""
        files.check_network(self.network)
        return network_info.graph(self.info, self.network, implicit=implicit, identity=number)

    def config(self, number: int) -> Document:
        """`model_config*.json` of an actor."""
        return Document.read(self._of("modelConfigPath", number)).section("config")

    def data(self, number: int) -> Geometry:
        """`model_data*.npz` of an actor."""
        load = geometry.regression if self.kind == "regression" else geometry.diffusion
        return load(self._of("modelDataPath", number), self.info)

    def implicit(self, config: Document) -> Floats | None:
        """Regression's row of the implicit emotion database."""
        if self.kind == "diffusion":
            return None
        width = self.info.section("params").whole("implicit_emotion_len", 1)
        return geometry.implicit(_file(self.folder, self.model, "emotionDatabasePath"), config, width)

    def part(self, number: int, which: Literal["skin", "tongue"]) -> Part:
        """`bs_skin*` or `bs_tongue*` of an actor."""
        vertices = network_info.vertices(self.info)[which]
        paths = self._blendshapes(number).section(which)
        load = shapes.skin if which == "skin" else shapes.part
        return load(_file(self.folder, paths, "data"), _file(self.folder, paths, "config"), vertices)

    def _of(self, key: str, number: int) -> Path:
        """The file under `key`, or under `keys` the one of this actor."""
        if self.kind == "regression":
            return _file(self.folder, self.model, key)
        names = self.model.texts(f"{key}s")
        self._one_each(f"{key}s", len(names))
        return files.inside(self.folder, names[number], f"{self.model.path}: {key}s[{number}]")

    def _blendshapes(self, number: int) -> Document:
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


def _file(folder: Path, document: Document, key: str) -> Path:
    return files.inside(folder, document.text(key), f"{document.path}: {key}")
