"""`python -m tools.fake_bundles DIR --kind regression|diffusion [--full]`."""

import argparse
from pathlib import Path

from tools.fake_bundles.writing import write


def main() -> None:
    """Writes a bundle and prints the names of its files."""
    parser = argparse.ArgumentParser(prog="python -m tools.fake_bundles", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=["regression", "diffusion"], default="regression")
    parser.add_argument(
        "--full", action="store_true", help="full size with random weights, to measure speed and memory"
    )
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    write(asked.folder, asked.kind, full=asked.full, seed=asked.seed, say=lambda name: print(name, flush=True))


if __name__ == "__main__":
    main()
