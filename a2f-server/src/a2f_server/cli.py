"""The command line, `a2f-server`. Each command imports what it runs when it runs: help and errors should be instant."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from a2f_server import __version__, environment
from a2f_server.animate_command import cli as animate_command
from a2f_server.azure_emulator.failures import MEANING, Failure
from a2f_server.backends.selector import backend_names
from a2f_server.doctor.registry import CHECKS
from a2f_server.models_command.cli import app as models
from a2f_server.portrait_command import portrait
from a2f_server.settings import Settings
from a2f_server.video_command.cli import video

if TYPE_CHECKING:
    from a2f_server.uvicorn_server.server import Server

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Lip-sync server: speech audio in, 52 ARKit blendshapes out."
)
app.add_typer(models, name="models")
app.command()(portrait)
app.command()(video)


def _help(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _backend_help() -> str:
    return f"Model that generates the frames: {', '.join(backend_names())}."


def _fail_help() -> str:
    return "Make every request fail. " + "; ".join(f"{name}: {meaning}" for name, meaning in MEANING.items()) + "."


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Lip-sync server: speech audio in, 52 ARKit blendshapes out."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help=_help("host"))] = None,
    port: Annotated[int | None, typer.Option(help=_help("port"))] = None,
    backend: Annotated[str | None, typer.Option(help=_backend_help())] = None,
    workers: Annotated[int | None, typer.Option(help=_help("workers"))] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set any setting, as name=value (repeatable; see `a2f-server settings`)."),
    ] = None,
) -> None:
    """Start the server: the demo page, the WebSocket and the HTTP API.

    Settings come from the options, else from the environment (A2F_…), else from a file .env in this folder.
    """
    settings = _settings(_chosen(host=host, port=port, backend=backend, workers=workers), set_ or [])

    from a2f_server.workers.size import worker_count

    try:
        if (size := worker_count(settings)) > 1:
            _supervise(settings, size)
        else:
            _serve(settings)
    except ValueError as error:
        raise _stop(str(error)) from None


@app.command()
def settings() -> None:
    """List all settings with their environment variables, defaults and descriptions."""
    for name, field in Settings.model_fields.items():
        typer.echo(f"A2F_{name.upper()} (default: {field.default})\n    {field.description}")


@app.command()
def doctor(
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting as for `a2f-server serve` (repeatable).")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help=f"Run only this check (repeatable): {', '.join(CHECKS)}.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    offline: Annotated[bool, typer.Option(help="Ask no other machine, such as Azure.")] = False,
) -> None:
    """Examine this machine and the settings: what is right, what is not, and the remedy.

    The exit status is 1 if something does not work. No secret is printed.
    """
    from a2f_server.doctor import command
    from a2f_server.doctor.contract import CheckContext

    try:
        context = CheckContext(_read_settings({}, set_ or []), network=not offline)
    except ValueError as error:
        context = CheckContext(Settings.model_construct(), str(error), network=not offline)
    try:
        command.run(context, as_json=as_json, only=only or [])
    except ValueError as error:
        raise _stop(str(error)) from None


@app.command()
def azure_emulator(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5500,
    fail: Annotated[Failure | None, typer.Option(help=_fail_help())] = None,
    pace: Annotated[float, typer.Option(help="Seconds of audio sent per second; 0 sends all of it immediately.")] = 8.0,
    delay: Annotated[float, typer.Option(help="Seconds before the first audio is sent.")] = 0.05,
    key: Annotated[str | None, typer.Option(help="API key that clients must send.")] = None,
    recording: Annotated[Path | None, typer.Option(help="Play this audio file instead of speaking the text.")] = None,
) -> None:
    """Emulate Azure's speech service with a local voice, for A2F_AZURE_HOST and Microsoft's SDKs."""
    from a2f_server.azure_emulator import server as azure
    from a2f_server.azure_emulator.options import EmulatorOptions
    from a2f_server.errors import A2FError
    from a2f_server.uvicorn_server.listening import CannotListen

    try:
        azure.run(EmulatorOptions(fail=fail, pace=pace, delay=delay, key=key), host, port, recording)
    except CannotListen as error:
        raise _stop(str(error), CANNOT_LISTEN) from None
    except (ValueError, A2FError, OSError) as error:
        raise _stop(str(error)) from None


animate_command.register(app, lambda backend, pairs: _settings(_chosen(backend=backend), pairs))


def _configure_logs(settings: Settings) -> None:
    from a2f_server import logs

    try:
        logs.configure_for(settings)
    except ValueError as error:
        raise _stop(str(error)) from None


def _warn_of_unknown_settings() -> None:
    import structlog

    log = structlog.get_logger(__name__)
    for name in environment.unknown([*os.environ, *environment.names_in(environment.FILE)]):
        log.warning("there is no such setting; it is ignored", name=name)


def _run(server: Server) -> None:
    from a2f_server.uvicorn_server.listening import CannotListen

    try:
        server.run()
    except CannotListen as error:
        raise _stop(str(error), CANNOT_LISTEN) from None
    except KeyboardInterrupt:
        _die_of(signal.SIGINT)
    if not server.started:
        raise typer.Exit(CANNOT_LISTEN)


def _serve(settings: Settings) -> None:
    """Serves in this process. Raises ValueError for settings that cannot work."""
    from a2f_server import native_stderr
    from a2f_server.api.app import create_app
    from a2f_server.uvicorn_server.server import make_server

    native_stderr.divert()
    _configure_logs(settings)
    _warn_of_unknown_settings()
    _run(make_server(create_app(settings), settings))


def _supervise(settings: Settings, size: int) -> None:
    """Serves in several processes. Raises ValueError if this system cannot."""
    from a2f_server.uvicorn_server.listening import CannotListen
    from a2f_server.workers.supervisor import Supervisor

    _configure_logs(settings)
    _warn_of_unknown_settings()
    try:
        stopped_by = Supervisor(settings, size).run()
    except CannotListen as error:
        raise _stop(str(error), CANNOT_LISTEN) from None
    if stopped_by is None:
        raise typer.Exit(CANNOT_START)
    _die_of(signal.Signals(stopped_by))


def _die_of(number: signal.Signals) -> None:
    """Ends the process as uvicorn does after SIGTERM: a normal exit would wait for a log that nobody reads."""
    from a2f_server import logs

    logs.flush()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


CANNOT_START = 2
"""Exit status for settings that cannot work."""
CANNOT_LISTEN = 3
"""Exit status if the port cannot be opened: deploy/replicas.sh tries again."""


def _chosen(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _settings(options: dict[str, Any], pairs: list[str]) -> Settings:
    try:
        return _read_settings(options, pairs)
    except ValueError as error:
        raise _stop(str(error)) from None


def _read_settings(options: dict[str, Any], pairs: list[str]) -> Settings:
    """Returns the settings. Raises ValueError that names every problem."""
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in Settings.model_fields:
            near = environment.nearest(name)
            hint = f"; did you mean {near.lower()}?" if near and near.lower() != name else ""
            raise ValueError(f"--set {name}: write name=value, with a name listed by `a2f-server settings`{hint}")
        options[name] = value
    try:
        return environment.load(options, environment.FILE)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        raise ValueError("\n".join(_message(problem) for problem in problems)) from None


def _message(error: Any) -> str:
    reason: str = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return reason
    setting, *inside = map(str, error["loc"])
    return f"{'.'.join([f'A2F_{setting.upper()}', *inside])}: {reason}"


def _stop(message: str, status: int = 2) -> typer.Exit:
    from a2f_server import logs

    logs.flush()
    typer.echo(f"a2f-server: {message}", err=True)
    return typer.Exit(status)
