"""`a2f-server animate`: frames equal those of the server; bad files and interrupts leave nothing half-written."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Usd, UsdSkel
from typer.testing import CliRunner, Result

from a2f_server import arkit
from a2f_server.animate_command import animator, command, workers
from a2f_server.animation_files import unity_anim
from a2f_server.animation_files.glb import Avatar
from a2f_server.cli import app
from a2f_server.clip import FaceClip, quantise
from a2f_server.errors import BadMessage
from a2f_server.settings import Settings
from a2f_server.timecode import NTSC
from tests.conftest import ROOT
from tests.support.running import Running
from tests.support.sounds import buzz, encoded, wav
from tests.support.waiting import until

SOUND = wav(buzz(0.7, 16000), 16000)
HEAD = str(ROOT / "web/avatar/head.glb")
ENVIRONMENT = {f"A2F_{name.upper()}": "" for name in Settings.model_fields} | {"A2F_BACKEND": "mock"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.wav").write_bytes(SOUND)
    return tmp_path


def animate(*arguments: str, data: bytes | None = None) -> Result:
    words = ["animate", "--jobs", "1", *arguments]
    return CliRunner().invoke(app, words, env=ENVIRONMENT | {"COLUMNS": "200"}, input=data)


def done(*arguments: str, data: bytes | None = None) -> Result:
    result = animate(*arguments, data=data)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str) -> str:
    result = animate(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.stderr


def served(server: Running, data: bytes, **query: Any) -> FaceClip:
    with server.http() as http:
        return FaceClip.from_json(http.post("/v1/animate", content=data, params=query).raise_for_status().content)


def csv_of(path: str, fps: int = 30) -> FaceClip:
    return FaceClip.from_csv(Path(path).read_text("utf-8"), fps)


@pytest.mark.parametrize(
    ("data", "options", "query"),
    [
        (SOUND, [], {}),
        (SOUND, ["--fps", "60", "--emotion", "joy=.4,fear=.1", "--seed", "7"], {"fps": 60, "seed": 7}),
        (SOUND, ["--profile", "smooth"], {"profile": "smooth"}),
        (wav(buzz(0.5, 44100, 2), 44100), ["--channel", "left", "--fps", "25"], {"channel": "left", "fps": 25}),
        (encoded(buzz(0.5, 24000), 24000, "FLAC"), [], {}),
        (encoded(buzz(0.5, 48000), 48000, "OGG", "OPUS"), [], {}),
        (SOUND + SOUND, [], {}),
    ],
    ids=["wav", "options", "profile", "stereo", "flac", "opus", "joined"],
)
def test_frames_are_those_of_the_server(
    server: Running, data: bytes, options: list[str], query: dict[str, Any]
) -> None:
    if "--emotion" in options:
        query = {**query, "emotions": json.dumps({"joy": 0.4, "fear": 0.1})}
    Path("b.audio").write_bytes(data)
    done("b.audio", "--format", "json,npz", *options)
    expected = served(server, data, **query)
    assert FaceClip.from_json(Path("b.json").read_bytes()).to_json() == expected.to_json()
    with Path("b.npz").open("rb") as file:
        clip = FaceClip.load(file)
    assert np.array_equal(quantise(clip.weights), np.rint(clip.weights.astype(float) * 65535))
    assert clip.to_json() == expected.to_json()


def test_every_format_has_the_same_frames() -> None:
    options = ["--avatar", HEAD, "--mesh", "Body/Face", "--out", "out"]
    result = done("a.wav", "--format", "csv,json", "--format", "npz,glb,usd,usda,anim", *options)
    clip = csv_of("out/a.csv")
    assert len(clip) == 21
    assert FaceClip.from_json(Path("out/a.json").read_bytes()).to_json() == clip.to_json()
    with Path("out/a.npz").open("rb") as file:
        assert np.array_equal(quantise(FaceClip.load(file).weights), quantise(clip.weights))
    for name in ("out/a.usd", "out/a.usda"):
        stage = Usd.Stage.Open(name)
        weights = UsdSkel.Animation(stage.GetDefaultPrim()).GetBlendShapeWeightsAttr()
        assert np.array_equal(quantise(np.array([weights.Get(i) for i in range(21)])), quantise(clip.weights))
    with Path("out/a.npz").open("rb") as file:
        exact = FaceClip.load(file)
    assert Path("out/a.glb").read_bytes() == Avatar(Path(HEAD).read_bytes()).bake(exact, "a")
    unity_anim.write(exact, Path("expected.anim"), "a", "Body/Face")
    assert Path("out/a.anim").read_bytes() == Path("expected.anim").read_bytes()
    assert "out/a.glb" in result.stdout
    assert "1 animated: 0.7 s of audio" in result.stdout


def test_start_time_codes_and_drop_frame() -> None:
    done("a.wav", "--format", "csv,usd", "--fps", "29.97", "--start-timecode", "00:00:59;20")
    lines = Path("a.csv").read_text().splitlines()
    assert lines[1].startswith("00:00:59;20.000,61,")
    assert lines[11].startswith("00:01:00;02.000,61,")
    stage = Usd.Stage.Open("a.usd")
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (1790, 1790 + 20)
    assert stage.GetTimeCodesPerSecond() == float(NTSC[30])


def test_frames_at_ntsc_rates_are_interpolated() -> None:
    done("a.wav", "--format", "json", "--fps", "60", "--out", "whole")
    done("a.wav", "--format", "json", "--fps", "29.97", "--out", "ntsc")
    whole = FaceClip.from_json(Path("whole/a.json").read_bytes())
    clip = FaceClip.from_json(Path("ntsc/a.json").read_bytes())
    assert clip.fps == NTSC[30]
    assert np.allclose(clip.weights, whole.resample(NTSC[30]).weights, rtol=0, atol=2e-4)


def test_a_bad_file_does_not_stop_the_others() -> None:
    Path("bad.wav").write_bytes(b"RIFF, but no audio at all")
    Path("empty.wav").touch()
    Path("text.wav").write_text("hello")
    Path("z.wav").write_bytes(SOUND)
    result = animate("a.wav", "bad.wav", "gone.wav", "empty.wav", "text.wav", "z.wav", "--out", "out")
    assert result.exit_code == 1
    assert sorted(os.listdir("out")) == ["a.csv", "z.csv"]
    for name in ("bad.wav", "gone.wav", "empty.wav", "text.wav"):
        assert f"a2f-server: {name}: " in result.stderr
    assert "the audio file is empty" in result.stderr
    assert "2 animated, 4 failed" in result.stdout
    assert "Traceback" not in result.output


def test_what_exists_is_skipped_unless_forced() -> None:
    Path("a.csv").write_text("mine")
    result = done("a.wav", "--format", "csv,npz")
    assert Path("a.csv").read_text() == "mine"
    assert Path("a.npz").exists(), "only what is missing is written"
    assert "skipped" in done("a.wav", "--format", "csv,npz").stdout
    assert "a.csv" not in result.stdout
    done("a.wav", "--force")
    assert len(csv_of("a.csv")) == 21


def test_the_standard_input() -> None:
    done("-", data=SOUND)
    assert len(csv_of("stdin.csv")) == 21
    assert animate("-", "--force", data=b"").exit_code == 1


@pytest.mark.parametrize("name", ["with space", 'it\'s "quoted"', "日本語 é", "-dash", "a\nb", "[x]", "x" * 240])
def test_odd_names(name: str) -> None:
    Path(f"{name}.wav").write_bytes(SOUND)
    done("--out", "out", "--", f"{name}.wav")
    assert len(csv_of(f"out/{name}.csv")) == 21


def test_a_folder_is_mirrored() -> None:
    for name in ("in/x/one.wav", "in/two.wav"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(SOUND)
    done("in", "--out", "out")
    assert sorted(str(path) for path in Path("out").rglob("*.csv")) == ["out/two.csv", "out/x/one.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "fbx"], "no format 'fbx'"),
        (["--format", ","], "at least one"),
        (["--format", "glb"], "--avatar"),
        (["--avatar", HEAD], "--format glb"),
        (["--mesh", "Body"], "--format anim"),
        (["--format", "glb", "--avatar", "a.wav"], "--avatar a.wav: this is not a GLB"),
        (["--format", "glb", "--avatar", "/dev/zero"], "--avatar /dev/zero: this is not a file"),
        (["--format", "glb", "--avatar", "none.glb"], "none.glb: No such file"),
        (["--fps", "24.5"], "fps: 24.5 is neither"),
        (["--fps", "1000"], "fps: 1000 is neither"),
        (["--emotion", "joy"], "joy=0.4"),
        (["--emotion", "joy=much"], "joy=0.4"),
        (["--emotion", "joy=2"], "less than or equal to 1"),
        (["--emotion", "joy=nan"], "--emotions.joy"),
        (["--emotion", "zeal=.1"], "no emotion 'zeal'"),
        (["--seed", "-1"], "--seed"),
        (["--profile", "none"], "no profile 'none'"),
        (["--profile", "mmd"], "other names"),
        (["--start-timecode", "soon"], "HH:MM:SS:FF"),
        (["--start-timecode", "00:00:00;00"], "drop-frame"),
        (["--backend", "none"], "no backend 'none'"),
        (["--set", "fps=9"], "A2F_FPS"),
        (["--set", "speed=9"], "--set speed"),
        (["--jobs", "0"], "--jobs"),
        (["--channel", "both"], "--channel"),
        (["--out", "a.wav"], "a.wav: there is a file of this name, not a folder"),
        (["--out", "a.wav/deeper"], "a.wav"),
    ],
)
def test_nonsense_is_refused_before_anything_is_written(arguments: list[str], words: str) -> None:
    before = sorted(os.listdir())
    assert words in refused("a.wav", *arguments)
    assert sorted(os.listdir()) == before


def test_an_output_never_replaces_an_input() -> None:
    Path("b.csv").write_bytes(SOUND)
    assert "would replace an input" in refused("b.csv", "--force")
    assert Path("b.csv").read_bytes() == SOUND


def test_other_names_are_written_as_json() -> None:
    done("a.wav", "--profile", "mmd", "--format", "json,usd")
    assert "あ" in FaceClip.from_json(Path("a.json").read_bytes()).names


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_stops_the_work(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def full(*_: Any) -> None:
        Path(_[2]).write_text("half")
        raise OSError(code, os.strerror(code), str(_[2]))

    Path("b.wav").write_bytes(SOUND)
    monkeypatch.setitem(animator.FORMATS, "csv", animator.FORMATS["csv"].__class__(".csv", full))
    result = animate("a.wav", "b.wav", "--out", "out")
    assert result.exit_code == 1
    assert os.strerror(code) in result.stderr
    assert "stopped" in result.stderr
    assert os.listdir("out") == []


@pytest.mark.parametrize("name", ["csv", "usd", "usda"])
def test_an_output_that_cannot_be_written_is_named(name: str) -> None:
    """The message has neither the temporary file nor USD's own lines."""
    Path(f"out/a.{name}").mkdir(parents=True)
    result = animate("a.wav", "--format", name, "--out", "out", "--force")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"a2f-server: a.wav: out/a.{name}: Is a directory"]
    assert os.listdir("out") == [f"a.{name}"]


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "out/tmp123")

    monkeypatch.setattr(command, "TemporaryFile", refuse)
    assert refused("a.wav", "--out", "out") == "a2f-server: out: Permission denied\n"


@pytest.mark.parametrize("name", ["anim", "glb", "json", "usda"])
def test_a_name_that_is_not_utf8(name: str) -> None:
    source = Path(os.fsdecode(b"\xff.wav"))
    source.write_bytes(SOUND)
    done(str(source), "--format", name, *(["--avatar", HEAD] if name == "glb" else []))
    assert source.with_suffix(f".{name}").stat().st_size > 100


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = animator.Plan(Settings(backend="mock"), animator.FileOptions(), 30, ["csv"], Path("out"))
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadMessage, match="no audio on the standard input"):
        command.run(["-"], plan, 1)


def test_a_file_that_disappears_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = animator._read

    def gone(source: Any) -> bytes:
        source.path.unlink()
        return reading(source)

    monkeypatch.setattr(animator, "_read", gone)
    result = animate("a.wav")
    assert result.exit_code == 1
    assert result.stderr == "a2f-server: a.wav: No such file or directory\n"


def test_a_file_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animator, "MOST_BYTES", 100)
    assert "split it" in animate("a.wav").stderr


def spawn(*arguments: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "a2f_server", "animate", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, env={**os.environ, **ENVIRONMENT}, text=True, start_new_session=True, **pipes)


def test_several_processes_write_the_same_files() -> None:
    for i in range(5):
        Path(f"in{i}.wav").write_bytes(wav(buzz(0.3 + i / 10, 16000, seed=i), 16000))
    Path("bad.wav").write_text("hello")
    done("*[0-9].wav", "--out", "one")
    with spawn("*[0-9].wav", "bad.wav", "--out", "two", "--jobs", "2") as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "bad.wav: this is not a known audio file" in err
    assert "5 animated, 1 failed" in out
    for i in range(5):
        assert Path(f"one/in{i}.csv").read_bytes() == Path(f"two/in{i}.csv").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_what_is_done(number: signal.Signals) -> None:
    Path("long.wav").write_bytes(wav(buzz(590, 8000), 8000))
    names = ["a.wav", "long.wav", *(f"copy{i}.wav" for i in range(200))]
    for name in names[2:]:
        os.link("long.wav", name)
    with spawn(*names, "--out", "out", "--jobs", "2", "--format", "csv") as process:
        until(lambda: Path("out/a.csv").exists() or process.poll() is not None, 120)
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "what is done stays" in err
    assert "Traceback" not in err
    left = set(os.listdir("out"))
    assert "a.csv" in left
    assert not [name for name in left if name.startswith(".")]
    assert len(csv_of("out/a.csv")) == 21


def _kill_own_process(source: Any) -> Any:
    if "killer" in source.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return workers.FileResult(source.name, 1.0, ["x"])


def test_a_process_that_dies_takes_no_other_file_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plan: Any = None
    monkeypatch.setattr(workers, "_animate", _kill_own_process)
    sources = [workers.SourceFile(Path(name), Path(name)) for name in ("a", "killer", "b", "c", "d")]
    results = list(workers.run_in_processes(plan, sources, 2))
    problems = {result.name: result.problem for result in results}
    assert problems == {name: (workers.ENDED if name == "killer" else None) for name in problems}
    assert sorted(problems) == sorted(source.name for source in sources)


def test_many_files_take_no_more_memory_and_no_open_files() -> None:
    """The mock animates 300 short files in this process; handles and memory stay as they are."""
    Path("in").mkdir()
    for i in range(300):
        os.link("a.wav", f"in/{i}.wav")
    plan = animator.Plan(Settings(backend="mock"), animator.FileOptions(), 30, ["csv"], Path("out"))
    results = workers.run_here(plan, [workers.SourceFile(Path(f"in/{i}.wav"), Path(str(i))) for i in range(300)])
    handles = [len(os.listdir("/proc/self/fd")) for _ in results]
    assert len(os.listdir("out")) == 300
    assert max(handles) < min(handles) + 10, "a few belong to threads of other tests"


def test_arkit_names_are_the_columns() -> None:
    done("a.wav", "--format", "json")
    assert FaceClip.from_json(Path("a.json").read_bytes()).names == arkit.NAMES
