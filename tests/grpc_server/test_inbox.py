"""Reading goes on after an error, and stops at the last message."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
import pytest

from a2f_server.errors import BadMessage
from a2f_server.grpc_server.inbox import END_OF_AUDIO, Inbox

pytestmark = pytest.mark.anyio


def reader(messages: Iterable[Any]) -> tuple[Callable[[], Awaitable[Any]], list[Any]]:
    """Returns a function that reads the messages, and a list of those that are left."""
    left = list(messages)

    async def read() -> Any:
        await asyncio.sleep(0)
        return left.pop(0) if left else await asyncio.Event().wait()

    return read, left


async def test_messages_come_in_order_until_the_last() -> None:
    read, left = reader([b"1", b"2", b"last", b"more"])
    taken = []

    async def take(message: bytes) -> bool:
        taken.append(message)
        return message == b"last"

    inbox = Inbox(read)
    inbox.start(take)
    await inbox.ended.wait()
    await inbox.close()
    assert taken == [b"1", b"2", b"last"]
    assert left == [b"more"]


async def test_after_an_error_the_rest_is_dropped_up_to_the_end() -> None:
    read, left = reader([b"1", b"2", b"3", END_OF_AUDIO, b"more"])
    failed = asyncio.Event()

    async def take(message: bytes) -> bool:
        raise BadMessage(message.decode())

    inbox = Inbox(read)
    inbox.start(take, failed.set)
    await failed.wait()
    await inbox.drain(20)
    await inbox.close()
    assert str(inbox.error) == "1"
    assert left == [b"more"]


async def test_draining_gives_up_after_a_while() -> None:
    read, left = reader([b"1"])
    inbox = Inbox(read)
    await inbox.drain(0.05)
    assert left == []
    assert not inbox.ended.is_set()
    await inbox.close()


async def test_the_end_of_the_call_is_the_end() -> None:
    read, _ = reader([b"only", grpc.aio.EOF])
    assert await Inbox(read).first() == b"only"
    read, _ = reader([grpc.aio.EOF])
    assert await Inbox(read).first() == b""


async def test_a_message_in_work_is_freed_with_its_call() -> None:
    class Message:
        pass

    message, begun = Message(), asyncio.Event()
    read, left = reader([message])
    freed = weakref.ref(message)

    async def take(_: object) -> bool:
        begun.set()
        await asyncio.Event().wait()
        return False

    inbox = Inbox(read)
    inbox.start(take)
    await begun.wait()
    del message
    gc.disable()
    try:
        await inbox.close()
        await asyncio.sleep(0)
        assert freed() is None
    finally:
        gc.enable()
    assert left == []
