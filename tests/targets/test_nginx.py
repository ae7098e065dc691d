"""The virtual host writer: nothing leaves its place, duplicates and warnings fail the whole tree."""

from __future__ import annotations

import json
from pathlib import Path

import crossplane
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from automation.core.errors import CheckFailed, InvalidPolicy, LaikError
from automation.core.hosting import HostingRequest, read_admitted
from automation.targets.checkers import Checkers
from automation.targets.dns import render_zone, zone_records
from automation.targets.nginx import NginxOptions, check_tree, render_tree
from automation.targets.release import write_tree
from tests.targets.programs import require_nginx
from tests.targets.world import SHA, make_policy, request, request_text

OPTIONS = NginxOptions(http_port=18080, https_port=18443, address="127.0.0.1")
HOSTING = make_policy().hosting
PLAIN = Checkers()

HOSTILE = [
    "a.id; return 301 http://evil.example/",
    "a.id {} location / { alias /etc/; }",
    "a\nserver_name b.example",
    'a" always; add_header X "b',
    "a$host",
    "{{ 7*7 }}",
    "a#b",
    "a\\",
]


def tree(folder: Path, *requests: HostingRequest, hosting: object = HOSTING) -> Path:
    write_tree(folder, render_tree(requests, hosting, options=OPTIONS))  # type: ignore[arg-type]
    return folder


def directives(text: str, folder: Path) -> list[str]:
    """Every directive of one virtual host, in order, nested ones too."""
    (folder / "x.conf").write_text("http {\n" + text + "\n}\n")
    parsed = crossplane.parse(str(folder / "x.conf"), single=True)
    found: list[str] = []

    def walk(block: list[dict[str, object]]) -> None:
        for one in block:
            found.append(str(one["directive"]))
            walk(one.get("block") or [])  # type: ignore[arg-type]

    walk(parsed["config"][0]["parsed"])
    return found


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["nama", "induk", "kasus", "sha", "hulu", "pemilik"])
def test_hostile_text_cannot_even_stand_in_a_request(field: str, hostile: str) -> None:
    with pytest.raises(ValidationError):
        HostingRequest.model_validate(request().model_dump() | {field: hostile})


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["nama", "induk", "kasus", "sha"])
def test_hostile_text_that_got_around_the_types_is_refused_at_the_pen(field: str, hostile: str) -> None:
    forged = request().model_copy(update={field: hostile})
    with pytest.raises(LaikError):
        render_tree([forged], HOSTING, options=OPTIONS)


@settings(deadline=None)  # the machine may be busy
@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True).filter(lambda n: n[:4] != "xn--"))
def test_every_allowed_name_gives_the_same_directives(nama: str) -> None:
    files = render_tree([request().model_copy(update={"nama": nama})], HOSTING, options=OPTIONS)
    plain = render_tree([request("simpus")], HOSTING, options=OPTIONS)
    text = files[f"vhosts/{nama}.contoh.go.id.conf"]
    assert text == plain["vhosts/simpus.contoh.go.id.conf"].replace("simpus.contoh", f"{nama}.contoh")


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=200))
def test_free_text_never_reaches_the_configuration(prose: str) -> None:
    free = request().model_copy(update={"keterangan": prose, "alasan_ip_publik": prose})
    assert render_tree([free], HOSTING, options=OPTIONS) == render_tree([request()], HOSTING, options=OPTIONS)


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["nama", "induk", "kasus", "pemilik", "sha", "hulu", "keterangan", "alasan_ip_publik"]),
    st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), st.from_regex(r"[a-z0-9;{} .$\n-]{1,40}")),
)
def test_no_text_of_a_request_file_adds_a_line_to_zone_or_configuration(field: str, value: str) -> None:
    nama = value if field == "nama" else "simpus"
    text = request_text(**{field: json.dumps(value)})
    try:
        read = read_admitted(text.encode(), f"permohonan/{nama}.yaml", policy=make_policy())
    except LaikError:
        return
    plain = render_tree([request()], HOSTING, options=OPTIONS)["vhosts/simpus.contoh.go.id.conf"]
    written = render_tree([read], HOSTING, options=OPTIONS)[f"vhosts/{read.fqdn}.conf"]
    for mine, theirs in ((read.fqdn, "simpus.contoh.go.id"), (read.kasus, request().kasus)):
        written = written.replace(mine, theirs)
    assert written.replace(read.sha, SHA).replace(read.sha[:12], SHA[:12]) == plain
    zone = render_zone(read.induk, zone_records(read.induk, [read], HOSTING), serial=1, policy=HOSTING)
    assert len(zone.splitlines()) == len(_empty_zone(read.induk).splitlines()) + 1


def _empty_zone(origin: str) -> str:
    return render_zone(origin, zone_records(origin, [], HOSTING), serial=1, policy=HOSTING)


def test_addresses_come_from_the_policy_alone(tmp_path: Path) -> None:
    files = render_tree([request("satu"), request("dua", hulu="app6")], HOSTING, options=OPTIONS)
    assert "proxy_pass http://127.0.0.1:8080;" in files["vhosts/satu.contoh.go.id.conf"]
    assert "proxy_pass http://[::1]:8080;" in files["vhosts/dua.contoh.go.id.conf"]


def test_with_a_certificate_plain_http_only_redirects(tmp_path: Path) -> None:
    policy = make_policy(sertifikat="/etc/laik/a.pem", kunci_sertifikat="/etc/laik/a.key").hosting
    text = render_tree([request()], policy, options=OPTIONS)["vhosts/simpus.contoh.go.id.conf"]
    assert "return 301 https://simpus.contoh.go.id$request_uri;" in text
    assert text.count("proxy_pass") == 1
    assert "Strict-Transport-Security" in text
    assert directives(text, tmp_path).count("server") == 2


@pytest.mark.parametrize(
    "paths",
    [
        {"sertifikat": "/a.pem; evil", "kunci_sertifikat": "/a.key"},
        {"sertifikat": "/a.pem"},
        {"sertifikat": "relatif.pem", "kunci_sertifikat": "/a.key"},
    ],
)
def test_an_odd_certificate_path_is_refused(paths: dict[str, str]) -> None:
    with pytest.raises(InvalidPolicy):
        render_tree([], make_policy(**paths).hosting, options=OPTIONS)


@pytest.mark.nginx
def test_nginx_accepts_the_whole_tree_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    require_nginx()
    root = tree(tmp_path, request("satu"), request("dua", hulu="app6"), request("a" * 63))
    before = sorted(root.rglob("*"))
    assert check_tree(root, checkers=Checkers.found()) == ("nginx -t",)
    assert sorted(root.rglob("*")) == before


def test_without_nginx_crossplane_checks_and_says_so(tmp_path: Path) -> None:
    assert check_tree(tree(tmp_path, request()), checkers=PLAIN) == ("crossplane",)
    (tmp_path / "vhosts" / "rusak.conf").write_text("server { listen 80;")
    with pytest.raises(CheckFailed) as refusal:
        check_tree(tmp_path, checkers=PLAIN)
    assert refusal.value.where.file == "rusak.conf"


@pytest.mark.parametrize(
    "name", ["simpus.contoh.go.id", "SIMPUS.contoh.go.id.", "lain.id simpus.contoh.go.id"]
)
def test_a_second_virtual_host_of_one_name_fails_the_tree(tmp_path: Path, name: str) -> None:
    tree(tmp_path, request())
    (tmp_path / "vhosts" / "z.conf").write_text(f"server {{ listen 127.0.0.1:18080; server_name {name}; }}")
    with pytest.raises(CheckFailed, match=r"simpus\.contoh\.go\.id"):
        check_tree(tmp_path, checkers=PLAIN)


@pytest.mark.nginx
def test_any_warning_of_nginx_fails_the_tree(tmp_path: Path) -> None:
    require_nginx()
    tree(tmp_path, request())
    # The same name behind two spellings of one door: our index sees two doors, nginx warns and ends with 0.
    for number, door in enumerate(("18081", "*:18081")):
        (tmp_path / "vhosts" / f"z{number}.conf").write_text(f"server {{ listen {door}; server_name a.id; }}")
    with pytest.raises(CheckFailed, match="conflicting server name"):
        check_tree(tmp_path, checkers=Checkers.found())


@pytest.mark.nginx
@pytest.mark.parametrize(
    "body", ["tidak_dikenal on;", "listen 999999;", "proxy_pass http://tidak.ada.invalid;"]
)
def test_what_nginx_refuses_fails_the_tree(tmp_path: Path, body: str) -> None:
    require_nginx()
    tree(tmp_path, request())
    (tmp_path / "vhosts" / "z.conf").write_text(f"server {{ location / {{ {body} }} }}")
    with pytest.raises(CheckFailed) as refusal:
        check_tree(tmp_path, checkers=Checkers.found())
    assert str(tmp_path) not in str(refusal.value)
