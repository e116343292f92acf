from a2f_server.grpc_server.protos import controller_v1_pb2 as _controller_v1_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
