"""`python -m tools.site FOLDER` writes the site. Needs node, and the extras `[voice]` and `[portrait]`."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from tools.site import page, painting, recordings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.site", description="Write the page without a server.")
    parser.add_argument("folder", type=Path, help="where to write the site; an earlier one is replaced")
    folder = parser.parse_args().folder
    if folder.exists() and not (folder / page.MARK).is_file():
        sys.exit(f"{folder} exists and is no earlier site; delete it or name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        write(folder)
    except ValueError as error:  # a package is missing
        sys.exit(str(error))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size / 1e6:.1f} MB; to try it: python -m http.server --directory {folder}")


def write(folder: Path) -> None:
    """Writes all files of the site. Raises ValueError, with what to install, if a package is missing."""
    page.write(folder)
    painting.write(folder / "painting.glb")
    recordings.write(folder / "recordings")


if __name__ == "__main__":
    main()
