"""`python -m tools.sequence_networks DIR --kind unitalker|wav2arkit|emotalk`."""

import argparse
from pathlib import Path

from tools.sequence_networks.writing import KINDS, write


def main() -> None:
    """Writes a network."""
    parser = argparse.ArgumentParser(prog="python -m tools.sequence_networks", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=KINDS, default="unitalker")
    asked = parser.parse_args()
    print(write(asked.folder, asked.kind))


if __name__ == "__main__":
    main()
