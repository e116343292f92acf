"""Makes the built-in model from speech that it synthesises itself."""
