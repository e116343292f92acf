"""Writes the exact versions of this virtual environment to constraints.txt, and those of `.[cpu]` to requirements.txt.

With `--check` it writes nothing and fails if requirements.txt does not match pyproject.toml and constraints.txt.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
REQUIREMENTS = ROOT / "a2f-server" / "requirements.txt"
TOOLS = {"pip", "setuptools", "a2f-server", "py-spy", "wsproto", "pyright", "nodeenv"}
HEAD = "# Exact versions for `a2f-server[cpu]`. Written by `make constraints`; pyproject.toml has the ranges.\n"


def canonical(name: str) -> str:
    """Normalises a package name as PyPI does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed() -> list[tuple[str, str]]:
    """Returns name and environment marker of every dependency of the core and the extra `cpu`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    out = []
    for entry in project["dependencies"] + project["optional-dependencies"]["cpu"]:
        requirement, _, marker = entry.partition(";")
        out.append((canonical(re.split(r"[<>=!~ \[]", requirement)[0]), marker.strip()))
    return out


def requirements(versions: dict[str, str]) -> str:
    """Returns the text of requirements.txt."""
    return HEAD + "".join(f"{n}=={versions[n]}{f' ; {marker}' if marker else ''}\n" for n, marker in needed())


def main() -> None:
    """Writes or checks the files."""
    if "--check" in sys.argv:
        pinned = dict(line.split("==") for line in CONSTRAINTS.read_text().split())
        if REQUIREMENTS.read_text() != requirements(pinned):
            sys.exit("a2f-server/requirements.txt is out of date: run make constraints")
        return
    # torch's builds append a local label to the same version
    versions = {canonical(d.metadata["Name"]): d.version.partition("+")[0] for d in distributions()}
    kept = {name: version for name, version in sorted(versions.items()) if name not in TOOLS}
    CONSTRAINTS.write_text("".join(f"{name}=={version}\n" for name, version in kept.items()))
    REQUIREMENTS.write_text(requirements(kept))


if __name__ == "__main__":
    main()
