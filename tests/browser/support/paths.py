"""Files and addresses that browser tests share."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "web/audio2face-client.js"
NODE_MODULES = ROOT / "web/node_modules"
SAMPLE = ROOT / "web/page/sample.wav"
"""The audio of the "Play sample" button."""
VOICE = ROOT / "tests/data/voice.wav"
"""Generated babble, which the fake microphone plays, too."""
BUILT_IN_HEAD = ROOT / "web/avatar/head.glb"
AVATARS = ROOT.parent / "shared/data/avatars"
"""Avatars from other projects. They are not part of this repository, so tests skip without them."""
UNREACHABLE = "http://127.0.0.1:9"
"""An address that no server listens on."""
