"""The organisation's policy: read strictly, and every unknown name said with its place."""

from __future__ import annotations

import pytest

from automation.core.errors import InvalidPolicy, UnreadableDocument
from automation.core.policy import Known, Policy, load_policy

KNOWN = Known(
    sops=frozenset({"lombok-tengah"}),
    roles=frozenset({"kepala_diskominfo", "tim_teknis_diskominfo", "kepala_pd", "tim_teknis_pd"}),
    templates=frozenset({"base", "php-laravel"}),
)
TEXT = """format: laik/kebijakan/1
organisasi: {pemerintah: Kabupaten Contoh, instansi: Diskominfo, zona_waktu: Asia/Makassar}
bot: laik
sop: [lombok-tengah]
proyek: {kendali: d/kendali, hosting: d/hosting, rahasia: d/rahasia, berkas: berkas, aplikasi: aplikasi}
peran:
  kepala_diskominfo: [Kepala]
  tim_teknis_diskominfo: [teknis-1, teknis-2]
perangkat_daerah:
  dinkes:
    nama: Dinas Kesehatan
    peran:
      kepala_pd: [kadis]
hosting:
  induk_domain: [contoh.go.id]
  alamat: 203.0.113.7
  hulu: {peladen_1: {alamat: 10.0.0.5, port: 8080}}
  nama_server: [ns1.contoh.go.id]
  surel_zona: hostmaster.contoh.go.id
"""


def policy(text: str = TEXT) -> Policy:
    return load_policy(text, known=KNOWN)


def test_a_role_is_held_by_the_accounts_named_whatever_their_case() -> None:
    assert policy().holders("kepala_diskominfo", "dinkes") == {"kepala"}
    assert policy().holders("kepala_pd", "dinkes") == {"kadis"}


def test_an_agencys_role_is_held_in_its_own_cases_only() -> None:
    assert policy().holders("kepala_pd", "dinsos") == frozenset()


def test_only_the_vendor_of_the_case_builds() -> None:
    assert policy().holders("pengembang", "dinkes") == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "place", "named"),
    [
        ("  tim_teknis_diskominfo:", "  tim_tekniss:", "laik.yaml:8:3", "tim_tekniss"),
        ("      kepala_pd:", "      kepala_dinas:", "laik.yaml:13:7", "kepala_dinas"),
        ("sop: [lombok-tengah]", "sop: [lombok-timur]", "laik.yaml:4:1", "lombok-timur"),
        ("bot: laik\n", "bot: laik\ntemplat: [django]\n", "laik.yaml:4:1", "django"),
    ],
)
def test_an_unknown_name_is_refused_with_its_place_and_what_there_is(
    old: str, new: str, place: str, named: str
) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        policy(TEXT.replace(old, new))
    assert str(refusal.value.where) == place
    assert named in refusal.value.message.id
    assert "yang ada:" in refusal.value.message.id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("alamat: 203.0.113.7", "alamat: bukan-alamat"),
        ("port: 8080", "port: 0"),
        ("bot: laik", "bot: 'la ik'"),
        ("bot: laik", "bot: 'laik[bot]x'"),
        ("[Kepala]", "['laik[bot]']"),
        ("[contoh.go.id]", "[]"),
        ("zona_waktu: Asia/Makassar", "zona_waktu: Asia/Singapore"),
        ("bot: laik", "bot: laik\nmode: longgar"),
    ],
)
def test_a_policy_that_breaks_its_schema_is_refused(old: str, new: str) -> None:
    with pytest.raises(InvalidPolicy):
        policy(TEXT.replace(old, new))


def test_a_key_written_twice_is_refused() -> None:
    with pytest.raises(UnreadableDocument):
        policy(TEXT + "bot: lain\n")


def test_laik_may_be_a_github_app_and_everything_may_stand_in_one_organisation() -> None:
    text = TEXT.replace("bot: laik", "bot: 'laik[bot]'")
    text = text.replace("berkas: berkas, aplikasi: aplikasi", "berkas: d, aplikasi: d")
    assert (policy(text).bot, policy(text).proyek.aplikasi) == ("laik[bot]", "d")
