"""The messages: types are not coerced, unknown fields are ignored, and errors never repeat a value."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from a2f_server.api.messages import ClientMessage, Emotions, Ping, Speak, Start, parse, refused_request
from a2f_server.errors import BadMessage
from tests.support.running import Running

SECRET = "hunter2"
AUDIO = {"encoding": "pcm_s16le", "sample_rate": 16000}


def text(type: str, **fields: Any) -> str:
    return json.dumps({"type": type, **fields})


def refusal(message: str) -> str:
    with pytest.raises(BadMessage) as caught:
        parse(message)
    return caught.value.message


def test_every_type_has_its_class() -> None:
    kinds = get_args(get_args(ClientMessage)[0])
    types = [get_args(kind.model_fields["type"].annotation)[0] for kind in kinds]
    assert types == ["start", "emotions", "end", "cancel", "speak", "ping"]
    minimal = {"start": {"audio": AUDIO}}
    for kind, name in zip(kinds, types, strict=True):
        assert type(parse(text(name, **minimal.get(name, {})))) is kind


def test_the_defaults_of_start() -> None:
    start = parse(text("start", audio=AUDIO))
    assert isinstance(start, Start)
    assert (start.format, start.pace, start.seed, start.utterance, start.fps) == ("binary", "asap", 0, None, None)
    assert (start.emotions, start.profile, start.backend, start.audio.channels) == (None, None, None, 1)


def test_messages_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse(text("ping")).id = 3  # type: ignore[union-attr, misc]


def test_unknown_fields_are_ignored() -> None:
    start = parse(text("start", colour="blue", audio={**AUDIO, "depth": 3}))
    assert not hasattr(start, "colour")


def test_emotions_without_a_map_are_neutral() -> None:
    message = parse(text("emotions"))
    assert isinstance(message, Emotions)
    assert (message.emotions, message.at) == ({}, None)


def test_speak_has_the_options_of_start() -> None:
    speak = parse(text("speak", text="Hello", fps=60, format="json", pace="realtime", seed=7, utterance=3))
    assert isinstance(speak, Speak)
    assert (speak.fps, speak.format, speak.pace, speak.seed, speak.utterance) == (60, "json", "realtime", 7, 3)


@pytest.mark.parametrize("given", [None, 1, "x", [1, {"a": None}], True, 1.5])
def test_ping_takes_any_id(given: object) -> None:
    message = parse(text("ping", id=given))
    assert isinstance(message, Ping)
    assert message.id == given


@pytest.mark.parametrize("bad", ["NaN", "[Infinity]", '{"a": -Infinity}'])
def test_an_id_that_json_cannot_represent_is_refused(bad: str) -> None:
    assert "id" in refusal(f'{{"type": "ping", "id": {bad}}}')


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"fps": "30"}, "fps"),
        ({"fps": 30.5}, "fps"),
        ({"fps": True}, "fps"),
        ({"seed": 2**32}, "seed"),
        ({"seed": "1"}, "seed"),
        ({"utterance": 2**32}, "utterance"),
        ({"utterance": 0}, "utterance"),
        ({"profile": 3}, "profile"),
        ({"emotions": []}, "emotions"),
        ({"emotions": {"joy": "1"}}, "emotions.joy"),
        ({"emotions": {"joy": -0.1}}, "emotions.joy"),
        ({"audio": {"encoding": 3}}, "audio.encoding"),
        ({"audio": {**AUDIO, "sample_rate": 16000.5}}, "audio.sample_rate"),
        ({"audio": {**AUDIO, "channels": "2"}}, "audio.channels"),
    ],
    ids=str,
)
def test_types_are_not_coerced_and_the_error_names_the_field(fields: dict[str, Any], where: str) -> None:
    assert refusal(text("start", **{"audio": AUDIO, **fields})).startswith(f"{where}: ")


def test_integers_are_accepted_as_floats() -> None:
    start = parse(text("start", audio=AUDIO, emotions={"joy": 1, "fear": 0}))
    assert isinstance(start, Start)
    assert start.emotions == {"joy": 1, "fear": 0}


@pytest.mark.parametrize(
    "message",
    [
        text(SECRET),
        text("start", audio=SECRET),
        text("start", audio={"encoding": "file", "sample_rate": SECRET}),
        text("start", audio=AUDIO, fps=SECRET),
        text("start", audio=AUDIO, format=SECRET),
        text("start", audio=AUDIO, pace=SECRET),
        text("start", audio=AUDIO, profile=[SECRET]),
        text("start", audio=AUDIO, backend=[SECRET]),
        text("start", audio=AUDIO, emotions={"joy": SECRET}),
        text("start", audio=AUDIO, emotions=SECRET),
        text("emotions", at=SECRET),
        text("speak", text=[SECRET]),
        json.dumps(SECRET),
        json.dumps([SECRET]),
        json.dumps({"type": {SECRET: 1}}),
        json.dumps({"token": SECRET}),
        f"not JSON: {SECRET}",
        '{"type": "' + SECRET,
    ],
)
def test_an_error_never_repeats_a_value(message: str) -> None:
    assert SECRET not in refusal(message)


def test_error_messages_are_short() -> None:
    long = "x" * 100_000
    for message in (text(long), text("start", audio=AUDIO, emotions={long: 1}), text("emotions", emotions={long: 2})):
        assert len(refusal(message)) < 400


def test_an_unknown_type_error_lists_the_known_ones() -> None:
    assert refusal(text("dance")) == "type: is none of start, emotions, end, cancel, speak, ping"
    assert refusal("{}") == "type: is none of start, emotions, end, cancel, speak, ping"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("hello", "the message is not JSON"),
        ("[" * 100_000, "the message is not JSON"),
        ('{"type": "ping", "id": "\\ud800"}', "the message is not JSON"),
        ("[]", "the message has the wrong shape"),
        ("7", "the message has the wrong shape"),
        ('{"type": "start", "audio": {}}', "audio.encoding: Field required"),
        (text("start", audio=AUDIO, emotions={"hunger": 1}), "emotions: there is no emotion 'hunger'; the ten are"),
    ],
)
def test_error_messages(message: str, words: str) -> None:
    assert refusal(message[: 1 << 20]).startswith(words)


@pytest.mark.parametrize("colon", [":", " :", "\n\t: "])
def test_a_message_of_thousands_of_fields_is_not_even_parsed(colon: str) -> None:
    many = ",".join(f'"{i:x}"{colon}2' for i in range(3_000))
    message = f'{{"type": "start", "emotions": {{{many}}}}}'
    assert refusal(message) == "the message has more than 200 fields"
    assert refused_request(message) == (None, None)


def test_a_long_text_may_quote_and_use_colons() -> None:
    words = '"Yes": she said. ' * 290
    spoken = parse(text("speak", text=words))
    assert isinstance(spoken, Speak)
    assert spoken.text == words


@pytest.mark.parametrize(
    "fields", [{"profile": "nobody"}, {"backend": "oracle"}, {"audio": {"encoding": "pcm_s16le"}}, {"fps": 1}], ids=str
)
def test_twenty_bad_messages_of_any_kind_close_the_socket(server: Running, fields: dict[str, Any]) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        for k in range(20):
            talk.start(**fields)
            assert talk.error("bad_message")["fatal"] is (k == 19)
        assert talk.closed() == 1008
