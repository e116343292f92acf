"""Writes the small ONNX graphs that run beside a model's own."""
