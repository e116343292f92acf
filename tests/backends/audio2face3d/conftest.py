"""One bundle of each kind for a whole run. Tests read them; whoever breaks one makes a copy first (`bundles.copy`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from tests.support import bundles


@pytest.fixture(scope="session")
def regression_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like v2.3 Mark, small."""
    return bundles.regression(tmp_path_factory.mktemp("regression"))


@pytest.fixture(scope="session")
def diffusion_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like v3.0, small."""
    return bundles.diffusion(tmp_path_factory.mktemp("diffusion"))


@pytest.fixture(scope="session")
def regression(regression_folder: Path) -> Bundle:
    """The same, read."""
    return load_bundle(regression_folder)


@pytest.fixture(scope="session")
def diffusion(diffusion_folder: Path) -> Bundle:
    """The same, read, with its first identity."""
    return load_bundle(diffusion_folder)
