"""docs/protocol.md matches the code: its examples run against a real server, and its tables are compared."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed

from a2f_server import errors
from a2f_server.api import messages
from a2f_server.api.messages import ClientMessage
from a2f_server.api.ws import binary_messages
from a2f_server.api.ws.binary_messages import decode_frames
from a2f_server.settings import Settings
from tests.support.running import Running, Talk, run_server
from tests.support.sounds import wav
from tests.support.waiting import until
from tests.tts.toy import ToyVoice

PAGE = (Path(__file__).parents[1] / "docs/protocol.md").read_text("utf-8")
ANY = "…"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """Returns the cells of the first table after a heading, without its header."""
    section = PAGE.split(f"\n{heading}\n")[1]
    rows = re.findall(r"^\|.*\|$", section.split("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row[1:-1])] for row in first_block(rows, section)[2:]]


def first_block(rows: list[str], section: str) -> list[str]:
    lines = section.splitlines()
    start = lines.index(rows[0])
    stop = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    return lines[start:stop]


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", cell))


def fits(received: Any, example: Any) -> bool:
    """Returns whether a message matches the example. `"…"` matches anything; objects may have more fields."""
    if example == ANY:
        return True
    if isinstance(example, dict):
        fields = {name: value for name, value in example.items() if name != ANY}
        return isinstance(received, dict) and all(
            n in received and fits(received[n], value) for n, value in fields.items()
        )
    if isinstance(example, list):
        open_end = bool(example) and example[-1] == ANY
        shown = example[:-1] if open_end else example
        long_enough = isinstance(received, list) and (
            len(received) >= len(shown) if open_end else len(received) == len(shown)
        )
        return long_enough and all(map(fits, received, shown))
    return bool(received == example) and type(received) is type(example)


def fits_line(received: str, example: str) -> bool:
    """Returns whether a line of a body matches: JSON, an event's field, or text that may end in `…`."""
    if example.startswith("data: "):
        return received.startswith("data: ") and fits_line(received[6:], example[6:])
    if example.startswith("{"):
        return fits(json.loads(received), json.loads(example))
    return received.startswith(example[:-1]) if example.endswith(ANY) else received == example


# Examples over sockets


def play(talk: Talk, dialogue: str) -> None:
    """Sends the client's lines and compares the answers with the server's. `…` skips up to the next line."""
    skipping = False
    for line in dialogue.splitlines():
        arrow, rest = line[0], line[2:]
        if arrow == "→":
            size = re.fullmatch(r"(\d+) bytes", rest)
            talk.socket.send(bytes(int(size[1])) if size else rest)
        elif counted := re.fullmatch(r"(\d+) frames of utterance (\d+) from frame (\d+)", rest):
            count, utterance, first = map(int, counted.groups())
            receive_frames(talk, count, utterance, first)
        elif spoken := re.fullmatch(r"audio of utterance (\d+)", rest):
            skip_to(talk, lambda m, n=int(spoken[1]): isinstance(m, bytes) and binary_messages.decode_audio(m)[0] == n)
        elif rest == ANY:
            skipping = True
            continue
        elif closed := re.fullmatch(r"closed (\d+)", rest):
            with pytest.raises(ConnectionClosed):
                talk.hear()
            assert talk.socket.close_code == int(closed[1])
        else:
            example = json.loads(rest)
            received = skip_to(talk, lambda m, e=example: fits(m, e)) if skipping else talk.hear()
            assert fits(received, example), f"{rest}\nbut the server sent\n{received!r:.500}"
        skipping = False


def skip_to(talk: Talk, wanted: Callable[[Any], bool]) -> Any:
    """Returns the first message that is wanted; skips others."""
    while not wanted(message := talk.hear()):
        assert isinstance(message, bytes) or message["type"] not in ("end", "error", "cancelled"), message
    return message


def receive_frames(talk: Talk, count: int, utterance: int, first: int) -> None:
    """Receives this range of frames, in any number of messages."""
    stop = first + count
    while first < stop:
        message = talk.hear()
        assert isinstance(message, bytes), message
        number, _, frames = decode_frames(message)
        assert (number, frames.first) == (utterance, first)
        first += len(frames)
    assert first == stop


@pytest.mark.parametrize("dialogue", blocks("dialogue"))
def test_dialogues(server: Running, dialogue: str) -> None:
    with server.talk() as talk:
        play(talk, dialogue)


@pytest.mark.parametrize("dialogue", blocks("dialogue with a key"))
def test_dialogues_with_a_server_that_has_a_key(dialogue: str) -> None:
    with run_server(api_key=SecretStr("a long secret")) as locked, locked.talk() as talk:
        play(talk, dialogue)


@pytest.fixture(scope="module")
def speaking() -> Iterator[Running]:
    """A server with the local voice."""
    pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")
    with run_server(tts="espeak") as running:
        yield running


@pytest.mark.parametrize("dialogue", blocks("dialogue with a voice"))
def test_dialogues_with_a_voice(speaking: Running, dialogue: str) -> None:
    with speaking.talk() as talk:
        play(talk, dialogue)


@pytest.mark.parametrize("dialogue", blocks("dialogue of a session"))
def test_dialogues_of_a_legacy_session(server: Running, dialogue: str) -> None:
    with server.http() as http:
        session = http.post("/process", content=wav(np.zeros(1000), 16000)).json()
        assert session["frame_count"] == dialogue.count('"type": "frame"')
    with server.talk(f"/ws/{session['session_id']}") as talk:
        play(talk, dialogue)


# Examples over HTTP


def request(server: Running, example: str, voice: bytes) -> tuple[int, str, list[str]]:
    """Sends the lines with `>`; returns status, media type and lines of the response."""
    first, *rest = [line[2:] for line in example.splitlines() if line.startswith(">")]
    method, target = first.split(" ", 1)
    headers = dict(line.split(": ", 1) for line in rest if ": " in line and line[0] != "{")
    options: dict[str, Any] = {}
    if rest and rest[-1][0] == "{":
        options["json"] = json.loads(rest[-1])
    if "speech.wav" in rest:
        options["content"] = voice
    if "audio=@speech.wav" in rest:
        options["files"] = {"audio": ("speech.wav", voice)}
    path, _, query = target.partition("?")
    params = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    with server.http() as http:
        answer = http.request(method, path, params=params, headers=headers, **options)
    return answer.status_code, answer.headers["content-type"].partition(";")[0], answer.text.split("\n")


@pytest.mark.parametrize("example", blocks("http with a voice"))
def test_http_with_a_voice(speaking: Running, example: str) -> None:
    check_http(speaking, b"", example)


@pytest.mark.parametrize("example", blocks("http"))
def test_http(server: Running, voice: bytes, example: str) -> None:
    check_http(server, voice, example)


def check_http(server: Running, voice: bytes, example: str) -> None:
    until(lambda: not (server.service.connections or server.service.engine.slots.taken))
    status, media_type, received = request(server, example, voice)
    head, *shown = [line[2:] for line in example.splitlines() if line.startswith("<")]
    assert f"{status} {media_type}" == head
    received = received[:-1] if received[-1] == "" else received
    while shown:
        example_line = shown.pop(0)
        if example_line == ANY:
            assert len(received) >= len(shown)
            received = received[len(received) - len(shown) :]
            continue
        assert fits_line(received.pop(0), example_line), example_line
    assert not received


def test_there_are_examples() -> None:
    assert len(blocks("dialogue")) >= 3
    assert len(blocks("http")) >= 7
    assert PAGE.count("```") % 2 == 0


def test_the_matcher_detects_differences() -> None:
    assert fits({"a": 1, "b": [1, 2, 3]}, {"a": 1, "b": [1, ANY]})
    for received, example in (
        ({"a": 1}, {"a": 2}),
        ({}, {"a": ANY}),
        ([1, 2], [1]),
        ([], [1, ANY]),
        (1, True),
        ("x", "y"),
    ):
        assert not fits(received, example)


# Tables


def kinds() -> dict[str, Any]:
    union = get_args(get_args(ClientMessage)[0])
    return {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in union}


def test_client_messages_are_documented() -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in table("## Client → server")}
    assert set(rows) == {*kinds(), "binary"}
    assert set(messages.TYPES) == set(kinds())
    for name, kind in kinds().items():
        assert set(kind.model_fields) - {"type"} <= quoted(rows[name]), name


def test_audio_fields_are_documented() -> None:
    section = PAGE.split("`audio` is one of")[1].split("\n## ")[0]
    assert all(f'"{name}"' in section for name in messages.AudioFormat.model_fields)


def test_server_messages_are_documented(server: Running) -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in table("## Server → client")}
    received: dict[str, dict[str, Any]] = {}
    with server.talk() as talk:
        talk.start(format="json")
        talk.send(bytes(320))
        talk.say("end")
        while "end" not in received:
            message = talk.hear()
            assert isinstance(message, dict)
            received[message["type"]] = message
        talk.start()
        talk.send(bytes(1))
        talk.say("cancel")
        talk.say("ping")
        talk.start(audio={"encoding": "opus"})
        while "error" not in received:
            message = talk.hear()
            assert isinstance(message, dict)
            received[message["type"]] = message
    with run_server(voice=ToyVoice(), mock_fail_after=0.1) as speaking, speaking.talk() as talk:
        talk.say("speak", text="abcde")
        while (message := talk.hear()) and (isinstance(message, bytes) or message["type"] != "end"):
            if not isinstance(message, bytes):
                received[message["type"]] = {**received.get(message["type"], {}), **message}
    assert "continues" in received["error"]
    assert set(rows) == {*received, "binary"}
    for name, message in received.items():
        fields = set(message) - {"type"}
        assert fields <= quoted(rows[name]), name
    assert set(received["ready"]["limits"]) <= quoted(rows["ready"])


def test_the_binary_header_is_documented() -> None:
    section = PAGE.split("\n## Server → client\n")[1]
    rows = re.findall(r"^\| (\d+) \| (u\d+) \| (\w+)", section, re.MULTILINE)
    form = "<" + "".join({"u8": "B", "u16": "H", "u32": "I"}[type] for _, type, _ in rows)
    assert form == binary_messages._HEADER.format
    offsets = [struct.calcsize(form[: k + 1]) for k in range(len(rows))]
    assert [int(offset) for offset, _, _ in rows] == offsets
    assert [name for _, _, name in rows] == ["kind", "version", "count", "utterance", "first", "fps"]
    assert f"kind: {binary_messages.FRAMES}" in section
    assert f"version: {binary_messages.VERSION}" in section


def outcomes(kind: type[errors.A2FError] = errors.A2FError) -> Iterator[type[errors.A2FError]]:
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from outcomes(below)


def test_errors_are_documented() -> None:
    page = {
        (code.strip("`"), int(http), None if close == "—" else int(close))
        for code, _, close, http in table("## Errors")
    }
    code = {(kind.code, kind.status, kind.close) for kind in outcomes()}
    assert page == code


def test_limits_have_their_defaults() -> None:
    rows = table("## Limits")
    assert len(rows) >= 10
    for name, default, _ in rows:
        field = Settings.model_fields[name.strip("`").removeprefix("A2F_").lower()]
        assert float(default) == field.default, name


def test_named_settings_exist() -> None:
    for name in re.findall(r"A2F_[A-Z_]+", PAGE):
        assert name.removeprefix("A2F_").lower() in Settings.model_fields, name


def test_routes_are_documented(server: Running) -> None:
    rows = [cells[0].strip("`").split(" ") for cells in table("## HTTP")]
    with server.http() as http:
        listed = {(m.upper(), p) for p, ms in http.get("/openapi.json").json()["paths"].items() for m in ms}
        for method, path in rows:
            if method != "WS":
                answer = http.request(method, path)
                assert answer.status_code != 405, path
                assert "no such route" not in answer.text, path
    assert listed <= {(method, path) for method, path in rows}
    for path in (path for method, path in rows if method == "WS"):
        with server.talk(path.format(session_id="x")) as talk:
            talk.socket.send("{}")
            assert isinstance(talk.hear(), dict)


def test_links_have_targets() -> None:
    for target in re.findall(r"\]\(#([^)]+)\)", PAGE):
        headings = {
            re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", PAGE, re.M)
        }
        assert target in headings
