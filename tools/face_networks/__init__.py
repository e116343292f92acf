"""Converts the networks of a face landmarker from TensorFlow Lite to ONNX, as a2f_server/portrait ships them."""
