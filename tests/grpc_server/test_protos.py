"""The generated messages are those of the .proto files, and stand beside other descriptions of the same names."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from google.protobuf import descriptor_pool

from a2f_server.grpc_server.protos import POOL, emotalk_pb2

ROOT = Path(__file__).parents[2]


def test_the_generated_code_is_up_to_date() -> None:
    script = run_path(str(ROOT / "scripts/protos.py"))
    kept = script["kept"]()
    assert len(kept) > 20
    assert script["generate"]() == kept


def test_a_program_may_have_messages_of_the_same_names() -> None:
    name = emotalk_pb2.AudioRequest.DESCRIPTOR.full_name
    assert POOL.FindMessageTypeByName(name)
    other = descriptor_pool.DescriptorPool()
    other.AddSerializedFile(emotalk_pb2.DESCRIPTOR.serialized_pb)
    assert other.FindMessageTypeByName(name) is not emotalk_pb2.AudioRequest.DESCRIPTOR
