"""Runs espeak-ng in a separate process: text in; audio, phonemes and words out."""
