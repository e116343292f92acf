"""Converts the networks of a face landmarker from TensorFlow Lite to ONNX, for a2f_server/portrait."""
