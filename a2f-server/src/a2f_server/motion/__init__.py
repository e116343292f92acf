"""Post-processing of the model's frames: a list of small processors, selected by name in a profile."""
