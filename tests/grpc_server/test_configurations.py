"""The sample configuration is one that changes nothing."""

from __future__ import annotations

import json

import numpy as np
import yaml

from a2f_server.grpc_server import configurations
from a2f_server.grpc_server.protos.a2x_export_config_v1_pb2 import A2XConfig, ConfigsTypeRequest
from tests.support.grpc_clients import animate, channel, clip, header, notices_of, weights_of
from tests.support.running import PATIENCE, Running
from tests.support.sounds import s16


def exported(server: Running, kind: int) -> str:
    with channel(server) as opened:
        method = opened.unary_stream(
            f"/{configurations.NAME}/GetConfigs", ConfigsTypeRequest.SerializeToString, A2XConfig.FromString
        )
        (config,) = method(ConfigsTypeRequest(config_type=kind), timeout=PATIENCE)
    return str(config.content)


def test_it_is_sent_as_json_and_as_yaml(grpc_server: Running) -> None:
    as_json, as_yaml = exported(grpc_server, ConfigsTypeRequest.JSON), exported(grpc_server, ConfigsTypeRequest.YAML)
    assert json.loads(as_json) == yaml.safe_load(as_yaml) == configurations.neutral()


def test_its_values_change_no_frame(grpc_server: Running, sound: np.ndarray) -> None:
    values, opening = configurations.neutral(), header()
    wanted = opening.audio_stream_header
    wanted.face_params.float_params.update(values["face_parameters"])
    wanted.blendshape_params.bs_weight_multipliers.update(values["blendshape_parameters"]["multipliers"])
    wanted.blendshape_params.bs_weight_offsets.update(values["blendshape_parameters"]["offsets"])
    wanted.emotion_params.live_transition_time = values["live_transition_time"]
    answer = animate(grpc_server, clip(s16(sound), opening=opening))
    assert notices_of(answer) == []
    assert np.allclose(weights_of(answer), weights_of(animate(grpc_server, clip(s16(sound)))), atol=1e-6)
