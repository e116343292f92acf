"""FFmpeg's process: its limits, how it ends, and what it is given."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from a2f_server.audio import av_decoder
from a2f_server.audio.av_decoder import BROKE_OFF, AvDecoder
from a2f_server.audio.byte_range import ByteRange
from a2f_server.audio.files import AudioFile, decode_file
from a2f_server.child_environment import NEEDED
from a2f_server.errors import BadAudio, TooLong, UnsupportedAudio
from tests.audio.test_decoders import muxed
from tests.support.waiting import PATIENCE, until

BLOCK = 1 << 15
PEAK = """
import re, resource, sys
from pathlib import Path
from a2f_server.audio.files import decode_file
from a2f_server.errors import BadAudio
try:
    decode_file(sys.stdin.buffer.read(), 60)
except BadAudio:
    # getrusage would also count the process that started this one
    own = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, own)
"""


def opened(data: bytes) -> AvDecoder:
    return AvDecoder(ByteRange(data, 0, len(data)), "mov", BLOCK)


def long() -> bytes:
    """Returns a file whose sound no pipe can hold."""
    return muxed("mp4", "aac", seconds=20)


def rest(decoder: AvDecoder) -> int:
    """Reads to the end; returns the frames."""
    count = 0
    while len(block := decoder.read()):
        count += len(block)
    return count


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Returns whether the process is gone, and was waited for."""
    return process.returncode is not None and not Path(f"/proc/{process.pid}").exists()


def with_samples(count: int, size: int) -> bytes:
    """Returns a small MP4 that claims to have `count` samples of `size` bytes."""
    data = bytearray(muxed("mp4", "aac", seconds=0.1))
    at = data.index(b"stsz")
    data[at + 8 : at + 16] = struct.pack(">II", size, count)
    at = data.index(b"stts")
    data[at + 12 : at + 16] = struct.pack(">I", count)  # all of one length
    at = data.index(b"stsc")
    data[at + 16 : at + 20] = struct.pack(">I", count)  # all in the first chunk
    return bytes(data)


@pytest.mark.parametrize("count", [10_000_000, 30_000_000, 50_000_000, 0xFFFFFFFF])
@pytest.mark.parametrize("size", [0, 1])
def test_a_small_file_cannot_take_all_memory(count: int, size: int) -> None:
    line = [sys.executable, "-c", PEAK]
    done = subprocess.run(line, input=with_samples(count, size), capture_output=True, check=True, timeout=3 * PATIENCE)
    of_child, of_parent = (int(kilobytes) for kilobytes in done.stdout.splitlines()[-1].split())
    assert of_child < 0.5 * (1 << 20)
    assert of_parent < 0.25 * (1 << 20)


def test_a_process_that_is_killed_midway() -> None:
    decoder = opened(long())
    decoder.read()
    os.kill(decoder._process.pid, signal.SIGKILL)
    with pytest.raises(BadAudio, match=BROKE_OFF):
        rest(decoder)
    assert ended(decoder._process)


def test_closing_midway_leaves_no_process() -> None:
    decoder = opened(long())
    decoder.read()
    decoder.close()
    assert ended(decoder._process)
    decoder.close()


def test_losing_it_leaves_no_process() -> None:
    decoder = opened(long())
    process = decoder._process
    del decoder
    until(lambda: ended(process))


def test_a_file_that_is_too_long_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = av_decoder._start
    monkeypatch.setattr(av_decoder, "_start", lambda *arguments: started.append(start(*arguments)) or started[-1])
    with pytest.raises(TooLong):
        list(AudioFile(long(), 2))
    until(lambda: all(map(ended, started)))
    assert len(started) == 1


def test_the_whole_sound_then_nothing() -> None:
    decoder = opened(long())
    assert rest(decoder) == pytest.approx(20 * 48000, abs=2000)
    assert decoder.read().shape == (0, 1)
    decoder.close()
    assert ended(decoder._process)


def test_ctrl_c_in_the_servers_terminal_lets_it_finish() -> None:
    decoder = opened(long())
    os.kill(decoder._process.pid, signal.SIGINT)
    assert rest(decoder) == pytest.approx(20 * 48000, abs=2000)
    decoder.close()


def test_many_files_at_once() -> None:
    data = muxed("webm", "libopus", seconds=2)
    whole = decode_file(data, 60).samples
    for blocks in zip(*[AudioFile(data, 60) for _ in range(5)], strict=True):
        for block in blocks[1:]:
            assert np.array_equal(block, blocks[0])
    assert len(whole) > 48000


def test_it_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2F_API_KEY", "swordfish-4711")
    decoder = opened(long())
    given = Path(f"/proc/{decoder._process.pid}/environ").read_bytes().decode().split("\0")
    decoder.close()
    assert {line.partition("=")[0] for line in given if line} <= NEEDED


CHILDREN = {
    "raise MemoryError": BROKE_OFF,
    "import os; os.abort()": BROKE_OFF,
    "print('no header')": BROKE_OFF,
    'print(\'{"sample_rate": 8000, "channels": 1}\\n{"bytes": 8}\\nabcd\', end="")': BROKE_OFF,
    'print(\'{"error": "this file has no sound"}\')': "this file has no sound",
}


@pytest.mark.parametrize("program", CHILDREN)
def test_how_it_may_end(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av_decoder, "CHILD", tmp_path / "child.py")
    (tmp_path / "child.py").write_text(program)
    with pytest.raises(BadAudio, match=CHILDREN[program]):
        rest(opened(b"anything"))


def test_ffmpeg_that_does_not_load_is_the_servers_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av_decoder, "CHILD", tmp_path / "child.py")
    (tmp_path / "child.py").write_text("raise SystemExit(3)")
    with pytest.raises(UnsupportedAudio, match="cannot be loaded"):
        opened(b"anything")
