"""Telephone audio is decoded as libsndfile decodes it."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from a2f_server.audio.pcm import Encoding, PcmDecoder


@pytest.mark.parametrize(("encoding", "subtype"), [("mulaw", "ULAW"), ("alaw", "ALAW")])
def test_every_code_is_the_sample_of_libsndfile(encoding: Encoding, subtype: str) -> None:
    codes = bytes(range(256))
    reference, _ = soundfile.read(
        io.BytesIO(codes), dtype="int16", samplerate=8000, channels=1, format="RAW", subtype=subtype
    )
    assert np.array_equal(PcmDecoder(encoding).decode(codes), reference)
