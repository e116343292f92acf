"""Structured logs. Connection and utterance ids travel in context variables, so every line carries them."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str, as_json: bool) -> None:
    """Send all log lines, the web server's too, to stderr in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    json: list[structlog.typing.Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    text: list[structlog.typing.Processor] = [_console()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[bare, *(json if as_json else text)])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _console() -> structlog.dev.ConsoleRenderer:
    """Tracebacks are plain: richer ones print local variables, where keys and tokens are."""
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
