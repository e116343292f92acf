"""The messages of dlp3d's WebSocket, generated from the .proto file here by `make protos`.

They have a descriptor pool of their own: a program that also loads dlp3d's client registers the same names.
"""

from google.protobuf.descriptor_pool import DescriptorPool

POOL = DescriptorPool()
