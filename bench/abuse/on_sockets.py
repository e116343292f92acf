"""Abuse of the WebSocket."""

from __future__ import annotations

import json
import struct

from attacker import Attacker

from sockets import BINARY, PING, TEXT, frame

SPEAK = b'{"type": "speak", "text": "' + b"word " * 40 + b'"}'


def start(**fields: object) -> bytes:
    """Returns a `start` message for 16 kHz PCM."""
    audio = {"encoding": "pcm_s16le", "sample_rate": 16000}
    return frame(TEXT, json.dumps({"type": "start", "audio": audio, **fields}).encode())


def one_byte_audio(attacker: Attacker) -> None:
    """Floods messages of one byte of audio."""
    client = attacker.open_socket()
    client.sendall(start())
    attacker.flood(client, frame(BINARY, b"\0") * 5000)


def pings(attacker: Attacker) -> None:
    """Floods pings of the WebSocket protocol."""
    attacker.flood(attacker.open_socket(), frame(PING, b"") * 8000)


def json_pings(attacker: Attacker) -> None:
    """Floods `ping` messages."""
    attacker.flood(attacker.open_socket(), frame(TEXT, b'{"type": "ping"}') * 3000)


def fragments(attacker: Attacker) -> None:
    """Sends a message in fragments of one byte."""
    middle = bytes([0x00]) + frame(BINARY, b"\0")[1:]
    client = attacker.open_socket()
    client.sendall(start() + bytes([0x02]) + frame(BINARY, b"\0")[1:])
    attacker.flood(client, middle * 5000)


def byte_by_byte(attacker: Attacker) -> None:
    """Sends a message of a megabyte one byte at a time."""
    size = 1 << 20
    client = attacker.open_socket()
    client.sendall(start() + b"\x82\xff" + struct.pack("!Q", size) + bytes(4))
    attacker.repeat(lambda: client.send(b"\0"))


def falling_emotions(attacker: Attacker) -> None:
    """Sends changes of emotions from the last to the first, again and again."""
    changes = (
        json.dumps({"type": "emotions", "emotions": {"joy": 0.5}, "at": at / 2}).encode() for at in range(998, 0, -1)
    )
    utterance = start() + b"".join(frame(TEXT, change) for change in changes) + frame(TEXT, b'{"type": "cancel"}')
    attacker.repeat(lambda: attacker.flood(attacker.open_socket(), utterance), 0.01)


def all_slots(attacker: Attacker) -> None:
    """Opens as many utterances as it can on one socket."""
    client = attacker.open_socket()
    long = start(pace="realtime") + frame(BINARY, bytes(1 << 20)) * 8 + frame(TEXT, b'{"type": "end"}')
    short = start() + frame(BINARY, bytes(2)) + frame(TEXT, b'{"type": "end"}')
    client.sendall(long + short * 500)
    attacker.wait()


def wrong_emotions(attacker: Attacker) -> None:
    """Sends large maps of emotions that do not exist."""
    wrong = ",".join(f'"{i:x}":2' for i in range(90_000))
    small = ",".join(f'"{i:x}":2' for i in range(5_000))

    def send() -> None:
        client = attacker.open_socket()
        for text in (small, small, wrong):
            client.sendall(frame(TEXT, b'{"type": "start", "emotions": {' + text.encode() + b"}}"))

    attacker.repeat(send, 0.01)


def unread_pongs(attacker: Attacker) -> None:
    """Asks for large answers and reads none."""
    ask = frame(TEXT, b'{"type": "ping", "id": "' + b"a" * 1000 + b'"}') * 500
    attacker.together(6, lambda: attacker.repeat(lambda: attacker.flood(attacker.open_socket(reads=False), ask), 0.1))


def unread_frames(attacker: Attacker) -> None:
    """Sends ten minutes of audio on each of several sockets and reads no frames."""

    def hoard() -> None:
        client = attacker.open_socket(reads=False)
        client.sendall(start(format="json", audio={"encoding": "pcm_f32le", "sample_rate": 48000}))
        for _ in range(100):
            client.sendall(frame(BINARY, bytes(1 << 20)))
        attacker.wait()

    attacker.together(4, lambda: attacker.repeat(hoard, 0.1))


def unread_speech(attacker: Attacker) -> None:
    """Has long texts spoken and reads nothing."""

    def hoard() -> None:
        attacker.open_socket(reads=False).sendall(frame(TEXT, SPEAK.replace(b"word ", b"word " * 20)) * 8)
        attacker.stop.wait(5)

    attacker.together(4, lambda: attacker.repeat(hoard))


def refused_texts(attacker: Attacker) -> None:
    """Goes on to ask for speech long after the quota is used up."""
    attacker.flood(attacker.open_socket(), frame(TEXT, SPEAK) * 500)


def older_client(attacker: Attacker) -> None:
    """Floods the socket of an older client's session that does not exist."""
    flood = frame(TEXT, b'{"action": "start"}') + frame(TEXT, b"{}") * 5000
    attacker.repeat(lambda: attacker.flood(attacker.open_socket("/ws/none"), flood), 0.01)
