"""Reads EmoTalk's checkpoint. Needs torch and transformers."""

from __future__ import annotations

from pathlib import Path

import torch

from a2f_server.backends.emotalk.network import EmoTalk


def load(file: Path, device: str) -> EmoTalk:
    """Loads the network from its file.

    Raises ValueError with an actionable message if parameters are missing, unknown or of the wrong shape.
    """
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
        network = EmoTalk({name: tuple(tensor.shape) for name, tensor in state.items()})
        network.load_state_dict(state, strict=True)
    except KeyError as error:
        raise ValueError(f"{file} is not EmoTalk's checkpoint: it has no {error.args[0]}") from None
    except Exception as error:  # torch and pickle raise all kinds of exceptions
        raise ValueError(f"{file} is not EmoTalk's checkpoint: {' '.join(str(error).split())[:500]}") from None
    return network.to(device).eval()
