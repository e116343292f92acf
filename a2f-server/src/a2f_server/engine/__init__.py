"""Runs the utterances of all clients together on one backend."""
