"""`a2f-server video`: makes a video of a picture speaking an audio file."""
