"""The main job, end to end: one case travels the SOP, served by a real name server and a real web server.

Once on a forge that speaks as GitLab does, once on one that speaks as GitHub does.
"""

from __future__ import annotations

import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest
import requests

from automation.core.verified import verify_ledger
from automation.demo.organisation import (
    CONTROL,
    HOSTING,
    OWNER,
    PARENT,
    REVIEWERS,
    TEAM,
    VENDOR,
    Organisation,
)
from automation.demo.run import Played, play, theatre, where_to_look
from automation.demo.scenes.lombok_tengah import NAME
from automation.demo.scenes.lombok_tengah_refusals import EXPECTED
from automation.settings import Settings
from automation.signing import check
from automation.signing.keyfiles import load_ring
from automation.wiring import Laik
from tests.targets.programs import require_bind, require_nginx
from tests.targets.world import free_port

pytestmark = [pytest.mark.bind, pytest.mark.nginx, pytest.mark.timeout(600)]
DIALECTS = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"demo-{name}")) for name in ("gitlab", "github")
]


class Servers:
    """named and nginx on loopback ports, started or reloaded by the program laik runs after a change."""

    def __init__(self, folder: Path, served: Path) -> None:
        (self.named, _), self.nginx = require_bind(), require_nginx()
        self.folder, self.served = folder, served
        self.dns_port, self.http_port = free_port(), free_port()
        folder.mkdir()
        self._write_named_conf()
        self.reload = folder / "muat-ulang.sh"
        self.reload.write_text(self._script())
        self.reload.chmod(self.reload.stat().st_mode | stat.S_IXUSR)

    def settings(self, settings: Settings) -> Settings:
        return replace(
            settings,
            dns=("127.0.0.1", self.dns_port),
            http=("127.0.0.1", self.http_port),
            http_port=self.http_port,
            listen="127.0.0.1",
            reload=(str(self.reload),),
        )

    def stop(self) -> None:
        """Every pid is read before anyone is told to stop: a stopping server takes its pid file away."""
        files = {file for name in ("named.pid", "nginx.pid") for file in self.folder.rglob(name)}
        pids = {file.read_text().strip() for file in files}
        for pid in pids - {""}:
            subprocess.run(["kill", "-TERM", pid], check=False)

    def _write_named_conf(self) -> None:
        (self.folder / "named.conf").write_text(
            f'options {{ directory "{self.folder}"; pid-file "{self.folder}/named.pid";'
            f' session-keyfile "{self.folder}/session.key";'
            f" listen-on port {self.dns_port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};"
            " recursion no; dnssec-validation no; notify no; allow-transfer { none; }; };\ncontrols { };\n"
            f'zone "{PARENT}" {{ type master; file "{self.served}/current/zones/{PARENT}.zone"; }};\n'
        )

    def _script(self) -> str:
        pid, conf = f"{self.folder}/named.pid", f"{self.folder}/named.conf"
        web = f"{self.nginx} -p {self.folder} -e stderr -c {self.served}/current/nginx/nginx.conf"
        return (
            "#!/bin/sh\nset -e\n"
            f"if [ -s {pid} ]; then kill -HUP $(cat {pid}); else {self.named} -n 1 -c {conf}; fi\n"
            f"if ! {web} -s reload 2>/dev/null; then {web} -g 'daemon on;'; fi\n"
        )


@pytest.fixture(scope="module", params=DIALECTS)
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Played, Laik, Organisation, Servers]]:
    folder = tmp_path_factory.mktemp("peragaan")
    servers = Servers(folder / "peladen", folder / "saji")
    try:
        with theatre(folder, dialect=request.param, adjust=servers.settings) as (
            forge,
            laik,
            organisation,
            address,
        ):
            addresses = where_to_look(forge, laik, organisation, address)
            played = play(laik, organisation, addresses, say=lambda _: None, begin=lambda _: None)
            yield played, laik, organisation, servers
    finally:
        servers.stop()


Stage = tuple[Played, Laik, Organisation, Servers]


def test_the_case_reaches_its_last_step_and_every_refusal_is_seen(stage: Stage) -> None:
    report = stage[0].report
    assert report["steps_done"] == report["steps_total"] == 15
    assert report["refusals_seen"] == report["refusals_expected"] == len(EXPECTED)
    assert report["hosting_merged"] is report["zone_checked"] is report["vhost_checked"] is True
    assert report["checkers"] == ["dns", "http", "named-checkzone", "nginx -t"]
    assert report["dialect"] == stage[2].forge
    assert stage[0].good


def test_the_name_server_answers_for_the_admitted_name_alone(stage: Stage) -> None:
    port = stage[3].dns_port

    def ask(name: str) -> tuple[dns.rcode.Rcode, list[str]]:
        answer = dns.query.udp(dns.message.make_query(name, "A"), "127.0.0.1", port=port, timeout=5)
        return answer.rcode(), [str(item) for rrset in answer.answer for item in rrset]

    assert ask(f"{NAME}.{PARENT}") == (dns.rcode.NOERROR, ["127.0.0.1"])
    assert ask(f"judi.{PARENT}")[0] == dns.rcode.NXDOMAIN


def test_the_web_server_names_the_admitted_commit(stage: Stage) -> None:
    laik, servers = stage[1], stage[3]
    key = laik.store.ledger.admitted()[0].case
    admitted = [entry for entry in laik.store.ledger.entries(key) if entry.kind == "admitted"][-1]
    with socket.create_connection(("127.0.0.1", servers.http_port), timeout=5) as door:
        door.sendall(f"GET / HTTP/1.0\r\nHost: {NAME}.{PARENT}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: door.recv(65536), b"")).decode("latin-1").lower()
    assert f"x-laik-nama: {NAME}.{PARENT}@{str(admitted.body['sha'])[:12]}" in answer


def test_only_laik_merged_and_the_issue_is_answered_and_closed(stage: Stage) -> None:
    person = stage[2][REVIEWERS[0]]
    assert list(person.merged(HOSTING).values()) == [stage[2].bot]
    is_open, labels = person.sees(CONTROL, 1)
    assert not is_open
    assert "fase::selesai" in labels
    assert any("selesai: 15 langkah" in text for _, text in person.reads(CONTROL, 1))


def test_there_is_one_card_and_no_answer_is_given_twice(stage: Stage) -> None:
    person = stage[2][REVIEWERS[0]]
    bodies = [text for author, text in person.reads(CONTROL, 1) if author == stage[2].bot]
    first_lines = [text.splitlines()[0] for text in bodies]
    assert len(first_lines) == len(set(first_lines))
    assert sum("laik:kartu:" in line for line in first_lines) == 1


def test_the_builder_was_never_let_into_the_case_file(stage: Stage) -> None:
    person = stage[2][REVIEWERS[0]]
    members = person.members(f"{stage[2].case_files}/pa-2026-0001")
    assert {REVIEWERS[0], TEAM} <= members
    assert VENDOR not in members


def test_afterwards_every_address_opens_and_the_case_file_can_be_cloned(stage: Stage, tmp_path: Path) -> None:
    where, organisation = stage[0].addresses, stage[2]
    for address in (where.issue, where.case_file, where.application, where.hosting_request, where.forge):
        answer = requests.get(address, timeout=20)
        assert answer.status_code == 200, address
    assert "Antrean" in requests.get(where.issue, timeout=20).text
    assert organisation[OWNER].token not in where.clone
    done = subprocess.run(
        ["sh", "-c", where.clone], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "pa-2026-0001/kak/kak.md").is_file()


def test_a_finished_case_at_rest_costs_no_write(stage: Stage) -> None:
    laik = stage[1]
    laik.queue.put("PA-2026-0001")
    before = laik.forge.writes
    assert laik.reconciler.plan("PA-2026-0001") == ()
    assert laik.forge.writes == before


def test_every_entry_of_the_whole_case_is_signed(stage: Stage) -> None:
    """The signer's own rules hold for all that laik records on the way through the SOP."""
    laik = stage[1]
    laik.witness.sign()
    ring = load_ring(laik.settings.keyring or Path())
    links, rows = laik.store.ledger.all_links(), laik.store.signatures.rows()
    assert len(verify_ledger(links, rows, ring, check).signed) == len(links) > 100


def test_the_ledger_chain_is_whole_and_holds_no_names(stage: Stage) -> None:
    laik = stage[1]
    for key in laik.store.ledger.cases():
        assert laik.store.ledger.verify(key) is None
        text = " ".join(str(dict(entry.body)) for entry in laik.store.ledger.entries(key))
        assert not any(account in text for account in ("teknis-1", "kepala-dinkes", "vendor-maju"))
