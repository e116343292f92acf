"""Links, anchors, settings and make targets that the documentation names exist."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from a2f_server.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("examples/*/README.md"),
    ROOT / "examples/README.md",
    ROOT / "runpod/README.md",
    ROOT / "training/README.md",
]
NOT_SETTINGS = {
    *("A2F_MODEL", "A2F_ACCEPT_LICENCE", "A2F_VOLUME"),  # runpod/start.sh
    "A2F_CHROMIUM",  # the tests
    "A2F_BASE_URL",  # the Python client
    *("A2F_FASTAPI_HOST", "A2F_FASTAPI_PORT", "A2F_FASTAPI_TMP_DIR"),  # other systems
    *("A2F_FASTAPI_DEFAULT_WORKERS", "A2F_FASTAPI_CLIENTS_PER_WORKER"),
    *("A2F_HEADLESS_SCRIPT", "A2F_DEFAULT_USD_MODEL", "A2F_DEFAULT_OUTPUT_DIR"),
}


def anchors(page: Path) -> set[str]:
    """GitHub's anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_have_targets(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = Path(os.path.normpath(page.parent / path)) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_exist(page: Path) -> None:
    known = {f"A2F_{field.upper()}" for field in Settings.model_fields} | NOT_SETTINGS
    assert set(re.findall(r"\bA2F_[A-Z_]*[A-Z]\b", page.read_text("utf-8"))) <= known


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z-]+)`", page.read_text("utf-8"))) <= targets, page.name
