"""The log reaches CloudWatch, here moto's on loopback; what happens there never touches the server or the local log."""

from __future__ import annotations

import json
import logging
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import structlog
from moto.server import ThreadedMotoServer

from a2f_server import cloudwatch, log_queue, logs
from a2f_server.cloudwatch import Destination
from tests.support.processes import free_port
from tests.support.running import PATIENCE, run_server
from tests.support.waiting import until

GROUP = "/tests/a2f"
SECRET = "a secret of the tests"
HERE = Destination(GROUP, "here")


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Yields the address of a stand-in for AWS."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def configured(aws: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns a client of the stand-in, which the environment names."""
    point_at(aws, monkeypatch)
    client = boto3.client("logs", region_name="eu-central-1")
    for group in client.describe_log_groups()["logGroups"]:
        client.delete_log_group(logGroupName=group["logGroupName"])
    return client


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield
    root.handlers, root.level = before, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def without_the_lines_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in and the clients of the tests log in this process, too."""
    for name in ("werkzeug", "httpx", "httpcore", "websockets"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", False)


def point_at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def sent(client: Any, stream: str = "here") -> list[dict[str, Any]]:
    events = client.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)["events"]
    return [json.loads(event["message"]) for event in events]


def test_lines_arrive_as_json_in_order(configured: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", as_json=False, copy=HERE)
    for i in range(100):
        structlog.get_logger("test").info("line", number=i)
    logging.getLogger("another.library").warning("%s %d", "plain", 1)
    logs.flush()
    *lines, last = sent(configured)
    assert [line["number"] for line in lines] == list(range(100))
    assert {"event", "level", "timestamp", "number"} <= lines[0].keys()
    assert (last["event"], last["level"]) == ("plain 1", "warning")
    assert capsys.readouterr().err.count("number=") == 100


def test_an_existing_group_and_stream_are_used(configured: Any) -> None:
    configured.create_log_group(logGroupName=GROUP)
    configured.create_log_stream(logGroupName=GROUP, logStreamName="here")
    for text in ("first", "second"):
        logs.configure("info", as_json=False, copy=HERE)
        structlog.get_logger("test").info(text)
        logs.flush()
    assert [line["event"] for line in sent(configured)] == ["first", "second"]


def test_a_level_holds_for_the_copy_too(configured: Any) -> None:
    logs.configure("warning", as_json=False, copy=HERE)
    structlog.get_logger("test").info("quiet")
    structlog.get_logger("test").warning("loud")
    logs.flush()
    assert [line["event"] for line in sent(configured)] == ["loud"]


def test_keys_and_tokens_are_not_sent(configured: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", as_json=True, copy=HERE)
    key = "an api key of the tests"
    with run_server(api_key=key) as server, server.http(headers={"Authorization": f"Bearer {key}"}) as http:
        token = http.post("/v1/token").json()["token"]
        http.get(f"/health?token={token}")
        http.post("/v1/animate", content=b"text")
        with server.talk(f"/ws?token={token}") as talk:
            talk.expect("ready")
    logs.flush()
    text = "\n".join(map(json.dumps, sent(configured)))
    assert "unsupported_audio" in text
    written = capsys.readouterr().err
    for secret in (key, token, SECRET, "AWS4-HMAC"):
        assert secret not in text
        assert secret not in written


def test_a_dead_endpoint_is_one_warning_and_costs_no_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    point_at(f"http://127.0.0.1:{free_port()}", monkeypatch)
    logs.configure("info", as_json=False, copy=HERE)
    for i in range(3):
        structlog.get_logger("test").info("line", number=i)
        logs.flush()
    logs.flush()
    written = capsys.readouterr().err
    assert written.count("number=") == 3
    assert written.count("[warning") == 1
    assert "EndpointConnectionError" in written
    assert SECRET not in written


def test_an_endpoint_that_comes_back_is_reported(
    configured: Any, aws: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sender = cloudwatch._Sender(configured, GROUP, "here")
    logs.configure("info", as_json=False)
    batch = {"logGroupName": GROUP, "logStreamName": "here", "logEvents": [{"timestamp": 1, "message": "lost"}]}
    with monkeypatch.context() as broken:
        broken.setattr(configured, "put_log_events", lambda **_: 1 / 0)
        sender.put_log_events(**batch)
        sender.put_log_events(**batch)
    now = int(time.time() * 1000)
    sender.put_log_events(**{**batch, "logEvents": [{"timestamp": now, "message": '{"event": "sent"}'}]})
    assert sent(configured) == [{"event": "sent"}]
    logs.flush()
    written = capsys.readouterr().err
    assert written.count("ZeroDivisionError") == 1
    assert "lines_lost=2" in written


def test_an_endpoint_that_never_answers_blocks_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(log_queue, "MOST_LINES", 20)
    monkeypatch.setattr(cloudwatch, "MOST_LINES", 20)
    monkeypatch.setattr(cloudwatch, "FLUSH_S", 0.1)
    monkeypatch.setattr(cloudwatch, "SEND_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        point_at(f"http://127.0.0.1:{silent.getsockname()[1]}", monkeypatch)
        logs.configure("info", as_json=False, copy=HERE)
        local, copy = logging.getLogger().handlers
        structlog.get_logger("test").info("spoken")
        batches = copy._target._batches  # type: ignore[attr-defined]
        until(lambda: select.select([silent], [], [], 0)[0])  # the line is being sent, so none is taken from the queue
        for _ in range(100):
            structlog.get_logger("test").info("spoken")
            local.flush()
            until(lambda: not copy._records.qsize())  # type: ignore[attr-defined]
        assert batches.queues["here"].qsize() <= 20
        logs.flush()  # returns, although nothing can be sent
        written = capsys.readouterr().err
    until(lambda: "not sent to CloudWatch; it" in capsys.readouterr().err)  # the request has ended
    assert written.count("spoken") == 101
    assert written.count("too many wait") == 1


def test_a_server_that_is_stopped_sends_its_last_lines(configured: Any, aws: str) -> None:
    command = [sys.executable, "-m", "a2f_server", "serve", "--set", f"cloudwatch_group={GROUP}"]
    command += ["--set", "cloudwatch_stream=a-{process_id}", "--set", "drain_s=0", "--port", "0", "--backend", "mock"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        ready = next(line for line in process.stderr if "page=" in line)
        process.terminate()
        local = ready + process.communicate(timeout=PATIENCE)[1]
    events = [line["event"] for line in sent(configured, f"a-{process.pid}")]
    assert [event for event in events if event in ("ready", "draining", "stopped")] == ["ready", "draining", "stopped"]
    assert "stopped" in local


def test_without_a_region_the_server_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("http://127.0.0.1:1", monkeypatch)
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(ValueError, match="set AWS_REGION"):
        logs.configure("info", as_json=False, copy=HERE)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchtower", None)
    with pytest.raises(ValueError, match=r"a2f-server\[cloudwatch\]"):
        logs.configure("info", as_json=False, copy=HERE)


@pytest.mark.parametrize("stream", ["plain", "{machine_name}/{process_id}", "{unknown}", "a{b", "{0.__class__}"])
def test_any_stream_name(configured: Any, stream: str) -> None:
    destination = Destination(GROUP, stream)
    logs.configure("info", as_json=False, copy=destination)
    structlog.get_logger("test").info("line")
    logs.flush()
    assert [line["event"] for line in sent(configured, destination.stream_name)] == ["line"]
    assert "{machine_name}" not in destination.stream_name
