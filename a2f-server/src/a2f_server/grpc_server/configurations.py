"""NVIDIA's service of sample configurations: lists the supported parameters with neutral values."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.message import DecodeError

from a2f_server.errors import BadMessage
from a2f_server.grpc_server.call import Call
from a2f_server.grpc_server.face_parameters import RANGES
from a2f_server.grpc_server.protos.a2x_export_config_v1_pb2 import A2XConfig, ConfigsTypeRequest
from a2f_server.grpc_server.stream_header import SHAPES
from a2f_server.motion.emotion import BLEND_S

NAME = "nvidia_ace.services.a2x_export_config.v1.A2XExportConfigService"


async def get_configs(call: Call) -> None:
    """Sends one configuration, as JSON, which clients read as YAML."""
    message = await call.inbox.first()
    try:
        ConfigsTypeRequest.FromString(message)
    except DecodeError:
        raise BadMessage("this is not a ConfigsTypeRequest") from None
    config = A2XConfig(name="a2f-server", content=json.dumps(neutral(), indent=2))
    await call.write(config.SerializeToString())


def neutral() -> dict[str, Any]:
    """Returns the configuration in the form that NVIDIA's sample client reads."""
    strengths = {name: float(name.endswith("Strength")) for name in RANGES}
    return {
        "face_parameters": strengths,
        "blendshape_parameters": {
            "enable_clamping_bs_weight": False,
            "multipliers": dict.fromkeys(SHAPES, 1.0),
            "offsets": dict.fromkeys(SHAPES, 0.0),
        },
        "live_transition_time": BLEND_S,
    }
