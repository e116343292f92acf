"""The doors. Each translates its messages to an utterance and back, and holds no logic of its own."""
