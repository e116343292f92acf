"""`python a2f-server/server.py` serves without installing the package: `a2f-server serve` from the checkout."""

import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = {
    "fastapi": "fastapi",
    "uvicorn": "uvicorn",
    "websockets": "websockets",
    "numpy": "numpy",
    "soundfile": "soundfile",
    "soxr": "soxr",
    "pydantic_settings": "pydantic-settings",
    "defusedxml": "defusedxml",
    "typer": "typer",
    "structlog": "structlog",
    "prometheus_client": "prometheus-client",
    "python_multipart": "python-multipart",
}


def main() -> None:
    """Runs the command line, with `serve` where no command is given."""
    if not (HERE / "src" / "a2f_server").is_dir():
        sys.exit(f"a2f-server: {HERE / 'src'} is missing. Copy the whole a2f-server folder, or clone the project.")
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        sys.exit(
            f"a2f-server: {', '.join(missing)} missing. Install everything with\n"
            f"  pip install -r {HERE / 'requirements.txt'}"
        )
    sys.path.insert(0, str(HERE / "src"))
    from a2f_server.cli import app  # noqa: PLC0415 - only now can it be found

    arguments = sys.argv[1:]
    of_all = arguments and (arguments[0] == "--version" or not arguments[0].startswith("-"))
    app(arguments if of_all else ["serve", *arguments])


if __name__ == "__main__":
    main()
