"""Writes the small ONNX graphs that the server runs beside a model's own."""
