"""Each check of the doctor, with what it should find."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from a2f_server import __version__
from a2f_server.doctor import requirements
from a2f_server.doctor.checks import (
    certificate,
    extras,
    gpu,
    keys,
    live_targets,
    model,
    motion_profiles,
    network,
    packages,
    ports,
    python,
    resources,
    runtime,
    settings,
    voice,
)
from a2f_server.doctor.contract import CheckContext, Finding
from a2f_server.settings import Settings
from tests.support.running import run_server
from tests.support.speech_service import run_speech_service

GOOD_KEY = "d0f3ab1c9e8872645510aa7be3"


def context(**chosen: Any) -> CheckContext:
    return CheckContext(Settings(**{"backend": "mock", "tts": "none", **chosen}))


def found(check: Callable[[CheckContext], Any], **chosen: Any) -> list[Finding]:
    return list(check(context(**chosen)))


def worst(check: Callable[[CheckContext], Any], **chosen: Any) -> Finding:
    """Returns the most serious finding; every finding that is not fine has a remedy."""
    findings = found(check, **chosen)
    assert all(finding.remedy for finding in findings if finding.status in ("warning", "error"))
    return max(findings, key=lambda finding: ("ok", "info", "warning", "error").index(finding.status))


def test_this_machine_is_fine() -> None:
    assert worst(python.check).status in ("ok", "info")
    assert [finding.status for finding in found(packages.check)] == ["ok"]
    assert worst(runtime.check).status == "ok"
    assert worst(motion_profiles.check).status == "ok"
    assert {finding.status for finding in found(resources.check)} <= {"ok", "warning"}


def test_an_old_python_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    assert worst(python.check).status == "error"


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "is_installed", lambda name: name != "soxr")
    assert worst(packages.check).message == "missing: soxr"


def test_a_missing_extra_has_an_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "is_installed", lambda name: not name.startswith("grpcio"))
    finding = worst(extras.check)
    assert (finding.status, finding.message) == ("info", "[grpc] is not installed")
    assert "pip install 'a2f-server[grpc]'" in (finding.remedy or "")
    needed = worst(extras.check, grpc_port=0)
    assert needed.status == "error"
    assert "A2F_GRPC_PORT" in needed.message


def test_every_extra_but_those_for_development_is_reported() -> None:
    names = {finding.message.split("]")[0].strip("[") for finding in found(extras.check)}
    assert names >= {"azure", "cloudwatch", "fp16", "grpc", "media", "models", "protobuf", "ray", "voice"}
    assert not names & {"dev", "train", "cpu", "gpu"}


def test_requirements_are_read_as_pip_does() -> None:
    lines = ["numpy<3,>=2.0", "uvloop>=0.21; sys_platform != 'win32'", 'av<19,>=15; extra == "media"']
    assert requirements.core(lines) == ["numpy", "uvloop"]
    assert requirements.of_extra(lines, "media") == ["av"]
    assert requirements.of_extra(lines, "med") == []


@pytest.mark.parametrize(
    ("installed", "message"),
    [([], "missing"), (["onnxruntime", "onnxruntime-gpu"], "overwrite each other")],
)
def test_onnxruntime_is_installed_once(monkeypatch: pytest.MonkeyPatch, installed: list[str], message: str) -> None:
    monkeypatch.setattr(runtime, "is_installed", lambda name: name in installed)
    monkeypatch.setattr(runtime, "version", lambda name: "1.0")
    finding = worst(runtime.check)
    assert (finding.status, message in finding.message) == ("error", True)


def test_a_required_gpu_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu.accelerator, "name", lambda device: "")
    assert worst(gpu.check).status == "info"
    assert worst(gpu.check, device="cuda").status == "error"


def test_a_gpu_is_described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H100, 80GB, 570.86.15, 81559 MiB'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gpu.accelerator, "name", lambda device: "NVIDIA H100")
    monkeypatch.setattr(gpu.accelerator, "memory", lambda device: gpu.accelerator.MemoryUsage(79000, 81559))
    card, memory = found(gpu.check)
    assert card.message == "NVIDIA H100, 80GB, driver 570.86.15, 81559 MiB"
    assert (memory.status, "2559 MiB of 81559" in memory.message) == ("warning", True)
    program.write_text("#!/bin/sh\nexit 9\n")
    assert len(found(gpu.check)) == 1


def test_settings_are_reported() -> None:
    assert "A2F_BACKEND" in worst(settings.check).message
    broken = CheckContext(Settings.model_construct(), "A2F_PORT: Input should be a valid integer")
    assert [finding.status for finding in settings.check(broken)] == ["error"]


def test_a_model_is_run() -> None:
    finding = worst(model.check)
    assert finding.status == "ok"
    assert "mock on cpu (numpy): loads in " in finding.message


@pytest.mark.parametrize("backend", ["nothing", "audio2face3d", "missing.toml"])
def test_a_model_that_does_not_load(backend: str) -> None:
    assert worst(model.check, backend=backend).status == "error"


def test_a_model_that_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr("a2f_server.backends.mock.backend.MockBackend.infer", fail)
    assert "loads but does not run: CUDA out of memory" in worst(model.check).message


def test_a_voice_is_asked() -> None:
    assert worst(voice.check).status == "info"
    assert worst(voice.check, tts="espeak").status == "ok"
    assert "hibari speaks after" in worst(voice.check, tts="hibari").message
    assert worst(voice.check, tts="openai").status == "error", "there is no address"
    assert worst(voice.check, tts="nobody").status == "error"
    assert worst(voice.check, tts="azure").status == "error", "there is no key"


def test_a_local_voice_that_is_slow_is_no_matter_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "LOCAL_TIMEOUT_S", 0.0)
    finding = worst(voice.check, tts="espeak")
    assert (finding.status, "did not speak within" in finding.message) == ("error", True)
    assert "firewall" not in (finding.remedy or "")


def test_a_live_target_has_to_exist() -> None:
    assert found(live_targets.check) == []
    assert [finding.status for finding in found(live_targets.check, livelink="127.0.0.1", vmc="[::1]:39539")] == [
        "ok"
    ] * 2
    finding = worst(live_targets.check, livelink="127.0.0.1:0")
    assert finding.message.startswith("A2F_LIVELINK: livelink: write the address as host:port")
    (unknown,) = live_targets.check(CheckContext(Settings(vmc="there.is.no.such.host"), network=False))
    assert unknown.status == "info", "asking for the name would contact another machine"


def test_a_speech_service_is_asked_for_its_voices() -> None:
    with run_speech_service() as service:
        assert worst(voice.check, tts="openai", tts_url=service.url).message == "openai answers and has 2 voices"
        assert [asked.path for asked in service.asked] == ["/v1/audio/voices"], "speech may cost money"
    assert "cannot be reached" in worst(voice.check, tts="openai", tts_url=service.url).message


def test_a_remote_voice_is_not_asked_offline() -> None:
    chosen = context(tts="azure", azure_key=GOOD_KEY, azure_region="westeurope").settings
    (finding,) = voice.check(CheckContext(chosen, network=False))
    assert finding.status == "info"


def test_profiles_must_be_readable(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text("[profiles.x")
    assert worst(motion_profiles.check, profiles=tmp_path / "profiles.toml").status == "error"


# Ports


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(5)
        port = taken.getsockname()[1]
        taken.close()
        with socket.create_server(("127.0.0.1", port)):
            finding = worst(ports.check, port=0, grpc_port=port)
    assert (finding.status, f"port {port} is taken" in finding.message) == ("error", True)


def test_a_server_of_ours_may_have_the_port() -> None:
    with run_server() as server:
        findings = found(ports.check, port=server.port)
    assert [finding.message for finding in findings] == [f"a2f-server {__version__} is running on port {server.port}"]


def test_a_foreign_address_is_an_error() -> None:
    assert worst(ports.check, host="203.0.113.7", port=0, insecure=True).status == "error"


# Keys


@pytest.mark.parametrize(
    ("chosen", "status"),
    [
        ({}, "info"),
        ({"host": "0.0.0.0", "insecure": True}, "warning"),
        ({"api_key": "password"}, "warning"),
        ({"api_key": "a" * 40}, "warning"),
        ({"api_key": GOOD_KEY}, "ok"),
    ],
)
def test_keys_are_judged(chosen: dict[str, Any], status: str) -> None:
    finding = worst(keys.check, **chosen)
    assert finding.status == status
    assert str(chosen.get("api_key", "?")) not in finding.message


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (f'name = "web"\nkey = "{GOOD_KEY}"', "ok", "1 keys: web"),
        ('name = "web"\nkey = "password"', "warning", "web is easy to guess"),
        (f'name = "web"\nkey = "{GOOD_KEY}"\nexpires = 2020-01-01', "warning", "web expired"),
        (f'name = "web"\nkey = "{GOOD_KEY}"\nexpires = SOON', "warning", "web expires in 3 days"),
        (f'name = "web"\nsha256 = "{"0" * 64}"', "info", "tokens of web"),
        (f'name = "web"\nkey = "{GOOD_KEY}', "error", "not valid TOML"),
    ],
)
def test_files_of_keys_are_judged(tmp_path: Path, text: str, status: str, message: str) -> None:
    soon = datetime.now(UTC) + timedelta(days=3, hours=1)
    path = tmp_path / "keys.toml"
    path.write_text("[[keys]]\n" + text.replace("SOON", f"{soon:%Y-%m-%dT%H:%M:%SZ}"))
    path.chmod(0o600)
    finding = worst(keys.check, keys_file=path)
    assert (finding.status, message in finding.message) == (status, True), finding
    assert GOOD_KEY not in finding.message


def test_a_file_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(f'[[keys]]\nname = "web"\nkey = "{GOOD_KEY}"')
    path.chmod(0o644)
    assert "mode 644" in worst(keys.check, keys_file=path).message


# Network


@pytest.mark.parametrize(
    ("chosen", "status"),
    [
        ({}, "ok"),
        ({"host": "0.0.0.0", "api_key": GOOD_KEY}, "info"),
        ({"proxies": "10.0.0.0/8", "api_key": GOOD_KEY}, "ok"),
        ({"proxies": "0.0.0.0/0", "api_key": GOOD_KEY}, "warning"),
        ({"host": "0.0.0.0", "insecure": True}, "warning"),
        ({"hosts": "*", "insecure": True}, "warning"),
        ({"allowed_origins": "*"}, "info"),
    ],
)
def test_what_is_open_is_reported(chosen: dict[str, Any], status: str) -> None:
    assert worst(network.check, **chosen).status == status


# Certificates


class Pair(NamedTuple):
    grpc_cert: Path
    grpc_key: Path


def pair(folder: Path, days: float, name: str = "face") -> Pair:
    """Writes a self-signed certificate that is valid for this long."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "face.example.com")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    signed = (
        builder.not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    cert, private = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(signed.public_bytes(pem))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return Pair(cert, private)


@pytest.mark.parametrize(
    ("days", "status", "message"),
    [(90, "ok", "valid for 90 days"), (5, "warning", "expires in 5 days"), (-5, "error", "certificate has expired")],
)
def test_certificates_expire(tmp_path: Path, days: int, status: str, message: str) -> None:
    finding = worst(certificate.check, **pair(tmp_path, days)._asdict())
    assert (finding.status, message in finding.message) == (status, True), finding


def test_a_certificate_and_its_key_belong_together(tmp_path: Path) -> None:
    one, other = pair(tmp_path, 90, "one"), pair(tmp_path, 90, "other")
    assert worst(certificate.check, grpc_cert=one.grpc_cert, grpc_key=other.grpc_key).status == "error"
    assert worst(certificate.check, grpc_cert=tmp_path / "none", grpc_key=one.grpc_key).status == "error"
    (tmp_path / "text").write_text("no certificate")
    finding = worst(certificate.check, grpc_cert=tmp_path / "text", grpc_key=one.grpc_key)
    assert finding.status == "error"
    assert "one of them is not a PEM file" in finding.message


def test_grpc_without_tls_is_said() -> None:
    assert found(certificate.check) == []
    assert worst(certificate.check, grpc_port=0).status == "info"


# Resources


def test_a_lack_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "limit").write_text(str(300 << 20))
    monkeypatch.setattr(resources, "LIMIT", tmp_path / "limit")
    monkeypatch.setattr(resources, "LEAST_DISK_MIB", 1 << 40)
    findings = found(resources.check, max_connections=10**9, model_dir=tmp_path / "missing/model")
    warnings = " ".join(finding.message for finding in findings if finding.status == "warning")
    for lack in ("300 MiB of memory", f"free in {tmp_path}", "files may be open"):
        assert lack in warnings
