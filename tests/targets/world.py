"""A small world for the hosting tests: a policy, request texts, a mirror, real servers on loopback ports."""

from __future__ import annotations

import http.server
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from automation.core.hosting import HostingRequest, read_request
from automation.core.policy import Policy, load_policy

SHA = "0123456789abcdef0123456789abcdef01234567"

POLICY = """
format: laik/kebijakan/1
organisasi: {pemerintah: Pemerintah Kabupaten Contoh, instansi: Diskominfo, zona_waktu: Asia/Makassar}
bot: laik-bot
sop: [lombok_tengah]
proyek:
  kendali: diskominfo/kendali
  hosting: diskominfo/hosting
  rahasia: diskominfo/rahasia
  berkas: berkas
  aplikasi: aplikasi
peran: {tim_teknis_diskominfo: [teknis-1, teknis-2]}
perangkat_daerah:
  dinkes: {nama: Dinas Kesehatan}
  dukcapil: {nama: Dinas Kependudukan}
hosting:
  induk_domain: [contoh.go.id, desa.contoh.id]
  alamat: 127.0.0.9
  hulu:
    app1: {alamat: 127.0.0.1, port: UPSTREAM}
    app6: {alamat: "::1", port: 8080}
  nama_server: [ns1.contoh.go.id, ns.luar.example]
  surel_zona: hostmaster.contoh.go.id
"""


def make_policy(*, upstream: int = 8080, **hosting: object) -> Policy:
    """The policy; ``hosting`` replaces fields of its hosting part."""
    policy = load_policy(POLICY.replace("UPSTREAM", str(upstream)))
    if not hosting:
        return policy
    changed = policy.hosting.model_dump() | hosting
    return policy.model_copy(update={"hosting": type(policy.hosting).model_validate(changed)})


def request_text(nama: str = "simpus", **values: str) -> str:
    """A request file; ``values`` replace the YAML text of a key, an empty text removes it."""
    keys = {
        "format": "laik/hosting/1",
        "nama": nama,
        "induk": "contoh.go.id",
        "kasus": "PA-2026-0042",
        "pemilik": "dinkes",
        "sha": f'"{SHA}"',
        "layanan": "[subdomain, hosting]",
        "hulu": "app1",
        "penanggung_jawab": "\n  administratif: {jabatan: Sekretaris, unit: Dinkes}"
        "\n  teknis: {jabatan: Pranata Komputer, unit: Dinkes}",
    } | values
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value)


def request(nama: str = "simpus", *, policy: Policy | None = None, **values: str) -> HostingRequest:
    """One valid request."""
    text = request_text(nama, **values)
    return read_request(text.encode(), f"permohonan/{nama}.yaml", policy=policy or make_policy())


def make_certificate(folder: Path, domain: str) -> tuple[str, str]:
    """A wildcard certificate for the names right below ``domain``: its path and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"*.{domain}")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"*.{domain}")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{domain}.pem", folder / f"{domain}.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(paths[0]), str(paths[1])


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass(frozen=True)
class Row:
    """An admitted row, shaped like the ledger's."""

    path: str
    blob: str
    case: str = "PA-2026-0042"
    decision: str = "d1"


class Hosting:
    """A hosting project: a bare repository written through plain git."""

    def __init__(self, folder: Path) -> None:
        self.bare = folder / "hosting.git"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare), bare=False)

    def git(self, *arguments: str, stdin: bytes = b"", bare: bool = True) -> str:
        place = [f"--git-dir={self.bare}"] if bare else []
        who = ["-c", "user.name=uji", "-c", "user.email=uji@contoh.go.id"]
        done = subprocess.run(["git", *place, *who, *arguments], input=stdin, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, files: Mapping[str, str], *, branch: str = "main") -> dict[str, str]:
        """Force ``branch`` to a parentless commit with exactly ``files``; blob id by path."""
        blobs = {
            path: self.git("hash-object", "-w", "--stdin", stdin=text.encode())
            for path, text in files.items()
        }
        tree = "".join(f"100644 blob {blob}\t{path.rpartition('/')[2]}\n" for path, blob in blobs.items())
        inner = self.git("mktree", stdin=tree.encode())
        outer = self.git("mktree", stdin=f"040000 tree {inner}\tpermohonan\n".encode()) if files else inner
        sha = self.git("commit-tree", outer, "-m", "keadaan")
        self.git("update-ref", f"refs/heads/{branch}", sha)
        return blobs


@contextmanager
def upstream_server(answer: bytes = b"halo dari aplikasi") -> Iterator[int]:
    """A tiny application; it also tries to forge the header that proves a virtual host."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("X-Laik-Nama", "palsu")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answer)

        do_HEAD = do_GET  # noqa: N815 - the name http.server calls

        def log_message(self, *arguments: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running(arguments: list[str], *, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server process in the foreground, up when its TCP port answers, ended afterwards."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server never answered")
