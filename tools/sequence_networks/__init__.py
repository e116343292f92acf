"""Small networks with the inputs, outputs and parameter names of unitalker, wav2arkit and emotalk, for tests."""
