"""Loads and checks the files of a bundle, one module per kind of file. Every error names its file."""
