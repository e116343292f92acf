"""`POST /api/v1/process-audio-stream`: events that EmoTalk's published reader understands, the queue, and bad input."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from a2f_server import arkit
from a2f_server.api.compat import process_audio_stream
from a2f_server.engine.slot_queue import QUEUE_FULL
from tests.backends.toy import Raising
from tests.support.running import PATIENCE, Running, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until

PATH = "/api/v1/process-audio-stream"
SOUND = wav(buzz(2.01, 16000), 16000)

READER = """
const form = new FormData();
form.append("file", new Blob([Buffer.from(process.argv[2], "base64")]), "speech.wav");
const reader = (await fetch(process.argv[1], {method: "POST", body: form})).body.getReader();
const decoder = new TextDecoder();
const times = [];
for (let read; !(read = await reader.read()).done; )
  for (const line of decoder.decode(read.value).split("\\n"))  // keeps nothing between reads
    if (line.startsWith("data: ")) JSON.parse(line.slice(6)).forEach((frame) => times.push(frame.timecode));
console.log(JSON.stringify(times));
"""


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def post(http: httpx.Client, file: bytes = SOUND, **options: Any) -> httpx.Response:
    return http.post(PATH, files={"file": ("speech.wav", file, "audio/wav")}, **options)


def events(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.text.endswith("\n\n")
    return answer.text.removesuffix("\n\n").split("\n\n")


def frames(answer: httpx.Response) -> list[dict[str, Any]]:
    """Returns the frames of all events; checks that the end follows them."""
    *parts, end = events(answer)
    assert end == "event: end\ndata: []"
    lists = [json.loads(part.removeprefix("data: ")) for part in parts]
    assert all(0 < len(one) <= 10 for one in lists)
    return [frame for one in lists for frame in one]


def test_the_frames_are_those_of_animate_in_alphabetical_order(http: httpx.Client) -> None:
    answer = post(http)
    whole = http.post("/v1/animate", content=SOUND).json()
    order = [whole["blendshapes"].index(name) for name in sorted(arkit.NAMES)]
    assert [one["blendshapes"] for one in frames(answer)] == [[row[i] for i in order] for row in whole["weights"]]
    assert [one["timecode"] for one in frames(answer)] == [round(i / 30, 6) for i in range(61)]
    assert all(one.keys() == {"timecode", "blendshapes"} for one in frames(answer))


def test_the_rate_is_always_30() -> None:
    with run_server(fps=60) as server, server.http() as http:
        assert len(frames(post(http))) == 61


def test_the_order_is_that_of_emotalk() -> None:
    assert arkit.ALPHABETICAL[:3] == ("browDownLeft", "browDownRight", "browInnerUp")
    assert arkit.ALPHABETICAL[8:10] == ("eyeBlinkLeft", "eyeBlinkRight")
    assert arkit.ALPHABETICAL[24] == "jawOpen"
    assert arkit.ALPHABETICAL[-1] == "tongueOut"


def test_the_headers_let_nothing_hold_events_back(http: httpx.Client) -> None:
    headers = post(http).headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-cache", "no")


def http_chunks(server: Running, file: bytes) -> list[bytes]:
    """Returns the chunks of the answer's chunked transfer encoding."""
    request = httpx.Request("POST", server.url + PATH, files={"file": file}, headers={"Connection": "close"})
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    body, chunks = answer.partition(b"\r\n\r\n")[2], []
    while size := int(body.partition(b"\r\n")[0], 16):
        body = body.partition(b"\r\n")[2]
        chunks.append(body[:size])
        body = body[size + 2 :]
    return chunks


def test_an_event_is_one_chunk_that_fits_a_tcp_segment(server: Running) -> None:
    chunks = http_chunks(server, wav(buzz(5, 8000), 8000))
    assert len(chunks) > 50
    for chunk in chunks:
        assert chunk.startswith((b"data: ", b"event: end\n"))
        assert chunk.count(b"\n\n") == 1
        assert chunk.endswith(b"\n\n")
        assert len(chunk) < 1400


def test_the_published_reader_gets_every_frame(server: Running) -> None:
    """It parses every network read on its own. The test repeats an attempt in which the machine was so slow that
    events reached the reader together, which the pause between them is to prevent."""

    command = ["node", "--input-type=module", "-e", READER, server.url + PATH, base64.b64encode(SOUND).decode()]
    for _ in range(5):
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if run.returncode == 0:
            break
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [round(i / 30, 6) for i in range(61)]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"files": {"file": ("a.wav", b"")}}, 400),
        ({"files": {"file": ("a.wav", SOUND[:60])}}, 400),
        ({"files": {"file": ("a.wav", b"no audio at all")}}, 415),
        ({"files": {"audio": ("a.wav", SOUND)}}, 422),
        ({"data": {"file": "text"}, "files": {"other": ("a.wav", b"")}}, 422),
        ({"content": b""}, 400),
        ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 422),
    ],
)
def test_bad_input(http: httpx.Client, options: dict[str, Any], status: int) -> None:
    answer = http.post(PATH, **options)
    assert answer.status_code == status
    assert answer.json()["detail"] == answer.json()["message"]


def test_the_name_of_the_file_means_nothing(http: httpx.Client) -> None:
    assert frames(http.post(PATH, files={"file": ("../../etc/passwd", SOUND)})) == frames(post(http))


def test_a_failure_before_the_first_frame_is_an_error_of_http() -> None:
    with run_server(backend=Raising()) as server, server.http() as http:
        answer = post(http, wav(np.ones(8000, np.float32), 8000))
        assert (answer.status_code, bool(answer.json()["detail"])) == (500, True)


def test_a_later_failure_is_an_event() -> None:
    with run_server(mock_fail_after=4.9) as server, server.http() as http:
        *parts, error = events(post(http, wav(buzz(5, 8000), 8000)))
        assert parts
        assert "error" in json.loads(error.removeprefix("data: "))


def test_keys_and_origins() -> None:
    with run_server(api_key=SecretStr("correct horse battery staple")) as server, server.http() as http:
        key = {"Authorization": "Bearer correct horse battery staple"}
        for headers, status in (({}, 401), ({**key, "Origin": "https://evil.example"}, 403)):
            answer = post(http, headers=headers)
            assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
        assert len(frames(post(http, headers=key))) == 61


# The queue


@pytest.fixture
def narrow() -> Iterator[Running]:
    """One slot, and two that may wait for it."""
    with run_server(max_streams=1, queue_size=2) as server:
        yield server
        until(lambda: server.service.engine.slots.taken == 0 and server.service.uploads.held == 0)


class Waiting(threading.Thread):
    """A request in the queue."""

    def __init__(self, server: Running) -> None:
        super().__init__()
        self.answer: httpx.Response
        self._http, self._length = server.http(), server.service.slot_queue.length + 1
        self.start()
        until(lambda: server.service.slot_queue.length == self._length)

    def run(self) -> None:
        with suppress(httpx.HTTPError), self._http:
            self.answer = post(self._http)


def taken(server: Running) -> Any:
    """Takes the only slot, on the server's own thread."""
    done = threading.Event()
    slot: list[Any] = []
    loop = server.service.engine._task.get_loop()  # type: ignore[union-attr]
    loop.call_soon_threadsafe(lambda: (slot.append(server.service.engine.slots.reserve()), done.set()))
    assert done.wait(PATIENCE)
    return lambda: loop.call_soon_threadsafe(slot[0].close)


def test_requests_wait_for_a_slot_and_are_refused_beyond_the_bound(narrow: Running) -> None:
    give_back = taken(narrow)
    waiting = [Waiting(narrow), Waiting(narrow)]
    with narrow.http() as http:
        refused = post(http)
        assert (refused.status_code, refused.json()["detail"]) == (503, QUEUE_FULL)
        assert (refused.json()["reason"], refused.headers["retry-after"]) == ("queue", "1")
        assert "a2f_queue_length 2.0" in http.get("/metrics").text
        give_back()
        for one in waiting:
            one.join(PATIENCE)
            assert len(frames(one.answer)) == 61
        metrics = http.get("/metrics").text
    assert 'a2f_queue_requests_total{outcome="served"} 2.0' in metrics
    assert 'a2f_queue_requests_total{outcome="refused"} 1.0' in metrics
    assert "a2f_queue_wait_seconds_count 2.0" in metrics


def test_a_client_that_leaves_the_queue(narrow: Running) -> None:
    give_back = taken(narrow)
    request = httpx.Request("POST", narrow.url + PATH, files={"file": SOUND})
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", narrow.port), PATIENCE) as client:
        client.sendall(f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        until(lambda: narrow.service.slot_queue.length == 1)
    until(lambda: narrow.service.slot_queue.length == 0)
    last = Waiting(narrow)
    give_back()
    last.join(PATIENCE)
    assert len(frames(last.answer)) == 61


def test_a_shutdown_ends_the_wait() -> None:
    with run_server(max_streams=1, queue_size=2) as server:
        give_back = taken(server)
        waiting = Waiting(server)
        server.stop()
        waiting.join(PATIENCE)
        assert (waiting.answer.status_code, waiting.answer.json()["reason"]) == (503, "draining")
        give_back()


def test_a_hundred_at_once(narrow: Running) -> None:
    """Each of them is served or refused."""
    answers: list[int] = []

    def ask() -> None:
        with narrow.http() as http:
            answers.append(post(http, wav(buzz(0.1, 8000), 8000)).status_code)

    threads = [threading.Thread(target=ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(answers) == 100
    assert set(answers) <= {200, 503}
    assert answers.count(200) >= 3


def test_a_client_that_leaves_while_it_is_served(server: Running) -> None:
    file = wav(buzz(60, 8000), 8000)
    with server.http() as http, http.stream("POST", PATH, files={"file": file}) as answer:
        assert next(answer.iter_lines())
    until(lambda: server.service.engine.slots.taken == 0 and server.service.uploads.held == 0)


def test_a_client_that_never_reads_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_audio_stream, "PAUSE_S", 0)  # it would take long to fill the system's buffers
    with run_server(send_timeout_s=0.2) as server:
        request = httpx.Request("POST", server.url + PATH, files={"file": wav(buzz(300, 8000), 8000)})
        head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", server.port))
            client.sendall(f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
            until(lambda: server.service.engine.slots.taken == 1)
            until(lambda: server.service.engine.slots.taken == 0)
