"""The page, its libraries, the client and the network."""

from __future__ import annotations

import html
import shutil
from hashlib import sha256
from pathlib import Path

from a2f_server.api.content_policy import SOURCES, content_policy

WEB = Path(__file__).parents[2] / "web"
FOLDERS = ("page", "avatar", "vendor/three", "vendor/three-vrm")
NEED_A_SERVER = ("video", "sample.wav", "stream.css")
FILES = {
    "audio2face-client.js": "audio2face-client.js",
    "dist/audio2face-client.mjs": "audio2face-client.mjs",
    "dist/network-worker.js": "network-worker.js",
    "LICENSE": "LICENSE",
}
MARK = "network-worker.js"
"""A file by which a site is recognised."""
POLICY = {name: value for name, value in SOURCES.items() if name != "frame-ancestors"} | {
    "worker-src": "'self' blob:",
    "connect-src": "'self' data: blob:",
}
"""Content Security Policy: the page can reach nothing but its own site. `frame-ancestors` only works in a header."""


def write(folder: Path) -> None:
    for name in FOLDERS:
        shutil.copytree(WEB / name, folder / name, ignore=shutil.ignore_patterns(*NEED_A_SERVER))
    for source, target in FILES.items():
        shutil.copy(WEB / source, folder / target)
    (folder / "index.html").write_text(index(_network(folder)), "utf-8")


def _network(folder: Path) -> str:
    """Copies the network; returns its path. The name changes with the content, so it may be cached forever."""
    content = (WEB / "network/network.bin").read_bytes()
    path = f"network/network-{sha256(content).hexdigest()[:16]}.bin"
    (folder / "network").mkdir()
    (folder / path).write_bytes(content)
    return path


def index(network: str) -> str:
    """Returns the page's HTML, with the path of its network and its policy."""
    text = (WEB / "index.html").read_text("utf-8")
    policy = html.escape(content_policy(text, POLICY), quote=False)
    for old, new in {
        '<html lang="en">': f'<html lang="en" data-network="{network}">',
        '<meta charset="utf-8">': '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
    }.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
