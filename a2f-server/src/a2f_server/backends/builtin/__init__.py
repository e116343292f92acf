"""The built-in model: a small network that is part of the package."""
