"""Recordings to measure on: the data folder, your own folder, and changes of the recording conditions."""
