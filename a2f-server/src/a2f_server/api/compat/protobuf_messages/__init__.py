"""The messages of dlp3d's WebSocket, generated from the .proto file here by `make protos`.

They are in a pool of their own: a program may have dlp3d's description of the same names, too.
"""

from google.protobuf.descriptor_pool import DescriptorPool

POOL = DescriptorPool()
