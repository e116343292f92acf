"""Makes a video of a picture speaking an audio file."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import typer

from a2f_server import environment
from a2f_server.api.file_animation import parse_options
from a2f_server.api.service import Service
from a2f_server.api.video_file import Look, VideoFile
from a2f_server.backends import selector
from a2f_server.errors import A2FError, BadAudio, BadAvatar, BadPicture, NoFace, TooLong, UnsupportedAudio
from a2f_server.motion import profiles

FAILED = 1
"""Exit status if a file cannot be used, read or written."""
PART = ".part"
"""The ending of a file's name until it is complete."""


def run(picture: Path, speech: Path, target: Path, look: Look, options: dict[str, Any]) -> None:
    """Makes the video. Raises Exit with FAILED after a message. `options`: those of an utterance, with `fps`."""
    try:
        if target.is_dir():
            raise _failed(f"{target}: this is a directory")
        parsed = parse_options(options)
        frames = asyncio.run(_make(picture.read_bytes(), speech.read_bytes(), look, parsed, target))
    except (BadPicture, NoFace, BadAvatar) as error:
        raise _failed(f"{picture}: {error.message}") from None
    except (BadAudio, UnsupportedAudio, TooLong) as error:
        raise _failed(f"{speech}: {error.message}") from None
    except A2FError as error:
        raise _failed(error.message) from None
    except ValueError as error:  # settings, or a backend that cannot run
        raise _failed(str(error)) from None
    except OSError as error:
        path = str(error.filename or target).removesuffix(PART)
        raise _failed(f"{path}: {error.strerror or error}") from None
    typer.echo(f"{target}: {frames / options['fps']:.1f} s, {target.stat().st_size / 1000:.0f} kB")


async def _make(picture: bytes, speech: bytes, look: Look, options: Any, target: Path) -> int:
    """Writes the file; returns the number of frames. An incomplete file is deleted."""
    settings = environment.load({"video_sessions": 1}, environment.FILE)
    service = Service(settings, selector.load(settings), profiles.load(settings.profiles))
    service.check(options)
    service.engine.start()
    image, audio = service.uploads.upload(len(picture)), service.uploads.upload(len(speech))
    try:
        image.add(picture)
        audio.add(speech)
        with closing(service.engine.slots.reserve(patient=True)) as slot:
            video = await VideoFile.prepare(service, image, audio, look, options, slot)
            if video.warning:
                typer.echo(f"a2f-server: {video.warning}", err=True)
            async with aclosing(video.mp4(slot)) as pieces:
                return await _write(pieces, video, target)
    finally:
        await service.engine.stop()
        service.decoding.stop()
        service.portraits.stop()
        service.videos.stop()


async def _write(pieces: Any, video: VideoFile, target: Path) -> int:
    total = int((video.file.stated_seconds or 0) * video.fps)
    drawn = video.service.metrics.video_frames
    part = target.with_name(target.name + PART)
    try:
        with part.open("wb") as file, _progress(total) as bar:
            async for piece in pieces:
                file.write(piece)
                bar.update(int(drawn._value.get()) - bar.pos)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return int(drawn._value.get())


def _progress(total: int) -> Any:
    """Returns a progress bar, which is hidden if stderr is not a terminal."""
    shown = sys.stderr.isatty() and total > 0
    return typer.progressbar(length=max(1, total), label="rendering", file=sys.stderr if shown else io.StringIO())


def _failed(message: str) -> typer.Exit:
    typer.echo(f"a2f-server: {message}", err=True)
    return typer.Exit(FAILED)
