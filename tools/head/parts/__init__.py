"""The parts besides the skin: eyes, ears, nostrils, teeth, tongue, hair, body."""
