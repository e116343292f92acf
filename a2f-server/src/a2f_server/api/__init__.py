"""The endpoints. Each only translates between its messages and an utterance."""
