"""The network: its training examples, its training and its export to ONNX."""
