"""Clients get the table of expressions that the server itself uses."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.motion import profiles
from a2f_server.motion.contract import Context
from a2f_server.motion.emotion import Emotion
from tests.support.running import Running


def test_the_table_equals_the_profiles(server: Running) -> None:
    with server.http() as http:
        said = http.get("/v1/expressions").json()
    assert said["emotions"] == list(arkit.EMOTIONS)
    table = np.zeros((10, 52), np.float32)
    for row, emotion in zip(table, said["emotions"], strict=True):
        for name, share in said["shapes"][emotion].items():
            row[arkit.INDEX[name]] = share
    assert np.array_equal(table, profiles.load().expressions), "bit for bit, as float32"


def test_the_documented_rule_equals_the_processor(server: Running) -> None:
    """Implements the rule as docs/protocol.md describes it, and compares the result with the processor's."""
    with server.http() as http:
        said = http.get("/v1/expressions").json()
    rng = np.random.default_rng(5)
    frames = (rng.random((200, 52)) * rng.random((200, 1)) ** 3).astype(np.float32)
    emotions = rng.random((200, 10)).astype(np.float32)
    expected = Emotion(Context(30, 0, profiles.load().expressions)).process(frames.copy(), 0, emotions)
    shares = np.array([said["aperture"].get(name, 0) for name in arkit.NAMES])
    opens = np.array([name in said["opens"] for name in arkit.NAMES])
    shapes = np.array([[said["shapes"][e].get(name, 0) for name in arkit.NAMES] for e in said["emotions"]])
    freedom = np.clip(np.maximum(frames @ shares, 0) / said["parted"], 0, 1)
    added = (emotions @ shapes) * np.where(opens, freedom[:, None], 1)
    assert np.allclose(frames + added, expected, atol=1e-5)


def test_it_is_revalidated_by_etag(server: Running) -> None:
    with server.http() as http:
        first = http.get("/v1/expressions")
        again = http.get("/v1/expressions", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_only_allowed_origins_may_read_it(server: Running) -> None:
    with server.http() as http:
        near = http.get("/v1/expressions", headers={"Origin": "http://localhost:5173"})
        far = http.get("/v1/expressions", headers={"Origin": "https://elsewhere.example"})
    assert near.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "access-control-allow-origin" not in far.headers


def test_the_schema_lists_its_fields(server: Running) -> None:
    with server.http() as http:
        schema = http.get("/openapi.json").json()
    fields = schema["components"]["schemas"]["EmotionTable"]["properties"]
    assert fields.keys() == {"emotions", "shapes", "opens", "aperture", "parted"}
