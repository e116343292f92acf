"""UnitalkerClip: calm eyes, and lids and upper lip at rest."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion import profiles
from a2f_server.motion.unitalker_clip import UnitalkerClip
from tests.motion.acting import acted, context, faces


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 20))
def test_columns_of_unitalker(seed: int, cut: int) -> None:
    """The columns as UniTalker numbers its 51 shapes."""
    order = profiles.load().renaming("unitalker", 30, 0)
    assert order is not None
    columns = [arkit.INDEX[name[:1].lower() + name[1:]] for name in order.names]
    face = faces(20, seed)
    made, given = acted(UnitalkerClip(context()), face, [cut])[:, columns], face[:, columns]
    assert np.array_equal(made[:, 2:14], np.clip(given[:, 2:14], 0, 1) * np.float32(0.8))
    for still in (0, 1, 45):
        assert np.array_equal(made[:, still], np.clip(given[:, still], 0, np.float32(0.01)))
    others = [i for i in range(51) if i not in {*range(14), 45}]
    assert np.array_equal(made[:, others], given[:, others])
