"""The organisation's policy: read strictly, and every unknown name said with its place."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from automation.core.clock import clock_rules
from automation.core.errors import InvalidPolicy, UnreadableDocument
from automation.core.policy import MAX_OWNERS, Known, Policy, load_policy
from automation.core.policycalendar import NationalDays, announced_years, work_calendar
from automation.core.workcalendar import PERPRES_21_2023, PERPRES_21_2023_RAMADAN, Span

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
pemilik_kebijakan: [Kepala, teknis-1]
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


CALENDAR = (
    TEXT
    + """kalender:
  jam:
    jumat: 07:30-11:00, 13:30-17:00
    sabtu: 08:00-12:00
  jam_ramadan:
    senin: 08:00-12:30
  ramadan:
    - {mulai: 2026-02-18, akhir: 2026-03-19}
  libur:
    2026-10-15: HUT Kabupaten
    2026-11-27: Pemilihan kepala desa
  masuk:
    2026-03-20: Masuk sebagai pengganti
  hari: kerja
  hari_sop: {lombok-tengah: kalender}
  pengingat: {dekat: PT4H, lewat: true}
  eskalasi: [kepala_diskominfo]
"""
)


def test_the_calendar_of_a_region_lies_over_the_nations_days() -> None:
    section = policy(CALENDAR).kalender
    nation = NationalDays(
        off={date(2026, 3, 20): "Cuti bersama", date(2026, 5, 1): "Hari Buruh"},
        ramadan=((date(2025, 3, 1), date(2025, 3, 30)), (date(2026, 2, 19), date(2026, 3, 20))),
    )
    calendar = work_calendar(section, "Asia/Makassar", nation)
    assert [(one.first, one.last) for one in calendar.seasons] == [
        (date(2025, 3, 1), date(2025, 3, 30)),
        (date(2026, 2, 18), date(2026, 3, 19)),  # as the region announced it
    ]
    assert calendar.hours(date(2026, 10, 15)) == ()
    assert calendar.hours(date(2026, 5, 1)) == ()
    assert calendar.hours(date(2026, 3, 20)) == (Span(450, 660), Span(810, 1020))
    assert calendar.hours(date(2026, 6, 6)) == (Span(480, 720),)
    assert calendar.hours(date(2026, 2, 23)) == (Span(480, 750),)
    assert calendar.hours(date(2026, 2, 24)) == PERPRES_21_2023_RAMADAN[1]
    assert section.days_of("lombok-tengah") == "kalender"
    assert section.days_of("lain") == "kerja"
    assert announced_years(section) == {2026}


def test_without_a_calendar_the_hours_are_those_of_the_regulation() -> None:
    calendar = work_calendar(policy().kalender, "Asia/Jayapura", NationalDays())
    assert (calendar.week, calendar.seasons, calendar.off) == (PERPRES_21_2023, (), {})
    rules = clock_rules(policy().kalender, "Asia/Jayapura", NationalDays(), "lombok-tengah")
    assert (rules.days, rules.near, rules.escalation) == ("kerja", timedelta(minutes=450), ())


@pytest.mark.parametrize(
    ("old", "new", "place", "named"),
    [
        ("jumat: 07:30-11:00, 13:30-17:00", "jumat: 7.30 sampai 11", "laik.yaml:23:5", "07:30-12:00"),
        ("jumat: 07:30-11:00, 13:30-17:00", "jumat: 11:00-07:30", "laik.yaml:23:5", "berurutan"),
        ("jumat: 07:30-11:00, 13:30-17:00", "jumat: 07:30-11:00, 10:00-12:00", "laik.yaml:23:5", "berurutan"),
        ("jumat: 07:30", "jumaat: 07:30", "laik.yaml:23:5", "jumaat"),
        ("akhir: 2026-03-19", "akhir: 2026-05-19", "laik.yaml:28:7", "29 atau 30 hari"),
        ("2026-10-15: HUT", "2026-10-32: HUT", "laik.yaml:30:5", "2026-10-32"),
        ("2026-03-20: Masuk", "2026-10-15: Masuk", "laik.yaml:21:1", "libur dan masuk"),
        ("hari: kerja", "hari: bursa", "laik.yaml:34:3", "kerja"),
        ("dekat: PT4H", "dekat: P4D", "laik.yaml:36:15", "PT450M"),
        ("dekat: PT4H", "dekat: sehari", "laik.yaml:36:15", "PT450M"),
        ("eskalasi: [kepala_diskominfo]", "eskalasi: [bupati]", "laik.yaml:37:3", "bupati"),
        ("hari_sop: {lombok-tengah", "hari_sop: {lombok-timur", "laik.yaml:35:14", "lombok-timur"),
    ],
)
def test_what_is_wrong_in_the_calendar_is_said_with_its_place(
    old: str, new: str, place: str, named: str
) -> None:
    assert CALENDAR.count(old) == 1
    with pytest.raises(InvalidPolicy) as refused:
        policy(CALENDAR.replace(old, new))
    assert str(refused.value.where) == place
    assert named in refused.value.message.id


def test_an_office_that_never_works_is_refused() -> None:
    closed = ", ".join(f"{day}: libur" for day in ("senin", "selasa", "rabu", "kamis", "jumat"))
    with pytest.raises(InvalidPolicy, match="paling sedikit 5 jam"):
        policy(f"{TEXT}kalender: {{jam: {{{closed}}}}}\n")


@pytest.mark.parametrize("guide", ["SETUP.md", "SETUP.id.md"])
def test_the_calendar_that_the_guide_shows_is_a_valid_one(guide: str) -> None:
    text = (Path(__file__).parents[2] / "automation" / guide).read_text(encoding="utf-8")
    (shown,) = re.findall(r"(?ms)^```yaml\n(kalender:.*?)^```", text)
    section = policy(TEXT + shown).kalender
    assert section.libur[date(2027, 10, 15)] == "HUT Kabupaten"
    assert section.eskalasi == ("kepala_diskominfo",)


def test_a_policy_names_no_more_owners_than_can_be_looked_up() -> None:
    """The attack: thousands of names in a proposed policy, each of which the forge is asked for."""
    most = ", ".join(f"pemilik-{at}" for at in range(MAX_OWNERS))
    assert len(load_policy(TEXT.replace("[Kepala, teknis-1]", f"[{most}]")).pemilik_kebijakan) == MAX_OWNERS
    with pytest.raises(InvalidPolicy) as refusal:
        load_policy(TEXT.replace("[Kepala, teknis-1]", f"[{most}, lagi]"))
    assert "pemilik_kebijakan" in refusal.value.explain("id")
    assert str(MAX_OWNERS) in refusal.value.explain("id")
