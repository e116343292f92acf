"""The models that this server can download, and their licences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from a2f_server.backends.onnx_file import description
from a2f_server.backends.onnx_file.description import Description

NEWEST = "main"
"""Branch to use where no revision is pinned."""
LICENCE = """\
The weights are NVIDIA's, under the NVIDIA Open Model License:
  https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/
It allows commercial use and derived models. If you redistribute them, include
the agreement and the notice
  "Licensed by NVIDIA Corporation under the NVIDIA Open Model License"."""


@dataclass(frozen=True)
class BundleSource:
    """A repository on Hugging Face at a revision, and the value of A2F_BACKEND that runs it."""

    repository: str
    revision: str
    backend: str = "audio2face3d"
    licence: str = ""

    @property
    def folder(self) -> str:
        """Name for a local folder."""
        return self.repository.rpartition("/")[2]


def _described(one: Description, backend: str) -> BundleSource:
    terms = f"{one.title or one.name}: {one.licence}\n  https://huggingface.co/{one.repository}" if one.licence else ""
    return BundleSource(one.repository, one.revision, backend, terms)


KNOWN = (
    BundleSource("nvidia/Audio2Face-3D-v2.3-Mark", "5451728e07378df93b04523279e134a9993ae71b"),
    BundleSource("nvidia/Audio2Face-3D-v2.3.1-Claire", "a46eafb067adfdd7cc8f5c7941586b309004561c"),
    BundleSource("nvidia/Audio2Face-3D-v2.3.1-James", "327d000d9f76e370014a9b7467b23ea36846b680"),
    BundleSource("nvidia/Audio2Face-3D-v3.0", NEWEST),
    _described(description.shipped("wav2arkit"), "wav2arkit"),
)
_NVIDIA = {known.repository for known in KNOWN if known.backend == "audio2face3d"}
_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def licence(of: BundleSource) -> str:
    """Returns the licence text to show before the download."""
    if of.repository in _NVIDIA:
        return LICENCE
    return of.licence or f"{of.repository} has its own licence: read it on its page."


def source(repository: str, revision: str | None) -> BundleSource:
    """Returns the source of a repository, or of the one that a user's TOML file names.

    Unknown ones require a revision, as a safeguard against typing errors.

    Raises ValueError with an actionable message.
    """
    if repository.endswith(".toml"):
        return _own(Path(repository), revision)
    found = next((known for known in KNOWN if known.repository.lower() == repository.lower()), None)
    if found:
        return replace(found, revision=revision or found.revision)
    if not revision:
        names = "".join(f"\n  {known.repository}" for known in KNOWN)
        raise ValueError(
            f"{repository} is not one of the known bundles; give --revision to use it. Known bundles:{names}"
        )
    if not _REPOSITORY.fullmatch(repository):
        raise ValueError(f"{repository!r} is not a repository; write owner/name")
    return BundleSource(repository, revision)


def _own(file: Path, revision: str | None) -> BundleSource:
    found = _described(description.load(file), str(file.absolute()))
    if not found.repository:
        raise ValueError(f"{file} names no repository; download its network yourself")
    return replace(found, revision=revision or found.revision)
