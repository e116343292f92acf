"""The messages of the gRPC services, generated from the .proto files here by `make protos`.

They have a descriptor pool of their own: a program that imports both the server and NVIDIA's client registers the same
names twice.
"""

from google.protobuf import any_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

POOL = DescriptorPool()
"""Describes every service of the server."""

for _module in (any_pb2, health_pb2, reflection_pb2):
    POOL.AddSerializedFile(_module.DESCRIPTOR.serialized_pb)
