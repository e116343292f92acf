"""Backends from ONNX files: a TOML file describes the network, so that none needs code of its own."""
