"""Runs `a2f-server serve` from a checkout, without installing the package: `python a2f-server/server.py`."""

import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = {
    "fastapi": "fastapi",
    "uvicorn": "uvicorn",
    "httptools": "httptools",
    "websockets": "websockets",
    "numpy": "numpy",
    "soundfile": "soundfile",
    "soxr": "soxr",
    "pydantic_settings": "pydantic-settings",
    "defusedxml": "defusedxml",
    "typer": "typer",
    "rich": "rich",
    "structlog": "structlog",
    "prometheus_client": "prometheus-client",
    "python_multipart": "python-multipart",
}


def main() -> None:
    """Runs the command line, with `serve` as the default command."""
    if not (HERE / "src" / "a2f_server").is_dir():
        sys.exit(f"a2f-server: {HERE / 'src'} is missing. Copy the whole a2f-server folder, or clone the repository.")
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        sys.exit(
            f"a2f-server: {', '.join(missing)} missing. Install the requirements with\n"
            f"  pip install -r {HERE / 'requirements.txt'}"
        )
    sys.path.insert(0, str(HERE / "src"))
    from a2f_server.cli import app  # noqa: PLC0415 - needs the path above

    arguments = sys.argv[1:]
    has_command = arguments and (arguments[0] == "--version" or not arguments[0].startswith("-"))
    app(arguments if has_command else ["serve", *arguments])


if __name__ == "__main__":
    main()
