"""A real name server and a real web server serve what was applied, and are asked for it."""

from __future__ import annotations

import http.client
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from automation.core.certificates import CertificatePair
from automation.core.errors import CheckFailed
from automation.core.policy import Policy
from automation.targets.apply import apply_targets
from automation.targets.nginx import NginxOptions
from automation.targets.readback import ReadBack, read_back
from tests.targets.programs import require_bind, require_nginx
from tests.targets.world import free_port, make_certificate, make_policy, request, running, upstream_server

DAY = date(2026, 11, 22)
NAME = "simpus.contoh.go.id"


def named_conf(folder: Path, served: Path, port: int) -> Path:
    zones = "".join(
        f'zone "{origin}" {{ type master; file "{served}/current/zones/{origin}.zone"; }};\n'
        for origin in ("contoh.go.id", "desa.contoh.id")
    )
    text = f"""
options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; notify no; allow-transfer {{ none; }};
}};
controls {{ }};
{zones}"""
    file = folder / "named.conf"
    file.write_text(text)
    return file


def named_arguments(named: str, conf: Path) -> list[str]:
    return [named, "-g", "-n", "1", "-c", str(conf)]


def nginx_arguments(nginx: str, served: Path, prefix: Path) -> list[str]:
    prefix.mkdir(exist_ok=True)
    conf = served / "current" / "nginx" / "nginx.conf"
    return [nginx, "-p", str(prefix), "-e", "stderr", "-c", str(conf), "-g", "daemon off;"]


def get(port: int, host: str, path: str = "/") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def eventually(ask: object, served: Path, **servers: tuple[str, int]) -> ReadBack:
    """Read back until the reload has come through."""
    deadline = time.monotonic() + 15
    while True:
        seen = read_back(str(ask), folder=served, **servers)  # type: ignore[arg-type]
        if seen.ok or time.monotonic() > deadline:
            return seen
        time.sleep(0.1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Policy, NginxOptions, Path]]:
    with upstream_server() as port:
        options = NginxOptions(http_port=free_port(), https_port=free_port(), address="127.0.0.1")
        yield make_policy(upstream=port), options, tmp_path / "saji"


@pytest.mark.bind
@pytest.mark.nginx
def test_a_name_is_served_by_real_servers_and_a_new_one_after_a_reload(
    world: tuple[Policy, NginxOptions, Path], tmp_path: Path
) -> None:
    (named, _), nginx = require_bind(), require_nginx()
    policy, options, served = world
    apply_targets([request()], policy, folder=served, today=DAY, options=options)
    dns_port = free_port()
    servers = {"dns_server": ("127.0.0.1", dns_port), "http": ("127.0.0.1", options.http_port)}
    conf = named_conf(tmp_path, served, dns_port)
    with (
        running(named_arguments(named, conf), port=dns_port) as name_server,
        running(nginx_arguments(nginx, served, tmp_path / "jalan"), port=options.http_port) as web_server,
    ):
        seen = eventually(NAME, served, **servers)
        assert seen.ok, seen
        assert seen.addresses == ("127.0.0.9",)
        assert seen.checkers == ("dns", "http")
        assert seen.serial == 2026112201

        apply_targets([request(), request("surat")], policy, folder=served, today=DAY, options=options)
        stale = read_back(NAME, folder=served, **servers)
        assert not stale.zone_ok
        assert "2026112202" in stale.problems[0].id
        name_server.send_signal(signal.SIGHUP)
        web_server.send_signal(signal.SIGHUP)
        assert eventually("surat.contoh.go.id", served, **servers).ok


@pytest.mark.bind
@pytest.mark.nginx
def test_after_a_refused_apply_both_servers_still_start_cold(
    world: tuple[Policy, NginxOptions, Path], tmp_path: Path
) -> None:
    (named, _), nginx = require_bind(), require_nginx()
    policy, options, served = world
    apply_targets([request()], policy, folder=served, today=DAY, options=options)
    broken = make_policy(sertifikat="/tidak/ada.pem", kunci_sertifikat="/tidak/ada.key")
    with pytest.raises(CheckFailed):
        apply_targets([request(), request("surat")], broken, folder=served, today=DAY, options=options)
    port = free_port()
    servers = {"dns_server": ("127.0.0.1", port), "http": ("127.0.0.1", options.http_port)}
    with (
        running(named_arguments(named, named_conf(tmp_path, served, port)), port=port),
        running(nginx_arguments(nginx, served, tmp_path / "jalan"), port=options.http_port),
    ):
        assert eventually(NAME, served, **servers).ok


@pytest.mark.nginx
def test_a_virtual_host_answers_with_headers_of_its_own(
    world: tuple[Policy, NginxOptions, Path], tmp_path: Path
) -> None:
    nginx = require_nginx()
    policy, options, served = world
    apply_targets([request()], policy, folder=served, today=DAY, options=options)
    with running(nginx_arguments(nginx, served, tmp_path / "jalan"), port=options.http_port):
        status, headers, body = get(options.http_port, NAME)
        assert (status, body) == (200, b"halo dari aplikasi")
        assert headers["x-laik-nama"] == f"{NAME}@0123456789ab"
        assert headers["x-content-type-options"] == "nosniff"
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            get(options.http_port, "tidak-dikenal.contoh.go.id")
        assert get(options.http_port, "apa.saja", "/-/siap")[0] == 200


@pytest.mark.nginx
def test_a_browser_gets_the_certificate_of_the_names_own_parent_or_plain_http(
    world: tuple[Policy, NginxOptions, Path], tmp_path: Path
) -> None:
    nginx = require_nginx()
    policy, options, served = world
    certificate, key = make_certificate(tmp_path, "desa.contoh.id")
    pairs = {"desa.contoh.id": CertificatePair(sertifikat=certificate, kunci=key)}
    hosting = policy.hosting.model_copy(update={"sertifikat_induk": pairs})
    policy = policy.model_copy(update={"hosting": hosting})
    asked = [request(), request("desaku", policy=policy, induk="desa.contoh.id")]
    apply_targets(asked, policy, folder=served, today=DAY, options=options)
    with running(nginx_arguments(nginx, served, tmp_path / "jalan"), port=options.http_port):
        status, headers, _ = get(options.http_port, NAME)
        assert (status, "strict-transport-security" in headers) == (200, False)
        status, headers, _ = get(options.http_port, "desaku.desa.contoh.id")
        assert (status, headers["location"]) == (301, "https://desaku.desa.contoh.id/")
        opened(options.https_port, "desaku.desa.contoh.id", trusting=certificate)
        with pytest.raises(ssl.SSLError):
            opened(options.https_port, NAME, trusting=certificate)


def opened(port: int, host: str, *, trusting: str) -> None:
    """As a browser opens a site: the certificate is held to the name."""
    context = ssl.create_default_context(cafile=trusting)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as door,
        context.wrap_socket(door, server_hostname=host),
    ):
        pass


@pytest.mark.bind
def test_a_name_that_was_never_admitted_does_not_exist(
    world: tuple[Policy, NginxOptions, Path], tmp_path: Path
) -> None:
    named, _ = require_bind()
    policy, options, served = world
    apply_targets([request()], policy, folder=served, today=DAY, options=options)
    port = free_port()
    with running(named_arguments(named, named_conf(tmp_path, served, port)), port=port):
        assert eventually(NAME, served, dns_server=("127.0.0.1", port)).zone_ok
        query = dns.message.make_query("palsu.contoh.go.id", "A")
        answer = dns.query.udp(query, "127.0.0.1", port=port, timeout=5)
        assert answer.rcode() == dns.rcode.NXDOMAIN
        assert answer.flags & dns.flags.AA


@pytest.mark.nginx
def test_a_dead_upstream_still_proves_the_virtual_host(tmp_path: Path) -> None:
    nginx = require_nginx()
    policy = make_policy(upstream=free_port())
    options = NginxOptions(http_port=free_port(), https_port=free_port(), address="127.0.0.1")
    apply_targets([request()], policy, folder=tmp_path / "saji", today=DAY, options=options)
    with running(nginx_arguments(nginx, tmp_path / "saji", tmp_path / "jalan"), port=options.http_port):
        assert get(options.http_port, NAME)[0] == 502
        assert read_back(NAME, http=("127.0.0.1", options.http_port), folder=tmp_path / "saji").vhost_ok


def test_without_servers_the_written_files_are_read_back(tmp_path: Path) -> None:
    apply_targets([request()], make_policy(), folder=tmp_path, today=DAY)
    seen = read_back(NAME, folder=tmp_path)
    assert seen.ok
    assert seen.checkers == ("dnspython", "crossplane")
    assert seen.serial == 2026112201


def test_a_name_outside_the_release_is_not_read_back(tmp_path: Path) -> None:
    apply_targets([request()], make_policy(), folder=tmp_path, today=DAY)
    assert not read_back("lain.contoh.go.id", folder=tmp_path).ok
    assert not read_back(NAME, folder=tmp_path / "kosong").ok


def test_a_missing_record_or_virtual_host_shows_in_the_read_back(tmp_path: Path) -> None:
    apply_targets([request()], make_policy(), folder=tmp_path, today=DAY)
    (tmp_path / "current" / "nginx" / "vhosts" / f"{NAME}.conf").unlink()
    zone = tmp_path / "current" / "zones" / "contoh.go.id.zone"
    zone.write_text(
        "".join(line for line in zone.read_text().splitlines(True) if not line.startswith("simpus"))
    )
    seen = read_back(NAME, folder=tmp_path)
    assert not seen.zone_ok
    assert not seen.vhost_ok
    assert len(seen.problems) == 2


def test_servers_that_do_not_answer_are_no_proof(tmp_path: Path) -> None:
    apply_targets([request()], make_policy(), folder=tmp_path, today=DAY)
    seen = read_back(NAME, folder=tmp_path, http=("127.0.0.1", free_port()))
    assert not seen.vhost_ok
