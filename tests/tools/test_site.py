"""The page without a server: what `make site` writes (tests/browser/test_site.py opens it)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import soundfile

from tools.site import __main__ as site
from tools.site import page, recordings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without its painting and recordings, which take seconds."""
    written = tmp_path_factory.mktemp("site") / "site"
    page.write(written)
    return written


class Addresses(HTMLParser):
    """Collects the addresses in a page's HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if "needs-server" not in (dict(attributes).get("class") or ""):
            self.found += [value for name, value in attributes if name in {"src", "href"} and value]


def test_all_addresses_are_relative_and_exist(folder: Path) -> None:
    text = (folder / "index.html").read_text("utf-8")
    imports = re.findall(r'": "(\./[^"]+)"', text)
    addresses = [one for one in Addresses(text).found + imports if not one.startswith("#")]
    assert len(addresses) > 10
    for address in addresses:
        assert address.startswith("./"), address
        assert (folder / address).exists(), address


def test_modules_import_what_is_there(folder: Path) -> None:
    for module in (folder / "page").rglob("*.js"):
        for imported in re.findall(r'from "(\.[^"]+)"', module.read_text("utf-8")):
            assert (module.parent / imported).is_file(), f"{module}: {imported}"


def test_the_network_is_named_by_its_content(folder: Path) -> None:
    [network] = (folder / "network").iterdir()
    assert re.fullmatch(r"network-[0-9a-f]{16}\.bin", network.name)
    assert network.read_bytes() == (page.WEB / "network/network.bin").read_bytes()
    assert f'data-network="network/{network.name}"' in (folder / "index.html").read_text("utf-8")


def test_the_policy_allows_the_site_only(folder: Path) -> None:
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', (folder / "index.html").read_text("utf-8"))
    assert "connect-src 'self' data: blob:;" in policy
    assert "http:" not in policy
    assert "sha256-" in policy, "the import map"


def test_there_is_a_recording_of_every_example_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = recordings.texts()
    assert list(texts)[:3] == ["hello.mp3", "lips.mp3", "tongue-twister.mp3"]
    assert len(texts) == 6
    monkeypatch.setattr(recordings, "texts", lambda: {"hello.mp3": texts["hello.mp3"]})
    recordings.write(tmp_path / "recordings")
    assert 3 < soundfile.info(tmp_path / "recordings/hello.mp3").duration < 8


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "precious").write_text("")
    monkeypatch.setattr("sys.argv", ["site", str(tmp_path)])
    with pytest.raises(SystemExit, match="no earlier site"):
        site.main()
    assert (tmp_path / "precious").exists()
