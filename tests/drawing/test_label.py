"""The label is legible on any background, and stays in its corner."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.drawing.label import Label
from a2f_server.drawing.renderer import Renderer
from tests.drawing.scenes import FRONT, luma, square, weights


def contrast(lighter: float, darker: float) -> float:
    """WCAG's contrast of two greys, given as Y in limited range."""

    def light(y: float) -> float:
        return max(0.0, (y - 16) / 219) ** 2.2

    return (light(lighter) + 0.05) / (light(darker) + 0.05)


def labelled(size: tuple[int, int], grey: int) -> np.ndarray:
    width, height = size
    picture = np.full((height * 3 // 2, width), grey, np.uint8)
    Label(width, height).draw(picture)
    return picture


@pytest.mark.parametrize("grey", [16, 90, 126, 180, 235])
@pytest.mark.parametrize("size", [(256, 256), (512, 512), (1280, 720)])
def test_the_text_stands_out_from_its_background(size: tuple[int, int], grey: int) -> None:
    left, top, right, bottom = Label(*size).box
    plate = luma(labelled(size, grey))[top:bottom, left:right]
    assert contrast(float(plate.max()), float(np.median(plate))) > 4.5  # WCAG AA


def test_letters_are_high_enough_to_read_and_the_label_is_small() -> None:
    for size in ((256, 256), (512, 512)):
        left, top, right, bottom = Label(*size).box
        assert bottom - top >= 14
        assert (right - left) * (bottom - top) < 0.02 * size[0] * size[1]


def test_everything_else_stays_as_it_was() -> None:
    left, top, right, bottom = Label(256, 128).box
    picture = labelled((256, 128), 100)
    changed = luma(picture) != 100
    assert not np.delete(changed, slice(top, bottom), axis=0).any()
    assert not np.delete(changed, slice(left, right), axis=1).any()
    assert right > 240
    assert bottom > 120


@pytest.mark.parametrize("size", [(16, 16), (32, 64), (64, 16)])
def test_a_tiny_picture_has_room_for_a_part_of_it(size: tuple[int, int]) -> None:
    assert labelled(size, 100).shape == (size[1] * 3 // 2, size[0])


def test_only_a_parameter_turns_it_off() -> None:
    glb = square((1, 1, 1, 1)).file()
    with_label, without = (Renderer.from_glb(glb, 128, 128, label=label) for label in (True, False))
    assert luma(Renderer.from_glb(glb, 128, 128).draw(weights(), FRONT)).min() < 130
    assert luma(with_label.draw(weights(), FRONT)).min() < 130
    assert luma(without.draw(weights(), FRONT)).min() == 235
