"""Runs a bundle's network and the projection with onnxruntime."""
