"""Sends the log to AWS CloudWatch as well, if the extra `[cloudwatch]` is installed.

Nothing here blocks the caller, and a failure costs only the lines in CloudWatch: the local log has them all.
"""

from __future__ import annotations

import logging
import os
import platform
from dataclasses import dataclass
from typing import Any

import structlog

from a2f_server.log_queue import MOST_LINES, QueueingHandler

log = structlog.get_logger(__name__)

SEND_S = 5
"""Seconds for which lines are collected before they are sent."""
FLUSH_S = 2
"""Seconds that sending the last lines may take at shutdown."""
CONNECT_S, ANSWER_S = 3, 5
"""Seconds that connecting to AWS and waiting for its answer may take, per request."""
AWS_LOGGERS = ("boto3", "botocore", "urllib3")
OWN_LOGGERS = (*AWS_LOGGERS, __name__)
"""Not sent: their lines are about sending, so each would cause more of them."""
NOT_INSTALLED = "A2F_CLOUDWATCH_GROUP: first pip install 'a2f-server[cloudwatch]'"


@dataclass(frozen=True)
class Destination:
    """A log group and a stream in it, where {machine_name} and {process_id} are replaced."""

    group: str
    stream: str

    @property
    def stream_name(self) -> str:
        """The stream's name, without characters that CloudWatch refuses."""
        known = {"{machine_name}": platform.node() or "unknown", "{process_id}": str(os.getpid())}
        name = self.stream
        for placeholder, value in known.items():
            name = name.replace(placeholder, value)
        return name.replace(":", "-").replace("*", "-")


def destination(group: str | None, stream: str) -> Destination | None:
    """Returns the destination that the settings name, or None without a group."""
    return Destination(group, stream) if group else None


def handler(to: Destination, formatter: logging.Formatter) -> logging.Handler:
    """Returns a handler that never blocks. Raises ValueError with an actionable message."""
    try:
        import watchtower  # noqa: PLC0415 - an extra
    except ImportError:
        raise ValueError(NOT_INSTALLED) from None
    stream = to.stream_name
    batches = watchtower.CloudWatchLogHandler(
        log_group_name=to.group,
        log_stream_name=stream.replace("{", "{{").replace("}", "}}"),
        send_interval=SEND_S,
        boto3_client=_Sender(_client(), to.group, stream),
        create_log_group=False,  # this would block; _Sender creates it when needed
    )
    batches.FLUSH_TIMEOUT = FLUSH_S
    batches.setFormatter(formatter)
    return _CloudWatchHandler(_Bounded(batches))


def _client() -> Any:
    """Returns AWS's client. Raises ValueError with an actionable message."""
    try:
        import boto3  # noqa: PLC0415 - an extra
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError:
        raise ValueError(NOT_INSTALLED) from None
    for name in AWS_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)  # at level debug they log request headers
    limits = Config(connect_timeout=CONNECT_S, read_timeout=ANSWER_S, retries={"total_max_attempts": 1})
    try:
        return boto3.client("logs", region_name=os.environ.get("AWS_REGION") or None, config=limits)
    except (BotoCoreError, ValueError) as error:
        raise ValueError(f"A2F_CLOUDWATCH_GROUP: set AWS_REGION and credentials; AWS says: {error}") from None


class _CloudWatchHandler(QueueingHandler):
    """Sends the last lines when flushed, for FLUSH_S seconds at most."""

    def flush(self) -> None:
        super().flush()
        self._target.flush()


class _Bounded(logging.Handler):
    """Passes records on while fewer than MOST_LINES wait to be sent: watchtower's own queue is unbounded."""

    def __init__(self, batches: Any) -> None:
        super().__init__()
        self._batches, self._full = batches, False

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OWN_LOGGERS) or not record.getMessage():
            return
        if sum(queue.qsize() for queue in self._batches.queues.values()) < MOST_LINES:
            self._full = False
            self._batches.handle(record)
        elif not self._full:
            self._full = True
            log.warning("lines are not sent to CloudWatch: too many wait", most=MOST_LINES)

    def flush(self) -> None:
        self._batches.flush()


class _Sender:
    """A boto3 client that creates the group and stream if needed, and reports an outage with one line."""

    def __init__(self, client: Any, group: str, stream: str) -> None:
        self._client, self._group, self._stream = client, group, stream
        self._lost = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_log_events(self, **request: Any) -> dict[str, object]:
        """Sends a batch, or drops it. Called on watchtower's thread."""
        lines = len(request["logEvents"])
        try:
            self._put(request)
        except Exception as error:
            self._report_outage(error, lines)
        else:
            self._report_recovery()
        return {}

    def _put(self, request: dict[str, Any]) -> None:
        try:
            self._client.put_log_events(**request)
        except self._client.exceptions.ResourceNotFoundException:
            self._create()
            self._client.put_log_events(**request)

    def _create(self) -> None:
        stream = {"logGroupName": self._group, "logStreamName": self._stream}
        exceptions = self._client.exceptions
        try:
            self._client.create_log_stream(**stream)
        except exceptions.ResourceAlreadyExistsException:
            return
        except exceptions.ResourceNotFoundException:
            self._client.create_log_group(logGroupName=self._group)
            self._client.create_log_stream(**stream)

    def _report_outage(self, error: Exception, lines: int) -> None:
        if not self._lost:
            log.warning(
                "the log is not sent to CloudWatch; it is complete here", reason=_reason(error), group=self._group
            )
        self._lost += lines

    def _report_recovery(self) -> None:
        if self._lost:
            log.info("the log is sent to CloudWatch again", lines_lost=self._lost)
            self._lost = 0


def _reason(error: Exception) -> str:
    """Returns AWS's error code, or the exception's name. Some error texts quote the request with its session token."""
    code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code")
    return str(code or type(error).__name__)
