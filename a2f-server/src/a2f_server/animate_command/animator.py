"""Animates one file after another in this process: reads, decodes, runs the model, writes the formats."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from a2f_server.animate_command.atomic_file import replacing
from a2f_server.animate_command.formats import FORMATS, FormatContext, refuse_other_names
from a2f_server.animate_command.inputs import SourceFile, printable
from a2f_server.api.messages import FileOptions
from a2f_server.arrays import Samples
from a2f_server.audio.files import AudioFile
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.clip import FaceClip
from a2f_server.engine.new_utterance import check_profile, new_utterance
from a2f_server.engine.offline import animate_blocks
from a2f_server.errors import A2FError, BadAudio, TooLarge
from a2f_server.motion import profiles
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.renaming import Renaming
from a2f_server.settings import Settings
from a2f_server.timecode import MIDNIGHT, FrameRate, StartTimecode

MOST_BYTES = 2 << 30
"""Size of an audio file."""
MOST_SECONDS = 24 * 3600.0
"""Length of a file: a server's limit protects the server, and does not apply here."""
NTSC_BASE = 60
"""Frames per second from which the frames at NTSC's rates are interpolated."""
FATAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""Errors of a disk that every other file would meet, too."""


@dataclass(frozen=True)
class Plan:
    """The work to do on every file. It is sent to the processes that do it."""

    settings: Settings
    options: FileOptions
    """Its `fps` is not used."""
    fps: FrameRate
    formats: list[str]
    out: Path
    force: bool = False
    start: StartTimecode = MIDNIGHT
    avatar: Path | None = None
    mesh: str = ""
    """The path of the mesh in a Unity scene."""

    def outputs(self, source: SourceFile) -> dict[str, Path]:
        """Returns the files to write, by format."""
        target = self.out / source.target
        return {name: target.with_name(target.name + FORMATS[name].suffix) for name in self.formats}


@dataclass(frozen=True)
class FileResult:
    """The outcome of one file."""

    name: str
    seconds: float = 0.0
    """Of audio; 0 if it was skipped or failed."""
    written: list[str] = field(default_factory=list)
    warning: str | None = None
    problem: str | None = None
    fatal: bool = False
    """True if the other files would fail, too."""


class Interrupted(Exception):
    """The command is to stop."""


class FileAnimator:
    """A loaded model."""

    def __init__(self, plan: Plan, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Raises ValueError if the model or the profiles cannot be loaded, BadMessage for an unknown profile."""
        self._plan, self._interrupted = plan, interrupted
        self._profiles = profiles.load(plan.settings.profiles)
        check_profile(self._profiles, plan.options.profile)
        self._engine_fps = plan.fps if isinstance(plan.fps, int) else NTSC_BASE
        if renaming := self._renaming():
            refuse_other_names(renaming.names, plan.formats)
        self.backend: Backend = selector.load(plan.settings)

    def animate(self, source: SourceFile) -> FileResult:
        """Animates one file; a failure is part of the result. Raises Interrupted."""
        return self._guarded(source, lambda: self._animated(source))

    def _guarded(self, source: SourceFile, work: Callable[[], FileResult]) -> FileResult:
        try:
            return work()
        except A2FError as error:
            return FileResult(source.name, problem=error.message)
        except OSError as error:
            name = printable(error.filename or source.name)
            where = f"{name}: " if name != source.name else ""
            fatal = error.errno in FATAL
            return FileResult(source.name, problem=f"{where}{error.strerror or error}", fatal=fatal)
        except MemoryError:
            return FileResult(source.name, problem="there is not enough memory for this file")

    def play(self, source: SourceFile, show: Callable[[FaceClip], None]) -> FileResult:
        """Animates one file and hands it to `show`, which takes the time of its audio. Raises Interrupted."""
        return self._guarded(source, lambda: self._shown(source, show))

    def _shown(self, source: SourceFile, show: Callable[[FaceClip], None]) -> FileResult:
        file = AudioFile(_read(source), MOST_SECONDS, self._plan.options.channel)
        clip = self.clip(file)
        show(clip)
        return FileResult(source.name, clip.duration, ["live"], file.warning)

    def _animated(self, source: SourceFile) -> FileResult:
        outputs = self._plan.outputs(source)
        wanted = {name: path for name, path in outputs.items() if self._plan.force or not path.exists()}
        if not wanted:
            return FileResult(source.name)
        file = AudioFile(_read(source), MOST_SECONDS, self._plan.options.channel)
        clip = self.clip(file)
        name = source.target.name.encode("utf-8", "replace").decode()  # Linux allows bytes that are not UTF-8
        context = FormatContext(name, self._plan.start, self._plan.avatar, self._plan.mesh)
        for name, path in wanted.items():
            with replacing(path) as temporary:
                FORMATS[name].write(clip, context, temporary)
        return FileResult(source.name, clip.duration, [str(path) for path in wanted.values()], file.warning)

    def clip(self, file: AudioFile) -> FaceClip:
        """Returns the animation of a whole file, the same as `POST /v1/animate`. Raises what is wrong with it."""
        parts = list(self.parts(file))
        clip = FaceClip.concat(parts) if parts else None
        if clip is None:
            raise BadAudio("the audio file has no samples")
        return clip if clip.fps == self._plan.fps else clip.resample(self._plan.fps)

    def parts(self, file: AudioFile) -> Iterator[FaceClip]:
        """Yields the animation part by part, at the model's rate of an NTSC one."""
        utterance = new_utterance(
            self.backend,
            self._profiles,
            self._plan.options,
            sample_rate=file.sample_rate,
            fps=self._engine_fps,
            max_seconds=MOST_SECONDS,
        )
        renaming = self._renaming()
        for frames in animate_blocks(utterance, self._blocks(file), self.backend):
            clip = FaceClip.from_u16(frames.values, self._engine_fps, frames.first)
            if renaming:
                clip = FaceClip(renaming.apply(clip.weights, clip.first), clip.fps, renaming.names, clip.first)
            yield clip

    def _blocks(self, file: AudioFile) -> Iterator[Samples]:
        for block in file:
            if self._interrupted():
                raise Interrupted
            yield np.ascontiguousarray(block)

    def _renaming(self) -> Renaming | None:
        options = self._plan.options
        offsets = OffsetNames(options.offset_name)
        return self._profiles.renaming(options.profile, self._engine_fps, options.seed, offsets)


def _read(source: SourceFile) -> bytes:
    if source.path is None:
        return source.data or b""
    with source.path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge(f"the file is larger than {MOST_BYTES >> 30} GB; split it")
    return data
