"""The client adds the same expressions as the server's processor: same table, same rule, same sums."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.api.http.emotion_table import table
from a2f_server.motion import profiles
from a2f_server.motion.contract import Context
from a2f_server.motion.emotion import Emotion

WEB = Path(__file__).parents[2] / "web"
LAYER = """
import { ExpressionLayer } from "./src/face_mixing/expression_layer.js";
import { parseExpressionTable } from "./src/face_mixing/expression_table.js";
let said = "";
for await (const part of process.stdin) said += part;
const { table, frames, emotions } = JSON.parse(said);
const known = parseExpressionTable(table);
const shown = frames.map((frame, i) => {
  const [face, layer] = [Float32Array.from(frame), new ExpressionLayer()];
  layer.blendTo(known, Object.fromEntries(table.emotions.map((name, k) => [name, emotions[i][k]])), 0);
  layer.apply(face, 1000);
  return [...face];
});
console.log(JSON.stringify(shown));
"""


def test_the_client_adds_the_same_expressions_as_the_server() -> None:
    node = shutil.which("node") or pytest.skip("Node is missing")
    rng = np.random.default_rng(11)
    # Many are nearly closed, where the rule matters.
    frames = (rng.random((400, arkit.COUNT)) * rng.random((400, 1)) ** 3).astype(np.float32)
    emotions = (rng.random((400, 10)) * (rng.random((400, 10)) < 0.4)).astype(np.float32)
    expressions = profiles.load().expressions
    expected = Emotion(Context(30, 0, expressions)).process(frames.copy(), 0, emotions)
    asked = {"table": table(expressions).model_dump(), "frames": frames.tolist(), "emotions": emotions.tolist()}
    shown = subprocess.run(
        [node, "--input-type=module", "-e", LAYER],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=WEB,
        check=True,
        timeout=60,
    )
    assert np.allclose(json.loads(shown.stdout), np.minimum(expected, 1), rtol=0, atol=1e-6)
