"""Runs networks with onnxruntime: sessions, devices, precision, batches."""
