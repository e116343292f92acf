"""The gRPC server itself: who may call, TLS, health, reflection, shutdown, and its port."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from pydantic import ValidationError

from a2f_server.api.app import create_app
from a2f_server.api_keys import store
from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStream
from a2f_server.grpc_server.protos.emotalk_pb2 import AudioRequest
from a2f_server.grpc_server.server import SERVICES
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.listening import CannotListen
from a2f_server.uvicorn_server.server import make_server
from tests.support.grpc_clients import (
    animate,
    audio,
    channel,
    clip,
    encoded,
    end,
    file_responses,
    header,
    on_loop,
    open_stream,
    refused,
    run_grpc,
    target,
    weights_of,
)
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, s16, wav
from tests.support.waiting import until

SPEECH = s16(buzz(0.2, 16000))
KEY = "correct-horse"


@pytest.fixture(scope="module")
def locked() -> Iterator[Running]:
    with run_grpc(api_key=KEY, subject_streams=1, subject_connections=1) as running:
        yield running


def bearer(credential: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {credential}"),)


def token(server: Running, subject: str) -> str:
    with server.http(headers={"authorization": f"Bearer {KEY}"}) as http:
        return str(http.post("/v1/token", json={"subject": subject}).json()["token"])


def test_a_key_opens_a_stream(locked: Running) -> None:
    assert len(weights_of(animate(locked, clip(SPEECH), metadata=bearer(KEY)))) == 6


def test_a_token_opens_a_stream(locked: Running) -> None:
    assert len(weights_of(animate(locked, clip(SPEECH), metadata=bearer(token(locked, "u1"))))) == 6


@pytest.mark.parametrize("metadata", [(), bearer("wrong-key"), bearer(""), (("authorization", KEY),)], ids=str)
def test_without_a_key_no_stream(locked: Running, metadata: tuple[tuple[str, str], ...]) -> None:
    assert refused(locked, clip(SPEECH), metadata=metadata)[0] == grpc.StatusCode.UNAUTHENTICATED


def test_without_a_key_no_file(locked: Running) -> None:
    with channel(locked) as opened:
        responses = file_responses(opened, AudioRequest(audio_data=wav(buzz(0.2, 16000), 16000)))
        assert "key" in next(responses).error_message
        with pytest.raises(grpc.RpcError) as error:
            next(responses)
    assert error.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_the_limits_of_a_subject_hold(locked: Running) -> None:
    mine = bearer(token(locked, "u2"))

    async def work(opened: Any) -> None:
        call = open_stream(opened)(metadata=mine)
        await call.write(header())
        await call.read()
        second = open_stream(opened)(metadata=mine)
        await second.write(header())
        await second.write(end())
        with pytest.raises(grpc.RpcError) as error:
            await second.read()
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert ("a2f-scope", "subject") in [tuple(pair) for pair in error.value.trailing_metadata()]
        call.cancel()

    on_loop(locked, work)


def test_pages_of_other_origins_are_refused(grpc_server: Running) -> None:
    code, _ = refused(grpc_server, clip(SPEECH), metadata=(("origin", "https://elsewhere.example"),))
    assert code == grpc.StatusCode.PERMISSION_DENIED


def test_as_many_calls_as_connections() -> None:
    with run_grpc(max_connections=1) as own, own.talk() as talk:
        talk.expect("ready")
        assert refused(own, clip(SPEECH))[0] == grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Returns a certificate for localhost, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


def test_tls(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with run_grpc(grpc_cert=cert, grpc_key=key) as own:
        trusted = grpc.ssl_channel_credentials(cert.read_bytes())
        address = target(own).replace("127.0.0.1", "localhost")
        with grpc.secure_channel(address, trusted) as opened:
            answer = list(open_stream(opened)(iter(clip(SPEECH)), timeout=PATIENCE))
        assert len(weights_of(answer)) == 6
        assert refused(own, clip(SPEECH))[0] == grpc.StatusCode.UNAVAILABLE, "without TLS"


def test_files_of_tls_that_cannot_be_used(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "empty.pem").write_bytes(b"")
    for cert in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        settings = Settings(backend="mock", tts="none", grpc_port=0, grpc_cert=cert, grpc_key=certificate[1])
        with pytest.raises(ValueError, match="A2F_GRPC_CERT"):
            create_app(settings)
    with pytest.raises(ValidationError, match="both"):
        Settings(grpc_cert=certificate[0])


def health_of(server: Running, service: str = "") -> int:
    with channel(server) as opened:
        request = health_pb2.HealthCheckRequest(service=service)
        return int(health_pb2_grpc.HealthStub(opened).Check(request, timeout=PATIENCE).status)


@pytest.mark.parametrize("name", ["", *SERVICES])
def test_health(grpc_server: Running, name: str) -> None:
    until(lambda: health_of(grpc_server, name) == health_pb2.HealthCheckResponse.SERVING)


def test_health_follows_the_engine() -> None:
    with run_grpc(api_key=KEY) as own:
        until(lambda: health_of(own) == health_pb2.HealthCheckResponse.SERVING)
        own.service.engine.runner.healthy = False
        until(lambda: health_of(own) == health_pb2.HealthCheckResponse.NOT_SERVING)
        own.service.engine.runner.healthy = True


def ask(server: Running, **fields: str) -> Any:
    request = reflection_pb2.ServerReflectionRequest(**fields)
    with channel(server) as opened:
        stub = reflection_pb2_grpc.ServerReflectionStub(opened)
        (answer,) = stub.ServerReflectionInfo(iter([request]), timeout=PATIENCE)
        return answer


def test_reflection(grpc_server: Running) -> None:
    listed = {service.name for service in ask(grpc_server, list_services="").list_services_response.service}
    assert {*SERVICES, "grpc.health.v1.Health"} <= listed
    for name in listed:
        found = ask(grpc_server, file_containing_symbol=name).file_descriptor_response.file_descriptor_proto
        assert any(name.endswith(s.name) for f in found for s in FileDescriptorProto.FromString(f).service)


def test_shutdown_lets_a_stream_finish() -> None:
    with run_grpc(drain_s=PATIENCE) as own:

        async def work(opened: Any) -> int:
            call, late = open_stream(opened)(), open_stream(opened)()
            await call.write(header())
            await call.write(audio(SPEECH))
            await call.read()
            own.stop()
            await own.service.engine.slots.drain_started.wait()
            await late.write(header())
            await late.write(end())
            with pytest.raises(grpc.RpcError) as error:
                await late.read()
            assert error.value.code() == grpc.StatusCode.UNAVAILABLE
            await call.write(end())
            frames = 0
            while (message := await call.read()) is not grpc.aio.EOF:
                frames += message.HasField("animation_data")
            return frames

        assert on_loop(own, work) == 6


def test_shutdown_ends_a_stream_that_does_not_finish() -> None:
    with run_grpc(drain_s=0) as own:

        async def work(opened: Any) -> grpc.StatusCode:
            call = open_stream(opened)()
            await call.write(header())
            await call.write(audio(SPEECH))
            await call.read()
            own.stop()
            try:
                while await call.read() is not grpc.aio.EOF:
                    pass
            except grpc.RpcError as error:
                return error.code()
            return grpc.StatusCode.OK

        assert on_loop(own, work) == grpc.StatusCode.UNAVAILABLE


def test_health_says_that_the_server_shuts_down() -> None:
    with run_grpc(drain_s=PATIENCE) as own:
        slot = own.service.engine.slots.reserve()
        own.stop()
        until(lambda: health_of(own) == health_pb2.HealthCheckResponse.NOT_SERVING)
        own.loop.call_soon_threadsafe(slot.close)


def test_a_port_that_is_taken(grpc_server: Running) -> None:
    assert grpc_server.server.grpc
    settings = Settings(backend="mock", tts="none", port=0, grpc_port=grpc_server.server.grpc.port)
    server = make_server(create_app(settings), settings)
    with pytest.raises(CannotListen, match="A2F_GRPC_PORT"):
        server.run()


def test_it_is_off_by_default(server: Running) -> None:
    assert server.server.grpc is None


def test_without_its_packages_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "a2f_server.grpc_server.server", None)
    with pytest.raises(ValueError, match=r"a2f-server\[grpc\]"):
        create_app(Settings(backend="mock", tts="none", grpc_port=0))


def test_an_unknown_method(grpc_server: Running) -> None:
    with channel(grpc_server) as opened, pytest.raises(grpc.RpcError) as error:
        opened.unary_unary("/emotalk.EmoTalkService/GetStats")(encoded(end()), timeout=PATIENCE)
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_calls_take_the_slots_and_connections_of_their_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(
        f'[[keys]]\nname = "a"\nkey = "{KEY}"\nconnections = 1\n[[keys]]\nname = "b"\nkey = "another-key"\n'
    )
    with run_grpc(keys_file=file) as own:
        with own.talk(additional_headers={"Authorization": f"Bearer {KEY}"}) as talk:
            talk.expect("ready")
            code, message = refused(own, clip(SPEECH), metadata=bearer(KEY))[:2]
            assert (code, "this key has 1 open" in message) == (grpc.StatusCode.RESOURCE_EXHAUSTED, True)
            assert len(weights_of(animate(own, clip(SPEECH), metadata=bearer("another-key")))) == 6
        until(lambda: not own.service.connections)
        assert len(weights_of(animate(own, clip(SPEECH), metadata=bearer(KEY)))) == 6


def test_a_call_ends_when_its_key_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "POLL_S", 0.01)
    file = tmp_path / "keys.toml"
    file.write_text(f'[[keys]]\nname = "a"\nkey = "{KEY}"\n')
    release = Event()

    def messages() -> Iterator[AudioStream]:
        yield header()
        yield audio(SPEECH)
        until(lambda: own.service.connections)
        file.write_text('[[keys]]\nname = "b"\nkey = "another-key"\n')
        release.wait(PATIENCE)

    with run_grpc(keys_file=file, send_timeout_s=0.4) as own:
        try:
            code, message = refused(own, messages(), metadata=bearer(KEY))
        finally:
            release.set()
    assert (code, "no longer valid" in message) == (grpc.StatusCode.UNAUTHENTICATED, True)
