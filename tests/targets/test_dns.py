"""The zone writer: the serial rule, conflicts, deterministic text, both checkers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.core.errors import CheckFailed
from automation.core.policy import HostingPolicy
from automation.targets.checkers import Checkers
from automation.targets.dns import Record, check_zone, conflicts, next_serial, render_zone, zone_records
from tests.targets.programs import require_bind
from tests.targets.world import make_policy, request

ORIGIN = "contoh.go.id"
HOSTING = make_policy().hosting


def rendered(*names: str, policy: HostingPolicy = HOSTING, origin: str = ORIGIN) -> str:
    records = zone_records(origin, [request(name) for name in names], policy)
    return render_zone(origin, records, serial=2026112201, policy=policy)


def write(folder: Path, text: str) -> Path:
    file = folder / f"{ORIGIN}.zone"
    file.write_text(text)
    return file


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 4_000_000_000), st.dates(date(2000, 1, 1), date(2400, 1, 1)))
def test_a_serial_always_grows(previous: int, today: date) -> None:
    serial = next_serial(previous, today)
    assert serial > previous
    assert serial == previous + 1 or serial == int(f"{today:%Y%m%d}01")


def test_the_hundredth_change_of_a_day_counts_on() -> None:
    assert next_serial(2026112299, date(2026, 11, 22)) == 2026112300
    assert next_serial(2026112300, date(2026, 11, 23)) == 2026112301


def test_a_serial_at_the_end_of_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="no serial"):
        next_serial(2**32 - 1, date(2026, 1, 1))


def test_a_zone_reads_back_as_it_was_meant() -> None:
    zone = dns.zone.from_text(rendered("simpus", "surat"), origin=ORIGIN, relativize=False)
    assert zone.get_soa().serial == 2026112201
    answers = {str(name): str(rdata) for name, _, rdata in zone.iterate_rdatas(dns.rdatatype.A)}
    assert answers == {
        "simpus.contoh.go.id.": "127.0.0.9",
        "surat.contoh.go.id.": "127.0.0.9",
        "ns1.contoh.go.id.": "127.0.0.9",  # glue, as it is inside the zone
    }
    servers = {str(rdata) for _, _, rdata in zone.iterate_rdatas(dns.rdatatype.NS)}
    assert servers == {"ns1.contoh.go.id.", "ns.luar.example."}


def test_the_text_does_not_depend_on_the_order() -> None:
    assert rendered("a", "b", "c") == rendered("c", "a", "b")


def test_an_ipv6_address_becomes_aaaa() -> None:
    policy = make_policy(alamat="2001:0db8::0001").hosting
    assert "simpus.contoh.go.id. 3600 IN AAAA 2001:db8::1" in rendered("simpus", policy=policy)


def test_a_parent_below_a_parent_is_delegated_and_nothing_else_stands_there() -> None:
    policy = make_policy(induk_domain=("contoh.go.id", "dinas.contoh.go.id"))
    records = zone_records(ORIGIN, [], policy.hosting)
    assert [one.value for one in records if one.name == "dinas.contoh.go.id"] == [
        "ns.luar.example",
        "ns1.contoh.go.id",
    ]
    stray = Record("dinas.contoh.go.id", "A", "127.0.0.9", "permohonan/dinas.yaml")
    assert {one.source for one in conflicts(ORIGIN, [*records, stray])} == {"permohonan/dinas.yaml"}


@pytest.mark.parametrize(
    "other",
    [
        Record("simpus.contoh.go.id", "A", "127.0.0.1", "permohonan/b.yaml"),
        Record("simpus.contoh.go.id", "AAAA", "::1", "permohonan/b.yaml"),
        Record("simpus.contoh.go.id", "CNAME", "lain.example", "permohonan/b.yaml"),
    ],
)
def test_a_cname_beside_anything_is_a_conflict_before_rendering(other: Record) -> None:
    alias = Record("simpus.contoh.go.id", "CNAME", "pages.example", "permohonan/a.yaml")
    records = [*zone_records(ORIGIN, [], HOSTING), alias, other]
    assert {"permohonan/a.yaml", "permohonan/b.yaml"} == {one.source for one in conflicts(ORIGIN, records)}
    with pytest.raises(CheckFailed):
        render_zone(ORIGIN, records, serial=1, policy=HOSTING)


def test_a_record_outside_the_zone_or_on_a_name_server_is_a_conflict() -> None:
    base = zone_records(ORIGIN, [], HOSTING)
    for name in ("simpus.lain.id", "xcontoh.go.id", "ns1.contoh.go.id"):
        stray = Record(name, "A", "127.0.0.1", "permohonan/x.yaml")
        assert {one.source for one in conflicts(ORIGIN, [*base, stray])} == {"permohonan/x.yaml"}


@settings(deadline=None)  # the machine may be busy
@given(st.text(min_size=1, max_size=40))
def test_no_text_makes_a_second_record(value: str) -> None:
    """Whatever stands in a record's value, the zone has that one record or none is rendered."""
    hostile = Record("simpus.contoh.go.id", "A", value, "permohonan/simpus.yaml")
    base = zone_records(ORIGIN, [], HOSTING)
    try:
        text = render_zone(ORIGIN, [*base, hostile], serial=1, policy=HOSTING)
    except Exception:  # noqa: BLE001 - any refusal will do
        return
    clean = render_zone(ORIGIN, base, serial=1, policy=HOSTING)
    assert len(text.splitlines()) == len(clean.splitlines()) + 1


@pytest.mark.bind
def test_named_checkzone_passes_what_we_write_and_says_so(tmp_path: Path) -> None:
    require_bind()
    assert (
        check_zone(ORIGIN, write(tmp_path, rendered("simpus")), checkers=Checkers.found())
        == "named-checkzone"
    )


@pytest.mark.bind
@pytest.mark.parametrize(
    "line",
    [
        "simpus.contoh.go.id. 3600 IN CNAME a.example.\n",
        "x.contoh.go.id. 3600 IN NS hilang.contoh.go.id.\n",  # a name server without an address
        "m.contoh.go.id. 3600 IN MX 10 127.0.0.1.\n",
        "di.luar.example. 3600 IN A 127.0.0.1\n",  # ignored with a warning, exit code 0
        "rusak\n",
    ],
)
def test_named_checkzone_fails_on_errors_and_on_warnings(tmp_path: Path, line: str) -> None:
    require_bind()
    file = write(tmp_path, rendered("simpus") + line)
    with pytest.raises(CheckFailed) as refusal:
        check_zone(ORIGIN, file, checkers=Checkers.found())
    assert refusal.value.where.file == f"{ORIGIN}.zone"
    assert str(tmp_path) not in str(refusal.value)


def test_without_bind_dnspython_checks_and_says_so(tmp_path: Path) -> None:
    good = write(tmp_path, rendered("simpus"))
    assert check_zone(ORIGIN, good, checkers=Checkers()) == "dnspython"
    bad = write(tmp_path, rendered("simpus") + "simpus.contoh.go.id. 3600 IN CNAME a.example.\n")
    with pytest.raises(CheckFailed):
        check_zone(ORIGIN, bad, checkers=Checkers())
