"""`speak` on the socket: audio, visemes, words and frames of one utterance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from a2f_server.api.ws.binary_messages import decode_audio, decode_frames
from tests.support.emulating import Marker
from tests.support.running import Running, Talk, occupy, run_server
from tests.support.waiting import until
from tests.tts.toy import LETTER_S, RATE, ToyVoice, sound


@pytest.fixture
def voice() -> ToyVoice:
    return ToyVoice()


@pytest.fixture
def server(voice: ToyVoice) -> Iterator[Running]:
    with run_server(voice=voice) as running:
        yield running


@pytest.fixture
def talk(server: Running) -> Iterator[Talk]:
    with server.talk() as talk:
        talk.expect("ready")
        yield talk


class ReceivedSpeech:
    """All messages of one utterance, in order of arrival."""

    def __init__(self, started: dict[str, Any]) -> None:
        self.started = started
        self.order: list[str] = []
        self.audio = b""
        self.frames = np.zeros((0, 52), np.uint16)
        self.visemes: list[dict[str, Any]] = []
        self.words: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self.end: dict[str, Any] = {}

    def take(self, message: Any) -> None:
        if isinstance(message, bytes):
            return self._take_binary(message)
        kind = message["type"]
        self.order.append(kind)
        if kind in ("end", "cancelled") or (kind == "error" and not message.get("continues")):
            self.end = message
        else:
            {"viseme": self.visemes, "word": self.words, "error": self.errors}[kind].append(message)

    def _take_binary(self, message: bytes) -> None:
        if message[0] == 2:
            _, first, rate, pcm = decode_audio(message)
            assert (first, rate) == (len(self.audio) // 2, self.started["sample_rate"]), "a gap"
            self.order.append("audio")
            self.audio += pcm
        else:
            _, _, frames = decode_frames(message)
            assert frames.first == len(self.frames), "a gap"
            self.order.append("frames")
            self.frames = np.concatenate([self.frames, frames.values])


def receive_speeches(talk: Talk, count: int = 1) -> list[ReceivedSpeech]:
    """Receives `count` utterances to their ends. A `started` may come while the previous one is still being sent."""
    speeches: dict[int, ReceivedSpeech] = {}
    while len(speeches) < count or not all(h.end for h in speeches.values()):
        message = talk.hear()
        number = int.from_bytes(message[4:8], "little") if isinstance(message, bytes) else message["utterance"]
        if number in speeches:
            speeches[number].take(message)
        else:
            assert not isinstance(message, bytes)
            speeches[number] = ReceivedSpeech(message)
    return list(speeches.values())


def test_a_speak_is_one_utterance(talk: Talk) -> None:
    talk.say("speak", text="hallo", fps=60)
    speech = receive_speeches(talk)[0]
    assert speech.started == {**speech.started, "utterance": 1, "fps": 60, "sample_rate": RATE}
    assert speech.audio == b"".join(sound(i, letter) for i, letter in enumerate("hallo"))
    assert [(v["time"], v["id"]) for v in speech.visemes] == [
        (pytest.approx(i * LETTER_S), ord(letter) % 22) for i, letter in enumerate("hallo")
    ]
    assert "".join(word["text"] for word in speech.words) == "hallo"
    assert speech.end == {"type": "end", "utterance": 1, "frames": 30, "duration": 0.5}
    assert len(speech.frames) == 30


def test_visemes_and_words_precede_their_audio(talk: Talk) -> None:
    talk.say("speak", text="abc")
    spoken = [kind for kind in receive_speeches(talk)[0].order if kind in ("viseme", "word", "audio")]
    assert spoken == ["viseme", "word", "audio"] * 3


def test_frames_equal_those_of_the_same_audio_sent_by_a_client(talk: Talk) -> None:
    talk.say("speak", text="hallo", seed=7, emotions={"joy": 0.5})
    speech = receive_speeches(talk)[0]
    audio = {"encoding": "pcm_s16le", "sample_rate": RATE}
    np.testing.assert_array_equal(speech.frames, talk.animate(speech.audio, seed=7, emotions={"joy": 0.5}, audio=audio))


def test_speak_requests_are_queued(talk: Talk, voice: ToyVoice) -> None:
    for text in ("eins", "zwei", "drei"):
        talk.say("speak", text=text)
    speeches = receive_speeches(talk, 3)
    assert [h.end["utterance"] for h in speeches] == [1, 2, 3]
    assert [request.text for request in voice.spoken] == ["eins", "zwei", "drei"]
    assert all(len(h.frames) == h.end["frames"] > 0 for h in speeches)


def test_the_queue_is_limited() -> None:
    with run_server(voice=ToyVoice(), max_queue=2) as server, server.talk() as talk:
        assert talk.expect("ready")["limits"]["queue"] == 2
        for _ in range(4):
            talk.say("speak", text="~")
        talk.expect("started")
        refused = talk.error("busy")
        assert (refused["utterance"], refused["reason"]) == (4, "queue")
        talk.say("cancel")
        assert [talk.expect("cancelled")["utterance"] for _ in range(3)] == [1, 2, 3]


def test_cancel_stops_the_synthesis(server: Running, talk: Talk, voice: ToyVoice) -> None:
    talk.say("speak", text="ab~")
    talk.expect("started")
    talk.say("cancel")
    while isinstance(message := talk.hear(), bytes) or message["type"] != "cancelled":
        pass
    until(lambda: voice.stopped == 1)
    until(lambda: server.service.engine.slots.taken == 0)
    talk.say("speak", text="ok")
    assert receive_speeches(talk)[0].end["utterance"] == 2


def test_a_client_that_disconnects_frees_everything(server: Running, voice: ToyVoice) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="ab~")
        talk.expect("started")
        talk.say("speak", text="cd")
        talk.say("ping")
    until(lambda: voice.stopped == 1 and server.service.engine.slots.taken == 0)
    assert len(voice.spoken) == 1


def test_a_voice_that_fails_reports_it_after_its_audio(talk: Talk) -> None:
    talk.say("speak", text="abcdefgh!ij")
    speech = receive_speeches(talk)[0]
    assert speech.end["code"] == "tts_failed"
    assert speech.end["message"] == "the toy broke; wind it up"
    assert len(speech.audio) == 8 * len(sound(0, "a"))
    assert len(speech.frames) == 24
    talk.say("speak", text="ok")
    assert receive_speeches(talk)[0].end["frames"] == 6


def test_an_internal_error_of_the_voice_refers_to_the_log(talk: Talk) -> None:
    talk.say("speak", text="a#")
    assert "log" in receive_speeches(talk)[0].end["message"]


def test_a_face_that_fails_leaves_the_voice_alone() -> None:
    with run_server(voice=ToyVoice(), mock_fail_after=0.3) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="abcdefghij")
        speech = receive_speeches(talk)[0]
        (error,) = speech.errors
        assert (error["code"], error["fatal"], error["continues"]) == ("backend_failed", False, True)
        assert len(speech.audio) == 10 * len(sound(0, "a"))
        assert len(speech.visemes) == 10
        assert speech.end == {"type": "end", "utterance": 1, "frames": len(speech.frames), "duration": 1.0}
        until(lambda: server.service.engine.slots.taken == 0)


@pytest.mark.parametrize("seconds", [0.6, 0.95])
def test_a_face_that_fails_after_the_audio_ends_the_utterance(seconds: float) -> None:
    with run_server(voice=ToyVoice(), mock_fail_after=seconds) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="abcdefghij")
        speech = receive_speeches(talk)[0]
        assert [error["code"] for error in speech.errors] == ["backend_failed"]
        assert (speech.end["type"], speech.end["duration"]) == ("end", 1.0)
        with server.http() as http:
            answer = http.post("/v1/speak", json={"text": "abcdefghij"}).json()
            assert [error["code"] for error in answer["errors"]] == ["backend_failed"]


def test_the_voices_own_animation_is_a_backend(talk: Talk) -> None:
    talk.say("speak", text="abcd", backend="azure")
    speech = receive_speeches(talk)[0]
    assert speech.started["lookahead"] == 0
    assert len(speech.frames) == speech.end["frames"] == 12
    steps = np.repeat([0.1, 0.2, 0.3, 0.4], 3)
    np.testing.assert_allclose(speech.frames[:, 17] / 65535, steps, atol=1e-4)


def test_a_voice_without_animation_reports_an_error() -> None:
    class Plain(ToyVoice):
        async def speak(self, request):
            async for event in super().speak(type(request)(request.text)):
                yield event

    with run_server(voice=Plain()) as server, server.talk() as talk:
        assert talk.expect("ready")["backends"] == ["mock", "azure"]
        talk.say("speak", text="abcd", backend="azure")
        speech = receive_speeches(talk)[0]
        (error,) = speech.errors
        assert (error["code"], error["continues"]) == ("tts_failed", True)
        assert "animation" in error["message"]
        assert speech.end == {"type": "end", "utterance": 1, "frames": 0, "duration": 0.4}
        assert len(speech.visemes) == 4, "visemes are there to fall back to"
        assert not len(speech.frames), "a face at rest would look frozen"


def test_a_voice_that_never_animates_lists_no_such_backend() -> None:
    with run_server(voice=ToyVoice(animates=False)) as server, server.talk() as talk:
        assert talk.expect("ready")["backends"] == ["mock"]
        talk.say("speak", text="a", backend="azure")
        talk.error("bad_message")


def test_animation_is_for_speak_only(talk: Talk) -> None:
    talk.start(backend="azure")
    assert "speak" in talk.error("bad_message")["message"]


def test_start_and_speak_do_not_mix(talk: Talk) -> None:
    talk.start()
    talk.expect("started")
    talk.say("speak", text="a")
    talk.error("bad_state")
    talk.say("end")
    talk.expect("end")
    talk.say("speak", text="a~")
    talk.expect("started")
    talk.start()
    while isinstance(message := talk.hear(), bytes) or message["type"] in ("viseme", "word"):
        pass
    assert message["code"] == "bad_state"
    talk.say("cancel")
    talk.expect("cancelled")
    talk.start()
    talk.expect("started")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "either text or ssml"),
        ({"text": "a", "ssml": "<speak>a</speak>"}, "either text or ssml"),
        ({"text": " \n"}, "empty"),
        ({"text": "a" * 101}, "101 characters"),
        ({"text": "a\x00"}, "control"),
        ({"text": "a", "voice": "x' onload='y"}, "voice"),
        ({"ssml": "<speak>"}, "well-formed"),
        ({"ssml": "<!DOCTYPE speak [<!ENTITY a 'b'>]><speak>&a;</speak>"}, "DTD"),
        ({"ssml": "<speak><audio src='http://inside'/></speak>"}, "audio"),
        ({"ssml": "<speak><lexicon uri='http://inside'/></speak>"}, "uri"),
        ({"ssml": "<html/>"}, "root"),
        ({"ssml": "<speak>" + "<p>" * 33 + "</p>" * 33 + "</speak>"}, "characters"),
        ({"text": "a", "backend": "none"}, "backend"),
        ({"text": "a", "profile": "none"}, "profile"),
        ({"text": 5}, "text"),
        ({"text": "a", "fps": 5}, "fps"),
    ],
)
def test_invalid_requests_are_refused_immediately(fields: dict[str, Any], words: str) -> None:
    voice = ToyVoice()
    with run_server(voice=voice, max_text=100) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", **fields)
        assert words in talk.error("bad_message")["message"]
        assert not voice.spoken


def test_an_unknown_voice_ends_the_utterance(talk: Talk) -> None:
    talk.say("speak", text="a", voice="nobody")
    assert receive_speeches(talk)[0].end["code"] == "bad_message"


def test_the_quota_limits_characters_per_minute() -> None:
    with run_server(voice=ToyVoice(), text_per_minute=10) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="12345678")
        receive_speeches(talk)[0]
        talk.say("speak", text="123")
        refused = talk.error("busy")
        assert "10 characters" in refused["message"]
        assert refused["reason"] == "quota"
        talk.say("speak", text="12")
        assert receive_speeches(talk)[0].end["type"] == "end"
        with server.talk() as other:
            other.expect("ready")
            other.say("speak", text="1")
            other.error("busy")


def test_a_full_server_does_not_begin_to_speak() -> None:
    voice = ToyVoice()
    with run_server(voice=voice, max_streams=1) as server, server.talk() as talk, server.talk() as other:
        for each in (talk, other):
            each.expect("ready")
        occupy(talk)
        until(lambda: server.service.engine.slots.full)
        other.say("speak", text="a")
        assert other.error("busy")["utterance"] == 1
        assert not voice.spoken
        assert server.service.quota.left("127.0.0.1") == server.service.settings.text_per_minute, "nothing was charged"


def test_a_speech_is_limited_to_the_length_of_an_utterance() -> None:
    with run_server(voice=ToyVoice(), max_utterance_s=0.45) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="abcdefgh")
        assert receive_speeches(talk)[0].end["code"] == "too_long"


def test_real_time_pace_and_json(talk: Talk) -> None:
    talk.say("speak", text="abcd", pace="realtime", format="json")
    talk.expect("started")
    frames = 0
    while (message := talk.hear()) and (isinstance(message, bytes) or message["type"] != "end"):
        if not isinstance(message, bytes) and message["type"] == "frames":
            frames += len(message["weights"])
    assert message["frames"] == frames == 12


def test_silence_is_sent_as_audio(talk: Talk) -> None:
    talk.say("speak", text="???")
    speech = receive_speeches(talk)[0]
    assert not any(speech.audio)
    assert speech.end["frames"] == 9


def test_a_server_without_a_voice() -> None:
    with run_server() as server, server.talk() as talk:
        assert talk.expect("ready")["tts"] is None
        talk.say("speak", text="a")
        assert "voice" in talk.error("tts_unavailable")["message"]


def test_the_voice_is_closed_with_the_server(voice: ToyVoice) -> None:
    with run_server(voice=voice) as server, server.talk() as talk:
        assert talk.expect("ready")["tts"] == "toy"
        assert voice.warmed
    assert voice.closed


def test_queued_speeches_take_no_slots(server: Running, talk: Talk) -> None:
    for _ in range(6):
        talk.say("speak", text="ab", pace="realtime")
    most = 0
    ended = 0
    while ended < 6:
        message = talk.hear()
        most = max(most, server.service.engine.slots.taken)
        ended += not isinstance(message, bytes) and message["type"] == "end"
    assert most <= 2


def test_queued_speeches_are_paced_one_after_another(server: Running, talk: Talk) -> None:
    talk.say("speak", text="abcd", pace="realtime")
    talk.say("speak", text="abcd", pace="realtime")
    ends: list[float] = []
    while len(ends) < 2:
        message = talk.hear()
        if not isinstance(message, bytes) and message["type"] == "end":
            ends.append(server.service.engine.clock())
    assert ends[1] - ends[0] > 0.3, "the second one was not paced"


def test_bookmarks() -> None:
    with run_server(voice=Marker()) as marking, marking.talk() as talk:
        talk.expect("ready")
        talk.say("speak", ssml="<speak>hm <bookmark mark='wave'/></speak>")
        talk.expect("started")
        assert talk.expect("bookmark") == {"type": "bookmark", "utterance": 1, "time": 0.25, "name": "wave"}
