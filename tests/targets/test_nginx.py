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
from automation.core.policy import Policy
from automation.targets.checkers import Checkers
from automation.targets.dns import render_zone, zone_records
from automation.targets.nginx import NginxOptions, check_tree, render_tree
from automation.targets.release import write_tree
from tests.targets.programs import require_nginx
from tests.targets.world import SHA, make_certificate, make_policy, request, request_text

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


def pair(certificate: str, key: str) -> dict[str, str]:
    return {"sertifikat": certificate, "kunci": key}


def vhosts(policy: Policy, *induk: str) -> dict[str, str]:
    """The virtual host of one name below each of these parents."""
    asked = [request(f"nama{at}", policy=policy, induk=parent) for at, parent in enumerate(induk)]
    files = render_tree(asked, policy.hosting, options=OPTIONS)
    return {one.induk: files[f"vhosts/{one.fqdn}.conf"] for one in asked}


def test_each_name_has_the_certificate_of_its_own_parent() -> None:
    own = {
        "contoh.go.id": pair("/etc/a.pem", "/etc/a.key"),
        "desa.contoh.id": pair("/etc/d.pem", "/etc/d.key"),
    }
    texts = vhosts(make_policy(sertifikat_induk=own), "contoh.go.id", "desa.contoh.id")
    assert "ssl_certificate /etc/a.pem;" in texts["contoh.go.id"]
    assert "ssl_certificate /etc/d.pem;" in texts["desa.contoh.id"]
    assert "ssl_certificate_key /etc/d.key;" in texts["desa.contoh.id"]
    assert "/etc/a." not in texts["desa.contoh.id"]


@pytest.mark.parametrize("second", ["desa.contoh.id", "desa.contoh.go.id"])
def test_a_name_whose_parent_has_none_is_served_over_http_and_nothing_else(
    tmp_path: Path, second: str
) -> None:
    """With the other's wildcard no browser would open it, and HSTS would keep it closed for a year."""
    own = {"contoh.go.id": pair("/etc/a.pem", "/etc/a.key")}
    policy = make_policy(induk_domain=("contoh.go.id", second), sertifikat_induk=own)
    text = vhosts(policy, "contoh.go.id", second)[second]
    assert "listen 127.0.0.1:18080;" in text
    assert not {"ssl", "301"} & set(text.replace(";", " ").split())
    assert "add_header Strict-Transport-Security" not in text
    assert directives(text, tmp_path).count("server") == 1
    assert "proxy_pass" in text


def test_one_certificate_that_covers_both_may_stand_at_both() -> None:
    one = pair("/etc/a.pem", "/etc/a.key")
    policy = make_policy(sertifikat_induk={"contoh.go.id": one, "desa.contoh.id": one})
    texts = vhosts(policy, "contoh.go.id", "desa.contoh.id")
    assert all("ssl_certificate /etc/a.pem;" in text for text in texts.values())


def test_with_no_certificate_at_all_nginx_listens_on_http_only() -> None:
    files = render_tree([request()], HOSTING, options=OPTIONS)
    assert not any("ssl" in text or "18443" in text for text in files.values())


@pytest.mark.nginx
def test_nginx_accepts_names_with_and_without_a_certificate_side_by_side(tmp_path: Path) -> None:
    require_nginx()
    own = {"desa.contoh.id": pair(*make_certificate(tmp_path, "desa.contoh.id"))}
    policy = make_policy(sertifikat_induk=own)
    asked = (request("satu"), request("dua", policy=policy, induk="desa.contoh.id"))
    root = tree(tmp_path / "pohon", *asked, hosting=policy.hosting)
    assert check_tree(root, checkers=Checkers.found()) == ("nginx -t",)


@pytest.mark.parametrize(
    "paths",
    [
        {"sertifikat": "/a.pem; evil", "kunci_sertifikat": "/a.key"},
        {"sertifikat": "/a.pem"},
        {"sertifikat": "relatif.pem", "kunci_sertifikat": "/a.key"},
        {"sertifikat_induk": {"contoh.go.id": {"sertifikat": "/a.pem"}}},
        {"sertifikat_induk": {"contoh.go.id": {"sertifikat": "/a.pem", "kunci": "/a.key;"}}},
    ],
)
def test_an_odd_certificate_path_is_refused(paths: dict[str, object]) -> None:
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
