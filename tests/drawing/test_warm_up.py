"""Warming up compiles every function that drawing calls."""

from __future__ import annotations

from a2f_server.drawing import blending, placement, rasteriser, shading, yuv
from a2f_server.drawing.warm_up import warm_up
from tests.drawing.scenes import drawn, framed, painted, quad


def compiled() -> dict[str, int]:
    """For each compiled function, for how many types of arguments it was compiled."""
    functions = [
        getattr(module, name) for module in (blending, placement, rasteriser, shading, yuv) for name in dir(module)
    ]
    return {each.__name__: len(each.signatures) for each in functions if hasattr(each, "signatures")}


def test_nothing_is_compiled_after_the_warm_up() -> None:
    warm_up()
    before = compiled()
    assert before["blend"] > 0
    assert before["add_moves"] > 0
    building = framed()
    quad(building, material=painted(building, (1, 1, 1, 0.5), alphaMode="BLEND"))
    quad(building)
    drawn(building, jawOpen=1.0)
    assert compiled() == before
