"""Runs networks with onnxruntime: sessions, devices, precision, batch sizes, and state that stays on a device."""
