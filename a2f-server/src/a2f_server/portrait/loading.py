"""Loads the portrait maker, or reports how to install its packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2f_server.errors import NotInstalled

if TYPE_CHECKING:
    from a2f_server.portrait.portrait import PortraitMaker


def load_maker() -> PortraitMaker:
    """Loads the networks, in about 0.1 s. Raises NotInstalled if Pillow or onnxruntime is missing."""
    try:
        from a2f_server.portrait.portrait import PortraitMaker  # noqa: PLC0415 - an extra

        return PortraitMaker()
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"portraits need the module {error.name}: pip install 'a2f-server[portrait]' (in a checkout '.[portrait]')"
        ) from None
    except ValueError as error:  # onnxruntime
        raise NotInstalled(str(error)) from None
