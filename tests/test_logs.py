"""Log lines contain ids, and never a secret, not even in a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from a2f_server import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield
    root.handlers, root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    logs.configure("info", as_json)
    secret = "TOP" + "SECRET"

    def fails(token: str) -> None:
        raise ZeroDivisionError(len(token))

    try:
        fails(secret)
    except ZeroDivisionError:
        structlog.get_logger("test").exception("it failed", connection=7)
        logging.getLogger("another").exception("so did this")
    logs.flush()
    written = capsys.readouterr().err
    assert written.count("ZeroDivisionError: 9") == 2
    assert "connection" in written
    assert secret not in written


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", as_json=True)
    structlog.get_logger("test").info("quiet")
    structlog.get_logger("test").warning("loud")
    logs.flush()
    written = capsys.readouterr().err
    assert "quiet" not in written
    assert '"event": "loud"' in written
