"""EmoTalk: a PyTorch network with two wav2vec2 encoders."""
