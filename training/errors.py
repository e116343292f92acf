"""The error that ends a training run with a message for the user."""


class TrainingError(ValueError):
    """The requested run is not possible; the message says why and what to do."""
