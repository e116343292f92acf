"""What happens to frames after the model: small processors in a list, chosen by name in a profile."""
