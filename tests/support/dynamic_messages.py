"""Protobuf messages from a table, independent of the server's generated code."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = tuple[int, str, str]
"""Number, name, and type: a scalar, a message of the table, either with `repeated ` before it."""


class Messages:
    """The messages of one package, as attributes. Fields that the table lacks are ignored when parsing."""

    def __init__(self, package: str, table: dict[str, list[Field]]) -> None:
        file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
        for name, fields in table.items():
            message = file.message_type.add(name=name)
            for number, field, type in fields:
                _add(message, package, number, field, type)
        pool = descriptor_pool.DescriptorPool()  # of its own: the server may have registered the same names
        pool.Add(file)  # type: ignore[no-untyped-call]
        for name in table:
            found = pool.FindMessageTypeByName(f"{package}.{name}")  # type: ignore[no-untyped-call]
            setattr(self, name, message_factory.GetMessageClass(found))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def _add(message: Any, package: str, number: int, name: str, type: str) -> None:
    one = type.removeprefix("repeated ")
    field = message.field.add(name=name, number=number, label=3 if one != type else 1)
    if one[0].isupper():
        field.type, field.type_name = 11, f".{package}.{one}"
    else:
        field.type = descriptor_pb2.FieldDescriptorProto.Type.Value(f"TYPE_{one.upper()}")
