"""Opens a bundle's network on a device."""

from __future__ import annotations

from a2f_server.backends.audio2face3d.bundle import NetworkSpec
from a2f_server.backends.audio2face3d.network.base import Network, Precision, first_line
from a2f_server.backends.audio2face3d.network.diffusion import Diffusion, Latents
from a2f_server.backends.audio2face3d.network.regression import Regression
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.buckets import ONE_BY_ONE, bucket_sizes
from a2f_server.onnx_runtime.session import DeviceKind

__all__ = ["Diffusion", "Latents", "Network", "Precision", "Regression", "open_network"]


def open_network(
    spec: NetworkSpec,
    projection: Projection,
    *,
    strength: float = 1.0,
    device: str = "auto",
    precision: Precision = "fp32",
    largest: int = 64,
) -> Regression | Diffusion:
    """Opens the bundle's network on the device that A2F_DEVICE asks for, and warms it up.

    `strength` scales the audio (`input_strength`); `largest` is the largest batch on a GPU, in windows. Raises
    ValueError with an actionable message if a required GPU is missing, memory is too small for a single window, or
    the network outputs NaN or infinity.
    """
    kind = Regression if spec.kind == "regression" else Diffusion
    opened: dict[DeviceKind, Regression | Diffusion] = {}

    def open_on(device_kind: DeviceKind) -> Regression | Diffusion:
        made: Regression | Diffusion = kind(spec, projection, device_kind, strength=strength, precision=precision)
        try:
            made.try_batch(1)
        except Exception as error:
            if device_kind == "cuda" or isinstance(error, ValueError):
                raise
            raise made.failure(error) from None
        opened[device_kind] = made
        return made

    chosen = onnx.choose_device(device, open_on)
    network = opened.get(chosen) or open_on(chosen)
    network.check()
    try:
        network.warm_up(
            ONE_BY_ONE if chosen == "cpu" else bucket_sizes(min(largest, kind.max_batch), kind.bucket_factor)
        )
    except ValueError:
        raise
    except Exception as error:  # drivers raise all kinds of exceptions
        raise ValueError(
            f"{spec.path} runs one window at a time, but no more ({first_line(error)}); set A2F_MAX_BATCH=1"
        ) from None
    return network
