"""The protobuf messages of other systems. `scripts/protos.py` generates the code from the .proto files."""
