"""One portrait maker, and one portrait of the sample, for all tests."""

from __future__ import annotations

import pytest

from a2f_server.portrait.portrait import Portrait, PortraitMaker
from tests.support.pictures import SAMPLE


@pytest.fixture(scope="session")
def maker() -> PortraitMaker:
    return PortraitMaker()


@pytest.fixture(scope="session")
def portrait(maker: PortraitMaker) -> Portrait:
    return maker.make(SAMPLE.read_bytes())
