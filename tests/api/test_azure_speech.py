"""End to end: a socket, our server, Microsoft's SDK, the emulator of Azure, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from websockets.sync.client import connect

from a2f_server import arkit
from a2f_server.api.ws.binary_messages import decode_audio, decode_frames
from tests.support.emulating import Emulated, Hummer, run_emulator
from tests.support.running import Running, Talk, run_server
from tests.support.spawning import spawn_server
from tests.support.waiting import until

pytest.importorskip("azure.cognitiveservices.speech", reason="the extra [azure] is missing")

KEY = "a-key-that-nobody-may-see"
SECONDS = 2.0
"""Duration of the hummer's audio."""


@pytest.fixture(scope="module")
def azure() -> Iterator[Emulated]:
    with run_emulator() as emulated:
        yield emulated


@pytest.fixture(scope="module")
def speaking(azure: Emulated) -> Iterator[Running]:
    with run_server(tts="azure", azure_host=azure.host, azure_key=KEY) as running:
        yield running


@pytest.fixture
def talk(speaking: Running) -> Iterator[Talk]:
    with speaking.talk() as talk:
        assert talk.expect("ready")["tts"] == "azure"
        yield talk


def receive(talk: Talk) -> tuple[bytes, np.ndarray, list[dict[str, Any]]]:
    """Returns audio, frames and JSON messages up to the last."""
    sound, frames, received = b"", [np.zeros((0, 52), np.uint16)], []
    while not received or received[-1]["type"] not in ("end", "error") or received[-1].get("continues"):
        message = talk.hear()
        if not isinstance(message, bytes):
            received.append(message)
        elif message[0] == 2:
            sound += decode_audio(message)[3]
        else:
            frames.append(decode_frames(message)[2].values)
    return sound, np.concatenate(frames), received


def test_azure_speech_arrives_with_frames(talk: Talk) -> None:
    talk.say("speak", text="hm")
    sound, frames, received = receive(talk)
    assert sound == Hummer().sound
    assert len(frames) == received[-1]["frames"] == SECONDS * 30
    assert [m["text"] for m in received if m["type"] == "word"] == ["hm0", "hm1", "hm2", "hm3"]
    assert [m["id"] for m in received if m["type"] == "viseme"].count(21) == 4


@pytest.mark.parametrize("fps", [30, 60, 25])
def test_azures_own_animation_is_a_backend(talk: Talk, fps: int) -> None:
    talk.say("speak", text="hm", backend="azure", fps=fps)
    _, frames, received = receive(talk)
    assert received[-1] == {"type": "end", "utterance": 1, "frames": SECONDS * fps, "duration": SECONDS}
    assert len(frames) == SECONDS * fps
    jaw = frames[:, arkit.INDEX["jawOpen"]] / 65535
    lips = jaw - frames[:, arkit.INDEX["mouthClose"]] / 65535
    assert jaw.max() > 0.2
    for word in range(4):
        shut, open_ = round((0.5 * word + 0.05) * fps), round((0.5 * word + 0.3) * fps)
        assert lips[shut] < 0.5 * lips[open_], "lips meet before each hum"


def test_a_voice_without_animation_still_speaks(talk: Talk) -> None:
    talk.say("speak", text="hm", backend="azure", voice="pl-PL-ZofiaNeural")
    sound, frames, received = receive(talk)
    assert sound == Hummer().sound
    assert len(frames) == 0
    assert [(m["code"], m["continues"]) for m in received if m["type"] == "error"] == [("tts_failed", True)]
    assert received[-1]["type"] == "end"


@pytest.mark.parametrize(("failure", "words"), [("429", "too many"), ("bad-request", "SSML"), ("403", "quota")])
def test_a_refusal_by_azure_is_reported_and_the_next_request_works(talk: Talk, failure: str, words: str) -> None:
    talk.say("speak", text="hm", voice=f"en-US-Fail-{failure}")
    *_, received = receive(talk)
    assert (received[-1]["code"], received[-1]["fatal"]) == ("tts_failed", False)
    assert words in received[-1]["message"]
    talk.say("speak", text="hm")
    assert receive(talk)[0] == Hummer().sound


def test_a_broken_connection_keeps_the_audio_so_far(talk: Talk) -> None:
    talk.say("speak", text="hm", voice="en-US-Fail-drop")
    sound, frames, received = receive(talk)
    assert received[-1]["code"] == "tts_failed"
    assert 0 < len(sound) < len(Hummer().sound)
    assert Hummer().sound.startswith(sound)
    assert len(frames) == -(-len(sound) // 2 * 30 // 24000)


def test_cancel_reaches_azure() -> None:
    with (
        run_emulator(Hummer(words=40), pace=1.0) as azure,
        run_server(tts="azure", azure_host=azure.host) as server,
        server.talk() as talk,
    ):
        talk.expect("ready")
        talk.say("speak", text="hm")
        while not isinstance(talk.hear(), bytes):
            pass
        talk.say("cancel")
        until(lambda: azure.cancelled == 1)
        until(lambda: server.service.engine.slots.taken == 0)


def test_neither_key_nor_text_is_in_a_log(azure: Emulated) -> None:
    secret = {"A2F_AZURE_HOST": azure.host, "A2F_AZURE_KEY": KEY, "A2F_LOG_LEVEL": "debug"}
    with spawn_server(**secret) as spawned:
        with connect(f"ws://127.0.0.1:{spawned.port}/ws", compression=None) as socket:
            talk = Talk(socket)
            talk.expect("ready")
            for voice in ("en-US-AvaNeural", "en-US-Fail-401"):
                talk.say("speak", text="nobody-may-read-this", voice=voice)
                assert receive(talk)[2]
        until(lambda: "tts_failed" in spawned.log and "disconnected" in spawned.log)
        spawned.terminate()
        spawned.ended()
        for hidden in (KEY, "nobody-may-read-this"):
            assert hidden not in spawned.log
