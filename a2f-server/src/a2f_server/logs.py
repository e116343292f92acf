"""Structured logs. Connection and utterance ids are context variables, so every log line includes them."""

from __future__ import annotations

import logging
import sys

import structlog

from a2f_server import cloudwatch
from a2f_server.log_queue import QueueingHandler
from a2f_server.settings import Settings


def configure(level: str, as_json: bool, copy: cloudwatch.Destination | None = None) -> None:
    """Sends all log lines, including those of the web server, to stderr in one format, and as JSON to `copy`.

    Raises ValueError with an actionable message if CloudWatch is not configured.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    json: list[structlog.typing.Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    text: list[structlog.typing.Processor] = [_console()]
    structlog.configure(
        processors=[*shared, _note_exception, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),  # lines below the level cost nothing
        cache_logger_on_first_use=False,
    )

    def formatter(rendered: list[structlog.typing.Processor]) -> structlog.stdlib.ProcessorFormatter:
        return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[bare, *rendered])

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(json if as_json else text))
    root = logging.getLogger()
    root.handlers = [QueueingHandler(handler)]
    root.setLevel(level.upper())
    if copy:
        root.addHandler(cloudwatch.handler(copy, formatter(json)))


def configure_for(settings: Settings) -> None:
    """Configures the logs as the settings say. Raises ValueError as `configure` does."""
    copy = cloudwatch.destination(settings.cloudwatch_group, settings.cloudwatch_stream)
    configure(settings.log_level, settings.log_json, copy)


def flush() -> None:
    """Waits a moment until all log lines so far are written."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _note_exception(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replaces `exc_info=True` by the exception: lines are formatted on another thread, which has none."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def _console() -> structlog.dev.ConsoleRenderer:
    """Returns a renderer with plain tracebacks: rich ones print local variables, which may contain keys and tokens."""
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
