"""Backends from ONNX files: a small TOML file describes the network, so that it needs no code."""
