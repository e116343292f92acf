"""Steps of the training use bfloat16 where it is fast."""

from __future__ import annotations

import pytest
import torch

from training.network import training_run


@pytest.mark.parametrize(
    ("device", "abilities", "has"),
    [
        ("cpu", {"avx512_vnni": True, "avx512_bf16": False}, False),
        ("cpu", {"amx_bf16": True}, True),
        ("cpu", {"bf16": True}, True),
        ("cuda", {}, True),
    ],
)
def test_bfloat16_is_used_where_it_is_computed_in_hardware(
    device: str, abilities: dict[str, bool], has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert training_run._has_bfloat16(device) == has
