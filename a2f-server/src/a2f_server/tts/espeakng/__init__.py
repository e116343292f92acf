"""espeak-ng, in a process of its own: text → sound, phonemes and words."""
