"""`a2f-server models pull`, with the real library, from a Hugging Face server on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from a2f_server.models_command import catalogue
from tests.support import bundles
from tests.support.hub import COMMIT, Hub, run_hub
from tests.support.spawning import command

MARK = "nvidia/Audio2Face-3D-v2.3-Mark"
NOTICE = "Licensed by NVIDIA Corporation under the NVIDIA Open Model License"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.regression(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def hub(bundle: Path) -> Iterator[Hub]:
    with run_hub(bundle, MARK) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A new user's environment: no token, no cache."""
    return {"HF_HOME": str(tmp_path / "home"), "HF_TOKEN": "", "HF_HUB_OFFLINE": "0"}


def pull(hub: str, home: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    ended = command("models", "pull", *arguments, HF_ENDPOINT=hub, **home)
    assert "Traceback" not in ended.stderr
    return ended


def stopped(ended: subprocess.CompletedProcess[str]) -> str:
    """Returns the error message of the command."""
    assert ended.returncode == 2
    return ended.stderr.splitlines()[-1]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".cache"}


def test_a_bundle_is_downloaded_checked_and_described(
    hub: Hub, home: dict[str, str], bundle: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mark"
    ended = pull(hub.url, home, MARK, "--to", str(folder), "--accept-licence")
    assert ended.returncode == 0
    assert NOTICE in ended.stdout
    assert f"{MARK} at {COMMIT} → {folder}" in ended.stdout
    assert "all files are present and consistent" in ended.stdout
    assert ended.stdout.splitlines()[-1] == f"A2F_MODEL_DIR={folder}"
    assert "100%" in ended.stderr, "progress is shown"
    assert names(folder) == names(bundle)
    assert all((folder / name).read_bytes() == (bundle / name).read_bytes() for name in names(bundle))


def test_only_missing_files_are_downloaded_again(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "mark"
    pull(hub.url, home, MARK, "--to", str(folder), "--accept-licence")
    (folder / "bs_skin.npz").unlink()
    hub.sent.clear()
    assert pull(hub.url, home, MARK, "--to", str(folder), "--accept-licence").returncode == 0
    assert hub.sent == [("bs_skin.npz", 0)]


def test_an_interrupted_download_is_resumed(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    hub.cut = "bs_skin.npz"
    ended = pull(hub.url, home, MARK, "--to", str(tmp_path / "mark"), "--accept-licence")
    assert ended.returncode == 0
    assert [name for name, _ in hub.sent].count("bs_skin.npz") == 2


def test_an_incomplete_download_is_reported(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    hub.folder = bundles.copy(hub.folder, tmp_path / "other")
    (hub.folder / "bs_tongue.npz").unlink()
    ended = pull(hub.url, home, MARK, "--to", str(tmp_path / "mark"), "--accept-licence")
    assert ended.returncode == 1
    assert "bs_tongue.npz is missing" in ended.stdout
    assert "A2F_MODEL_DIR" not in ended.stdout


def test_nothing_is_downloaded_before_the_licence_is_accepted(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    ended = pull(hub.url, home, MARK, "--to", str(tmp_path / "mark"))
    assert NOTICE in ended.stdout
    assert "the licence was not accepted; --accept-licence" in stopped(ended)
    assert not hub.sent


def test_a_private_repository_requires_a_token(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    hub.token = "hf_secret"
    asked = (MARK, "--to", str(tmp_path / "mark"), "--accept-licence")
    assert "accept its terms on its page, create a token with read access, and set HF_TOKEN" in stopped(
        pull(hub.url, home, *asked)
    )
    ended = pull(hub.url, {**home, "HF_TOKEN": "hf_secret"}, *asked)
    assert ended.returncode == 0
    assert "hf_secret" not in ended.stdout + ended.stderr


def test_a_missing_repository(hub: Hub, home: dict[str, str], tmp_path: Path) -> None:
    asked = ("--to", str(tmp_path / "x"), "--accept-licence")
    assert "nvidia/Nothing does not exist" in stopped(
        pull(hub.url, home, "nvidia/Nothing", "--revision", "main", *asked)
    )
    assert "has no revision v9" in stopped(pull(hub.url, home, MARK, "--revision", "v9", *asked))


@pytest.mark.parametrize("offline", ["0", "1"])
def test_a_missing_network_is_reported_immediately(home: dict[str, str], tmp_path: Path, offline: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}"
    (tmp_path / "mark").mkdir()
    (tmp_path / "mark/model.json").write_text("{}")
    ended = pull(closed, {**home, "HF_HUB_OFFLINE": offline}, MARK, "--to", str(tmp_path / "mark"), "--accept-licence")
    assert "Hugging Face cannot be reached: " in stopped(ended)


def test_unknown_repositories_require_a_revision() -> None:
    with pytest.raises(ValueError, match="not one of the known bundles") as caught:
        catalogue.source("nvidia/Audio2Emotion-v2.2", None)
    assert all(source.repository in str(caught.value) for source in catalogue.KNOWN)
    assert catalogue.source("me/mine", "main") == catalogue.BundleSource("me/mine", "main")
    with pytest.raises(ValueError, match="write owner/name"):
        catalogue.source("../mine", "main")


def test_unknown_repositories_have_their_own_licence() -> None:
    assert NOTICE in catalogue.licence(catalogue.source(MARK, None))
    assert catalogue.licence(catalogue.source("me/mine", "main")) == "me/mine has its own licence: read it on its page."


def test_known_repositories_have_a_revision_in_any_spelling() -> None:
    assert catalogue.source(MARK.lower(), None) == catalogue.BundleSource(MARK, COMMIT)
    assert catalogue.source(MARK, "main").revision == "main"
    assert catalogue.source("nvidia/audio2face-3d-v3.0", None).folder == "Audio2Face-3D-v3.0"


def test_a_missing_library_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from a2f_server.models_command import pull as module  # noqa: PLC0415 - the name is taken here

    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ValueError, match=r"pip install 'a2f-server\[models\]'"):
        module.hub()
