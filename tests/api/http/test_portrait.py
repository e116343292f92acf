"""`POST /v1/portrait`: a picture in, a GLB out, and the errors for anything else."""

from __future__ import annotations

import importlib
import io
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from a2f_server import arkit
from a2f_server.api import portrait_pool
from a2f_server.api.http import portrait as route
from a2f_server.api.portrait_pool import PortraitPool
from a2f_server.portrait.portrait import Portrait
from tests.support.photos import SAMPLE, picture
from tests.support.running import Running, run_server
from tests.support.waiting import until

KEY = "a key of the tests"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A separate server, which loads the networks once."""
    with run_server(allowed_origins="https://page.example") as running:
        yield running


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def shapes(glb: bytes) -> set[str]:
    """Returns the names of the morph targets of a GLB."""
    magic, _, size = struct.unpack("<4sII", glb[:12])
    assert (magic, size) == (b"glTF", len(glb))
    (length,) = struct.unpack("<I", glb[12:16])
    document = json.loads(glb[20 : 20 + length])
    return {name for mesh in document["meshes"] for name in mesh.get("extras", {}).get("targetNames", [])}


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text[:300]
    return str(answer.json()["message"])


def test_a_picture_becomes_an_avatar_with_all_shapes(http: httpx.Client) -> None:
    answer = http.post("/v1/portrait", content=SAMPLE)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"] == "model/gltf-binary"
    assert answer.headers["x-a2f-faces"] == "1"
    assert "x-a2f-warning" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert shapes(answer.content) == set(arkit.NAMES)


def test_a_form_gives_the_same_file(http: httpx.Client) -> None:
    raw = http.post("/v1/portrait", content=SAMPLE, params={"crop": False})
    form = http.post("/v1/portrait", files={"image": ("me.jpg", SAMPLE)}, data={"crop": "false", "face": "0"})
    assert form.content == raw.content
    assert http.post("/v1/portrait", files={"image": ("me.jpg", SAMPLE)}).content != raw.content


def test_one_of_several_faces_is_chosen(http: httpx.Client) -> None:
    two = picture(380, 600, side=1000)
    largest, second = (http.post("/v1/portrait", content=two, params={"face": face}) for face in (0, 1))
    assert largest.headers["x-a2f-faces"] == second.headers["x-a2f-faces"] == "2"
    assert "face=" in largest.headers["x-a2f-warning"]
    assert largest.content != second.content
    assert "only 2 faces" in refused(http.post("/v1/portrait", content=two, params={"face": 2}), 422, "no_face")


def damaged() -> bytes:
    return SAMPLE[: len(SAMPLE) // 3]


def no_face() -> bytes:
    return picture()


def too_small() -> bytes:
    return picture(64, side=128)


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


def bomb() -> bytes:
    """A PNG of 100 megapixels in 13 kB."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (no_face, 422, "no_face", "use a photo, painting or drawing"),
        (too_small, 422, "no_face", "pixels wide"),
        (damaged, 400, "bad_picture", "damaged or cut off"),
        (svg, 415, "unsupported_picture", "send one of JPEG"),
        (bytes, 415, "unsupported_picture", "send one of JPEG"),
        (bomb, 413, "too_large", "million pixels"),
    ],
)
def test_anything_but_a_picture_of_a_face(
    http: httpx.Client, body: Callable[[], bytes], status: int, code: str, words: str
) -> None:
    assert words in refused(http.post("/v1/portrait", content=body()), status, code)


def test_fields_that_are_wrong(http: httpx.Client) -> None:
    image = {"image": ("me.jpg", SAMPLE)}
    assert "face" in refused(http.post("/v1/portrait", params={"face": -1}, content=SAMPLE), 422, "bad_message")
    assert "face" in refused(http.post("/v1/portrait", data={"face": "two"}, files=image), 422, "bad_message")
    assert "'image'" in refused(http.post("/v1/portrait", files={"photo": ("me.jpg", SAMPLE)}), 422, "bad_message")


def test_a_file_that_is_too_large(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MOST_BYTES", 1000)
    refused(http.post("/v1/portrait", content=SAMPLE), 413, "too_large")


def test_uploads_share_the_budget_and_give_it_back(server: Running, http: httpx.Client) -> None:
    for body in (SAMPLE, no_face(), svg()):
        http.post("/v1/portrait", content=body)
    until(lambda: server.service.uploads.held == 0)
    with run_server(upload_memory_bytes=1 << 20) as small, small.http() as other:
        refused(other.post("/v1/portrait", content=bytes(2 << 20)), 503, "busy")


def test_pages_elsewhere_may_read_the_headers(http: httpx.Client) -> None:
    answer = http.post("/v1/portrait", content=SAMPLE, headers={"Origin": "https://page.example"})
    assert answer.headers["access-control-allow-origin"] == "https://page.example"
    assert {"X-A2F-Faces", "X-A2F-Warning"} <= set(answer.headers["access-control-expose-headers"].split(", "))


def test_a_key_or_a_token_is_needed() -> None:
    with run_server(api_key=SecretStr(KEY)) as server, server.http() as http:
        server.service.portraits = PortraitPool(Toy)
        refused(http.post("/v1/portrait", content=SAMPLE), 401, "unauthorized")
        bearer = {"Authorization": f"Bearer {KEY}"}
        token = http.post("/v1/token", headers=bearer).json()["token"]
        for headers in (bearer, {"Authorization": f"Bearer {token}"}):
            assert http.post("/v1/portrait", content=SAMPLE, headers=headers).content == b"a face"
        wrong = http.post("/v1/portrait", content=SAMPLE, headers={"Authorization": f"Bearer {token}x"})
        assert wrong.json()["reason"] == "wrong"
        only_sockets = http.post("/v1/animate", content=SAMPLE, headers={"Authorization": f"Bearer {token}"})
        refused(only_sockets, 401, "unauthorized")


class Toy:
    """Makes a portrait of anything, once `go` is set."""

    def __init__(self, go: threading.Event | None = None) -> None:
        self._go = go

    def make(self, picture: bytes, face: int = 0, *, crop: bool = True) -> Portrait:
        if self._go:
            self._go.wait()
        return Portrait(b"a face", 512, 512, 1, None)


@pytest.fixture
def slow() -> Iterator[tuple[Running, threading.Event]]:
    """A server that makes no portrait until the event is set."""
    go = threading.Event()
    with run_server() as running:
        running.service.portraits = PortraitPool(lambda: Toy(go))
        yield running, go
        go.set()


def test_only_a_few_pictures_wait(slow: tuple[Running, threading.Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portrait_pool, "MOST_OPEN", 3)
    server, go = slow
    with server.http() as http, ThreadPoolExecutor(3) as senders:
        waiting = [senders.submit(http.post, "/v1/portrait", content=b"picture") for _ in range(3)]
        until(lambda: server.service.portraits._open == 3)
        answer = http.post("/v1/portrait", content=b"picture")
        refused(answer, 503, "busy")
        assert answer.headers["retry-after"]
        assert http.post("/v1/animate", content=b"no audio").status_code == 415  # others are served
        go.set()
        assert [one.result().status_code for one in waiting] == [200] * 3
        assert http.post("/v1/portrait", content=b"picture").status_code == 200


def test_uploads_that_do_not_end_keep_nobody_out(http: httpx.Client, server: Running) -> None:
    head = b"POST /v1/portrait HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\npicture"
    with ExitStack() as held:
        for _ in range(portrait_pool.MOST_OPEN):
            held.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(head)
        until(lambda: server.service.uploads.held >= 7 * portrait_pool.MOST_OPEN)
        assert http.post("/v1/portrait", content=SAMPLE).status_code == 200
    until(lambda: server.service.uploads.held == 0)


def test_a_picture_that_takes_too_long(slow: tuple[Running, threading.Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portrait_pool, "DEADLINE_S", 0.05)
    server, _ = slow
    with server.http() as http:
        assert "too busy" in refused(http.post("/v1/portrait", content=b"picture"), 503, "busy")


def test_a_client_that_leaves_makes_room(slow: tuple[Running, threading.Event]) -> None:
    server, go = slow
    portraits = server.service.portraits
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /v1/portrait HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 7\r\n\r\npicture")
        until(lambda: portraits._maker is not None)  # the thread has begun
    until(lambda: portraits._open == 0)
    assert server.service.uploads.held > 0  # the thread still has it
    go.set()
    until(lambda: server.service.uploads.held == 0)


def test_a_server_that_shuts_down(slow: tuple[Running, threading.Event]) -> None:
    server, go = slow
    with server.http() as http:
        server.loop.call_soon_threadsafe(server.service.engine.slots.drain_started.set)
        until(server.service.engine.slots.drain_started.is_set)
        assert "shutting down" in refused(http.post("/v1/portrait", content=b"picture"), 503, "busy")
        go.set()


def test_without_the_package(http: httpx.Client, server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, *rest: Any) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    with monkeypatch.context() as missing, run_server() as bare, bare.http() as other:
        missing.delitem(sys.modules, "a2f_server.portrait.portrait")
        missing.setitem(sys.modules, "a2f_server.portrait.portrait", None)
        message = refused(other.post("/v1/portrait", content=SAMPLE), 501, "not_installed")
    assert "pip install 'a2f-server[portrait]'" in message
    assert importlib.import_module("a2f_server.portrait.portrait").Portrait is Portrait
