"""One bundle of each kind per test run. Tests only read them; to change one, make a copy first (`bundles.copy`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from tests.support import bundles


@pytest.fixture(scope="session")
def regression_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bundle like v2.3 Mark."""
    return bundles.regression(tmp_path_factory.mktemp("regression"))


@pytest.fixture(scope="session")
def diffusion_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bundle like v3.0."""
    return bundles.diffusion(tmp_path_factory.mktemp("diffusion"))


@pytest.fixture(scope="session")
def regression(regression_folder: Path) -> Bundle:
    """The same bundle, loaded."""
    return load_bundle(regression_folder)


@pytest.fixture(scope="session")
def diffusion(diffusion_folder: Path) -> Bundle:
    """The same bundle, loaded with its first identity."""
    return load_bundle(diffusion_folder)
