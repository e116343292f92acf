"""Opens a bundle's network on its device."""

from __future__ import annotations

from a2f_server.backends.audio2face3d.diffusion import Diffusion, Latents
from a2f_server.backends.audio2face3d.fold import Fold
from a2f_server.backends.audio2face3d.inference import Network, Precision, brief
from a2f_server.backends.audio2face3d.parts import Graph
from a2f_server.backends.audio2face3d.regression import Regression
from a2f_server.backends.onnx import session as onnx
from a2f_server.backends.onnx.buckets import ONE, sizes
from a2f_server.backends.onnx.session import Place

__all__ = ["Diffusion", "Latents", "Network", "Precision", "Regression", "open_network"]


def open_network(
    graph: Graph,
    fold: Fold,
    *,
    strength: float = 1.0,
    device: str = "auto",
    precision: Precision = "fp32",
    largest: int = 64,
) -> Regression | Diffusion:
    """The bundle's network on the device that A2F_DEVICE asks for, warm.

    `strength` multiplies the sound (`input_strength`), `largest` is the most windows of a run on a GPU. Raises
    ValueError with a sentence where a demanded GPU is missing, memory does not do for one window, or what the network
    gives are no numbers.
    """
    kind = Regression if graph.kind == "regression" else Diffusion
    opened: dict[Place, Regression | Diffusion] = {}

    def open_on(place: Place) -> Regression | Diffusion:
        made: Regression | Diffusion = kind(graph, fold, place, strength=strength, precision=precision)
        try:
            made.try_batch(1)
        except Exception as error:
            if place == "cuda" or isinstance(error, ValueError):
                raise
            raise made.refusal(error) from None
        opened[place] = made
        return made

    place = onnx.place(device, open_on)
    network = opened.get(place) or open_on(place)
    network.check()
    try:
        network.warm_up(ONE if place == "cpu" else sizes(min(largest, kind.most), kind.factor))
    except ValueError:
        raise
    except Exception as error:  # whatever a driver comes up with
        raise ValueError(
            f"{graph.path} runs one window at a time, but no more ({brief(error)}); A2F_MAX_BATCH=1 does without"
        ) from None
    return network
