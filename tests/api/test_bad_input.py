"""Invalid input of all kinds: a typed error with an actionable message, an open socket where the protocol says so, and
no leaked resources."""

from __future__ import annotations

import io
import json
import socket
import struct
import time
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest

from tests.backends.toy import Hanging, Nan, Raising
from tests.support.running import Running, Talk, occupy, pcm, run_server
from tests.support.sounds import buzz, encoded, s16, wav
from tests.support.waiting import until

LOUD = s16(np.ones(16000, np.float32))


@pytest.fixture(scope="module")
def small() -> Iterator[Running]:
    """A server with small limits."""
    with run_server(max_utterance_s=5, max_message_bytes=20000, max_file_bytes=100_000, max_streams=2) as running:
        yield running


@pytest.fixture
def talk(small: Running) -> Iterator[Talk]:
    with small.talk() as talk:
        talk.expect("ready")
        yield talk
    until(lambda: small.service.engine.slots.taken == 0)
    assert not small.service.engine._open


def still_works(talk: Talk) -> None:
    number = len(talk.animate(s16(buzz(1, 16000)), 16000))
    assert number == 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "not JSON"),
        ("", "not JSON"),
        ("[]", "wrong shape"),
        ("null", "wrong shape"),
        ('"start"', "wrong shape"),
        ("{}", "type"),
        ('{"type":"dance"}', "type"),
        ('{"type":7}', "type"),
        ('{"type":"start"}', "audio"),
        ('{"type":"start","audio":[]}', "audio"),
        ('{"type":"start","audio":{"encoding":"pcm_s16le"}}', "sample_rate"),
        ('{"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":"16000"}}', "sample_rate"),
        ('{"type":"start","fps":0,"audio":{"encoding":"file"}}', "fps"),
        ('{"type":"start","fps":1000,"audio":{"encoding":"file"}}', "fps"),
        ('{"type":"start","fps":29.97,"audio":{"encoding":"file"}}', "fps"),
        ('{"type":"start","seed":-1,"audio":{"encoding":"file"}}', "seed"),
        ('{"type":"start","format":"xml","audio":{"encoding":"file"}}', "format"),
        ('{"type":"start","pace":"slow","audio":{"encoding":"file"}}', "pace"),
        ('{"type":"start","utterance":0,"audio":{"encoding":"file"}}', "utterance"),
        ('{"type":"start","profile":"nobody","audio":{"encoding":"file"}}', "profile"),
        ('{"type":"start","backend":"oracle","audio":{"encoding":"file"}}', "backend"),
        ('{"type":"start","emotions":{"hunger":1},"audio":{"encoding":"file"}}', "hunger"),
        ('{"type":"start","emotions":{"joy":2},"audio":{"encoding":"file"}}', "joy"),
        ('{"type":"start","emotions":{"joy":NaN},"audio":{"encoding":"file"}}', "joy"),
        ('{"type":"emotions","emotions":{"joy":1},"at":-1}', "at"),
        ('{"type":"emotions","emotions":{"joy":1},"at":NaN}', "at"),
        ('{"type":"emotions","emotions":{"joy":1},"at":1e999}', "at"),
        ('{"type":"emotions","emotions":{"joy":1},"at":true}', "at"),
    ],
)
def test_bad_messages(talk: Talk, text: str, words: str) -> None:
    talk.socket.send(text)
    error = talk.error("bad_message")
    assert words in error["message"]
    assert error["fatal"] is False
    still_works(talk)


@pytest.mark.parametrize("kind", ["pcm_s16le", "file"])
def test_emotions_beyond_the_longest_utterance_are_refused(talk: Talk, kind: str) -> None:
    """The longest utterance of this server has 5 s. Changes of a file wait until it is decoded."""
    talk.start(audio={"encoding": kind, **({} if kind == "file" else {"sample_rate": 16000})})
    talk.expect("started")
    for at in (0, 5):
        talk.say("emotions", emotions={"joy": 1}, at=at)
    for beyond in (5.001, 86400, 1e308):
        talk.say("emotions", emotions={"joy": 1}, at=beyond)
        error = talk.error("bad_message")
        assert error["message"].startswith("at: ")
        assert "utterance" not in error, "the utterance goes on"
    talk.say("cancel")
    talk.expect("cancelled")
    still_works(talk)


def test_utterance_numbers_must_increase(talk: Talk) -> None:
    talk.animate(bytes(320), utterance=5)
    talk.start(utterance=5)
    assert "increase" in talk.error("bad_message")["message"]
    still_works(talk)


def test_utterance_numbers_are_limited_to_32_bits(small: Running, talk: Talk) -> None:
    """Other sockets are not affected."""
    with small.talk() as other:
        other.expect("ready")
        other.start()
        talk.start(utterance=2**32 - 1)
        talk.send(s16(buzz(0.2, 16000)))
        talk.say("end")
        talk.expect("started")
        assert len(talk.frames()) == 6
        talk.start()
        assert "connect again" in talk.error("bad_message")["message"]
        for _ in range(2):
            other.send(s16(buzz(0.5, 16000)))
        other.say("end")
        other.expect("started")
        assert len(other.frames()) == 30


def test_twenty_bad_messages_close_the_socket(talk: Talk) -> None:
    for k in range(20):
        talk.socket.send("nonsense")
        assert talk.error("bad_message")["fatal"] is (k == 19)
    assert talk.closed() == 1008


def test_messages_out_of_order(talk: Talk) -> None:
    talk.send(bytes(320))
    talk.error("bad_state")
    talk.say("end")
    talk.error("bad_state")
    talk.say("emotions", emotions={"joy": 1})
    talk.error("bad_state")
    still_works(talk)


def test_two_starts_leave_the_first_open(talk: Talk) -> None:
    talk.start()
    talk.start()
    talk.expect("started")
    assert "still open" in talk.error("bad_state")["message"]
    talk.send(bytes(3200))
    talk.say("end")
    assert len(talk.frames()) == 3


@pytest.mark.parametrize(
    "audio",
    [
        {"encoding": "pcm_s16le", "sample_rate": 0},
        {"encoding": "pcm_s16le", "sample_rate": -16000},
        {"encoding": "pcm_s16le", "sample_rate": 96000},
        {"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 7},
        {"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 0},
        {"encoding": "opus", "sample_rate": 48000},
    ],
)
def test_unsupported_audio(talk: Talk, audio: dict[str, object]) -> None:
    talk.start(audio=audio)
    error = talk.error("unsupported_audio")
    assert error["fatal"] is False
    assert error["utterance"] == 1
    still_works(talk)


def test_half_a_sample_at_the_end(talk: Talk) -> None:
    talk.start()
    talk.send(bytes(321))
    talk.say("end")
    talk.expect("started")
    assert "within a sample" in talk.error("bad_audio")["message"]
    still_works(talk)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused(talk: Talk, bad: float) -> None:
    talk.start(audio={"encoding": "pcm_f32le", "sample_rate": 16000})
    talk.send(np.array([0, bad, 0], "<f4").tobytes())
    talk.expect("started")
    assert talk.error("bad_audio")["utterance"] == 1
    still_works(talk)


def test_a_flood_after_an_error_gets_one_error(talk: Talk) -> None:
    talk.start(audio={"encoding": "pcm_f32le", "sample_rate": 16000})
    for _ in range(5):
        talk.send(np.array([np.nan], "<f4").tobytes())
    talk.say("ping")
    talk.expect("started")
    talk.error("bad_audio")
    talk.error("bad_state")
    talk.expect("pong")
    still_works(talk)


def test_floats_beyond_one_are_clipped(talk: Talk) -> None:
    loud = np.full(1600, 9, "<f4").tobytes()
    full = np.ones(1600, "<f4").tobytes()
    audio = {"encoding": "pcm_f32le", "sample_rate": 16000}
    assert np.array_equal(talk.animate(loud, audio=audio), talk.animate(full, audio=audio))


def test_an_oversized_message_gets_an_error_before_the_close(talk: Talk) -> None:
    talk.start()
    talk.send(bytes(20001))
    talk.expect("started")
    assert talk.error("too_large")["fatal"] is True
    assert talk.closed() == 1009


def test_a_message_above_the_protocol_limit_closes_the_socket(talk: Talk) -> None:
    talk.send(bytes(100_000))
    assert talk.closed() == 1009


def test_an_oversized_text_message(talk: Talk) -> None:
    talk.socket.send(json.dumps({"type": "ping", "id": "x" * 20001}))
    talk.error("too_large")
    assert talk.closed() == 1009


def test_an_utterance_that_is_too_long(talk: Talk) -> None:
    talk.start()
    for _ in range(12):
        talk.send(bytes(16000))
    talk.say("ping")
    talk.expect("started")
    assert "5 s" in talk.error("too_long")["message"]
    talk.error("bad_state")
    talk.expect("pong")
    still_works(talk)


def test_an_hour_of_audio_is_refused_while_it_is_decoded(small: Running) -> None:
    hour = wav(np.zeros(3600 * 8, np.float32), 8000)  # claims 8 kHz; only the header states the length
    header = bytearray(hour[:44])
    header[40:44] = struct.pack("<I", 3600 * 16000)
    with small.http() as http:
        cut = http.post("/v1/animate", content=bytes(header) + bytes(1000))
    assert cut.status_code == 400
    with run_server() as own, own.http() as http:
        answer = http.post("/v1/animate", content=wav(np.zeros(3600 * 8000, np.float32), 8000))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_long"


def test_three_hours_of_silence_in_a_small_flac(talk: Talk) -> None:
    hours = encoded(np.zeros(3 * 3600 * 8000, np.int16), 8000, "FLAC")
    assert len(hours) < 600_000
    with run_server() as own, own.talk() as other:
        other.expect("ready")
        other.start(audio={"encoding": "file"})
        other.send(hours)
        other.say("end")
        other.expect("started")
        other.error("too_long")


def cut_mp3() -> bytes:
    """Returns an mp3 with fewer frames than its Xing header states."""
    frame = bytes.fromhex("fffb90c4") + bytes(413)
    head = bytearray(frame)
    head[36:48] = b"Xing" + struct.pack(">II", 1, 400)
    return bytes(head) + frame * 20


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.wav", b"RIFF")
    return out.getvalue()


def wav_with_wrong_size() -> bytes:
    whole = bytearray(wav(buzz(1, 8000), 8000))
    return bytes(whole[: len(whole) // 2])


def nan_wav() -> bytes:
    return encoded(np.array([0, np.nan], np.float32), 8000, "WAV", "FLOAT")


FILES = {
    "empty": (b"", "bad_audio"),
    "a header and no samples": (wav(np.zeros(0), 8000), "bad_audio"),
    "a truncated wav": (wav_with_wrong_size(), "bad_audio"),
    "a wav cut in its header": (wav(buzz(1, 8000), 8000)[:20], "bad_audio"),
    "a riff that is no wav": (b"RIFF\x10\0\0\0AVI LIST" + bytes(40), "bad_audio"),
    "an mp3 shorter than its Xing count": (cut_mp3(), "bad_audio"),
    "a cut flac": (encoded(buzz(2, 8000), 8000, "FLAC")[:9000], "bad_audio"),
    "a flac of noise": (b"fLaC" + bytes(range(256)) * 8, "bad_audio"),
    "a zip named .wav": (zip_file(), "unsupported_audio"),
    "a broken webm": (b"\x1aE\xdf\xa3" + bytes(100), "bad_audio"),
    "a broken mp4": (bytes(4) + b"ftypM4A " + bytes(100), "bad_audio"),
    "text": (b"this is no audio", "unsupported_audio"),
    "4 kHz": (wav(buzz(1, 4000), 4000), "unsupported_audio"),
    "three channels": (wav(buzz(0.2, 8000, 3), 8000), "unsupported_audio"),
    "NaN in a float wav": (nan_wav(), "bad_audio"),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_files_on_the_socket(talk: Talk, name: str) -> None:
    data, code = FILES[name]
    talk.start(audio={"encoding": "file"})
    for i in range(0, len(data), 16000):
        talk.send(data[i : i + 16000])
    talk.say("end")
    talk.expect("started")
    assert talk.error(code)["utterance"] == 1
    still_works(talk)


@pytest.mark.parametrize("name", FILES)
def test_bad_files_over_http(small: Running, name: str) -> None:
    data, code = FILES[name]
    with small.http() as http:
        raw = http.post("/v1/animate", content=data)
        form = http.post("/process-sync", files={"audio": ("a.wav", data)})
    for answer in (raw, form):
        assert answer.status_code == {"bad_audio": 400, "unsupported_audio": 415}[code]
        assert answer.json()["code"] == code
        assert answer.json()["message"]
    until(lambda: small.service.engine.slots.taken == 0)


def test_a_streamed_wav_of_unknown_size_is_accepted(talk: Talk) -> None:
    known = wav(buzz(1, 8000), 8000)
    streamed = known[:4] + b"\xff" * 4 + known[8:40] + b"\xff" * 4 + known[44:]
    audio = {"encoding": "file"}
    assert np.array_equal(talk.animate(streamed, 16000, audio=audio), talk.animate(known, 16000, audio=audio))


def test_a_file_beyond_the_limit(talk: Talk) -> None:
    talk.start(audio={"encoding": "file"})
    for _ in range(7):
        talk.send(bytes(16000))
    talk.expect("started")
    assert talk.error("too_large")["fatal"] is False
    talk.say("cancel")
    still_works(talk)


def test_a_full_server_says_busy(small: Running, talk: Talk) -> None:
    occupy(talk)
    with small.talk() as second, small.talk() as third:
        for other in (second, third):
            other.expect("ready")
        occupy(second)
        until(lambda: small.service.engine.slots.full)
        begun = time.perf_counter()
        third.start()
        refused = third.error("busy")
        assert (refused["utterance"], refused["reason"]) == (1, "full")
        assert time.perf_counter() - begun < 1, "immediately, not after a timeout"
        third.start(audio={"encoding": "file"})
        third.error("busy")
        with small.http() as http:
            answer = http.post("/v1/animate", content=wav(buzz(1, 8000), 8000))
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert http.get("/ping").status_code == 503
        second.say("end")
        second.expect("end")
        still_works(third)


def test_too_many_connections() -> None:
    with run_server(max_connections=1) as own, own.talk() as first:
        first.expect("ready")
        with own.talk() as second:
            refused = second.error("busy")
            assert (refused["fatal"], refused["reason"]) == (True, "connections")
            assert second.closed() == 1013
        still_works(first)


def test_a_client_that_disconnects_frees_everything(small: Running) -> None:
    with small.talk() as gone:
        gone.expect("ready")
        gone.start()
        gone.send(pcm(wav(buzz(0.5, 16000), 16000)))
        gone.expect("started")
        gone.socket.socket.shutdown(socket.SHUT_RDWR)
    until(lambda: small.service.engine.slots.taken == 0 and not small.service.connections)


def test_a_client_that_never_reads_is_dropped() -> None:
    with run_server(send_timeout_s=0.3, max_utterance_s=6000) as own:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", own.port))
        raw.sendall(
            b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert raw.recv(100).startswith(b"HTTP/1.1 101")
        message = json.dumps(
            {"type": "start", "format": "json", "fps": 60, "audio": {"encoding": "pcm_s16le", "sample_rate": 8000}}
        ).encode()
        raw.sendall(frame(1, message))
        for _ in range(1200):
            raw.sendall(frame(2, bytes(16000)))
        until(lambda: own.service.engine.slots.taken == 1)
        until(lambda: own.service.engine.slots.taken == 0 and not own.service.connections)
        until(lambda: not own.server.server_state.connections)
        raw.close()


def frame(opcode: int, payload: bytes) -> bytes:
    """Returns a client's frame, masked with zeros."""
    size = (
        struct.pack("!BH", 0x80 | 126, len(payload)) if len(payload) > 125 else struct.pack("!B", 0x80 | len(payload))
    )
    return bytes([0x80 | opcode]) + size + bytes(4) + payload


def test_an_idle_socket_is_closed() -> None:
    with run_server(idle_s=0.2) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        assert talk.expect("started")
        assert talk.error("timeout")["fatal"] is True
        assert talk.closed() == 1008
        until(lambda: own.service.engine.slots.taken == 0)


@pytest.mark.parametrize("make", [Raising, Nan])
def test_a_backend_that_fails(make: type[Raising]) -> None:
    with run_server(make()) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        talk.send(LOUD)
        talk.expect("started")
        error = talk.error("backend_failed")
        assert error["fatal"] is False
        assert "Traceback" not in error["message"]
        quiet = s16(buzz(1, 16000) * np.float32(0.5))
        assert len(talk.animate(quiet)) == 30
        with own.http() as http:
            assert http.post("/v1/animate", content=wav(np.ones(16000), 16000)).status_code == 500
            lines = http.post(
                "/v1/animate", content=wav(np.ones(16000), 16000), headers={"Accept": "application/x-ndjson"}
            ).text.splitlines()
            assert json.loads(lines[-1])["code"] == "backend_failed"
        until(lambda: own.service.engine.slots.taken == 0)


def test_a_backend_that_hangs() -> None:
    backend = Hanging()
    with run_server(backend, backend_timeout_s=0.1) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        talk.send(LOUD)
        talk.expect("started")
        talk.say("ping")
        talk.expect("pong")
        assert "did not answer" in talk.error("backend_failed")["message"]
        with own.http() as http:
            assert http.get("/health").status_code == 503
            assert http.get("/ping").status_code == 503
            assert len(talk.animate(s16(buzz(1, 16000) * np.float32(0.5)))) == 30
            assert http.get("/health").json()["status"] == "healthy"
        backend.released.set()


def test_a_device_that_hung_recovers_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load balancer sends no requests while /ping returns 503, so only a probe can detect the recovery."""
    monkeypatch.setattr("a2f_server.engine.runner.PROBE_S", 0.05)
    backend = Hanging()
    with run_server(backend, backend_timeout_s=0.1) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        talk.send(LOUD)
        talk.expect("started")
        talk.error("backend_failed")
        until(lambda: own.service.engine.healthy)
        with own.http() as http:
            assert http.get("/ping").status_code == 200
        backend.released.set()


def test_a_long_file_does_not_delay_others() -> None:
    """Other events are handled between the calls for a file: a ping is answered before its end."""
    with run_server() as own, own.talk() as busy, own.talk() as other:
        busy.expect("ready")
        other.expect("ready")
        sound = encoded(np.zeros(500 * 8000, np.int16), 8000, "FLAC")
        busy.start(audio={"encoding": "file"}, format="json")
        busy.send(sound)
        busy.say("end")
        busy.expect("started")
        assert busy.expect("frames")["first"] == 0
        other.say("ping")
        other.expect("pong")
        assert own.service.engine.slots.taken == 1, "the file is not finished yet"
        busy.say("cancel")
        busy.expect("cancelled")


def test_the_mock_fails_on_request() -> None:
    with run_server(mock_fail_after=0.5, mock_latency=0.001) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        for _ in range(100):
            talk.send(bytes(640))
        talk.expect("started")
        assert "A2F_MOCK_FAIL_AFTER" in talk.error("backend_failed")["message"]


@pytest.mark.parametrize(
    "header", [b"X: " + b"a" * 90_000, b"X: a\r\n" * 10_000, b"a" * 90_000], ids=["long", "many", "name"]
)
def test_the_headers_of_a_part_are_limited(small: Running, header: bytes) -> None:
    """They are joined piece by piece, which is slow for long ones."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n' + header + b"\r\n\r\nRIFF\r\n--x--\r\n"
    )
    with small.http() as http:
        answer = http.post("/process", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-7", "no-such"])
def test_other_encodings_of_a_form_are_refused(small: Running, charset: str) -> None:
    """Some take minutes for a field of a megabyte, and others give halves of surrogate pairs."""
    body = b'--x\r\nContent-Disposition: form-data; name="seed"\r\n\r\n-' + b"kva" * 30_000 + b"\r\n--x--\r\n"
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    with small.http() as http:
        answer = http.post("/process", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert "UTF-8" in answer.json()["message"]


REFUSED = {
    "half an emoji": r'{"type":"speak","text":"Hi \ud83d","utterance":7}',
    "a value out of range": '{"type":"start","fps":1000,"utterance":7,"audio":{"encoding":"file"}}',
    "a wrong shape": '{"type":"start","audio":[],"utterance":7}',
    "an unknown emotion": '{"type":"speak","text":"Hi","emotions":{"hunger":1},"utterance":7}',
    "an unsupported encoding": '{"type":"start","audio":{"encoding":"opus"},"utterance":7}',
    "no voice": '{"type":"speak","text":"Hi","utterance":7}',
    "no text": '{"type":"speak","utterance":7}',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_names_the_utterance_that_was_asked_for(talk: Talk, text: str) -> None:
    talk.socket.send(text)
    assert talk.expect("error")["utterance"] == 7
    still_works(talk)


def test_a_refusal_never_names_an_utterance_that_exists(talk: Talk) -> None:
    """Its error would end that one."""
    talk.start(utterance=3)
    talk.expect("started")
    talk.start(utterance=3)
    error = talk.error("bad_state")
    assert "utterance" not in error
    assert error["request"] == "start"
    talk.socket.send('{"type":"speak","text":5,"utterance":2}')
    assert "utterance" not in talk.error("bad_message")
    talk.say("end")
    talk.expect("end")


def test_an_error_says_which_message_it_answers(talk: Talk) -> None:
    for text, request in [
        ('{"type":"emotions","emotions":{"hunger":1}}', "emotions"),
        ('{"type":"end"}', "end"),
        ('{"type":"start"}', "start"),
        ('{"type":"dance"}', None),
        ("[" * 5000, None),
        ("nonsense", None),
    ]:
        talk.socket.send(text)
        assert talk.expect("error").get("request") == request
    talk.send(bytes(320))
    assert talk.error("bad_state")["request"] == "audio"
    still_works(talk)


def test_bad_messages_count_from_the_last_start(talk: Talk) -> None:
    """A page that is open for hours may make more than twenty mistakes."""
    for _ in range(3):
        for _ in range(12):
            talk.socket.send('{"type":"speak","text":5}')
            assert talk.error("bad_message")["fatal"] is False
        still_works(talk)
