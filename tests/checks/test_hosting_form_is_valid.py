from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import POLICY, down, judged, keys, outcomes, without, world

ID = "hosting_form_is_valid"
PATH = "hosting/permohonan-hosting.yaml"
GOOD = """\
format: laik/formulir-hosting/1
layanan: [subdomain, hosting]
nama: antrean
induk: contoh.go.id
pemilik: dinkes
penanggung_jawab:
  administratif: {jabatan: Sekretaris, unit: Dinas Kesehatan}
  teknis: {jabatan: Pranata Komputer, unit: Dinas Kesehatan}
tumpukan: {bahasa: PHP 8.3, kerangka: Laravel 12, basis_data: PostgreSQL 16}
kapasitas: {vcpu: 2, ram_gb: 4, disk_gb: 40}
"""


def findings_for(text: str | bytes, **options):
    return judged(ID, world({PATH: text}, **options))


def test_a_complete_form_passes():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("nama: antrean", "nama: www", "nama"),
        ("nama: antrean", "nama: xn--antrean-x", "nama"),
        ("nama: antrean", "nama: ../antrean", "nama"),
        ("nama: antrean", "nama: antrean.lain", "nama"),
        ("nama: antrean", "nama: -antrean", "nama"),
        ("nama: antrean", "nama: Antrean", "nama"),
        ("nama: antrean", "nama: ISI DI SINI", "nama"),
        ("nama: antrean", f"nama: {'a' * 64}", "nama"),
        ("nama: antrean", 'nama: "antrean\\n"', "nama"),
        ("contoh.go.id", "lain.go.id", "induk"),
        ("pemilik: dinkes", "pemilik: dinas-antah", "pemilik"),
        ("[subdomain, hosting]", "[]", "layanan"),
        ("[subdomain, hosting]", "[subdomain, gratis]", "layanan.1"),
        ("[subdomain, hosting]", "[subdomain, subdomain]", "layanan"),
        ("[subdomain, hosting]", "[subdomain, ip_publik]", "alasan_ip_publik"),
        ("vcpu: 2", "vcpu: dua", "kapasitas.vcpu"),
        ("vcpu: 2", "vcpu: true", "kapasitas.vcpu"),
        ("vcpu: 2", "vcpu: 0", "kapasitas.vcpu"),
        ("Laravel 12", "ISI DI SINI", "tumpukan.kerangka"),
        ("jabatan: Sekretaris, ", "", "penanggung_jawab.administratif.jabatan"),
    ],
)
def test_a_wrong_value_fails_at_its_key_and_line(old, new, key):
    findings = findings_for(GOOD.replace(old, new))
    assert keys(findings) == {key}
    assert all(one.where.line for one in findings)


def test_a_public_ip_with_its_reason_passes():
    text = (
        GOOD.replace("[subdomain, hosting]", "[subdomain, ip_publik]")
        + "alasan_ip_publik: Layanan VPN kantor\n"
    )
    assert outcomes(findings_for(text)) == {Outcome.PASS}


def test_without_policy_nothing_is_concluded():
    policy = {key: value for key, value in POLICY.items() if key != "induk_domain"}
    assert outcomes(findings_for(GOOD, policy=policy)) == {Outcome.ERROR}


@pytest.mark.parametrize(
    "text", [b"x" * 2_000_000, "a: &b 1\nc: *b\n", "nama: !!python/object:os.system x\n", "[" * 500]
)
def test_hostile_yaml_fails_with_one_message(text):
    findings = findings_for(text)
    assert (len(findings), outcomes(findings)) == (1, {Outcome.FAIL})


def test_no_form_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:formulir_hosting")))) == {Outcome.ERROR}
