"""Runs hibari, a small neural voice for English: text in; audio, phones and words out."""
