"""Hosting requests: the canonical form, judging a merge request, the admitted set."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from automation.core.errors import InvalidRequest, LaikError, UnreadableDocument
from automation.core.finding import Finding, Outcome
from automation.core.hosting import (
    CHECK,
    AdmittedEntry,
    FileChange,
    HostingRequest,
    HostingRules,
    Registry,
    judge_change,
    plan_serving,
    read_request,
)
from tests.targets.world import SHA, make_policy, request, request_text

POLICY = make_policy()
PATH = "permohonan/simpus.yaml"


def read(text: str, path: str = PATH) -> HostingRequest:
    return read_request(text.encode(), path, policy=POLICY)


def entry(nama: str = "simpus", case: str = "PA-2026-0042", **values: str) -> AdmittedEntry:
    admitted = request(nama, kasus=case, **values)
    return AdmittedEntry(admitted.path, "b" * 40, case, "d1", admitted)


def judged(
    text: str | None = None,
    *,
    kind: str = "added",
    path: str = PATH,
    base: Registry | None = None,
    case: str = "PA-2026-0042",
    agency: str = "dinkes",
    reachable: bool | None = True,
    fork: bool = False,
    changes: tuple[FileChange, ...] | None = None,
) -> dict[str, Finding]:
    findings = judge_change(
        changes or (FileChange(path, kind),),  # type: ignore[arg-type]
        base=base or Registry(),
        head_text=None if kind == "deleted" else (request_text() if text is None else text).encode(),
        case_key=case,
        case_agency=agency,
        policy=POLICY,
        reachable=reachable,
        fork=fork,
    )
    assert findings
    assert {finding.check for finding in findings} == {CHECK}
    keys = [finding.key for finding in findings if not finding.holds]
    assert len(keys) == len(set(keys)) or "syntax" in keys
    return {finding.key: finding for finding in findings}


def failing(findings: dict[str, Finding]) -> set[str]:
    return {key for key, finding in findings.items() if not finding.holds}


def test_a_valid_request_is_read_and_names_its_path() -> None:
    found = read(request_text())
    assert (found.fqdn, found.path, found.sha) == ("simpus.contoh.go.id", PATH, SHA)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"nama": "Simpus"}, 2),
        ({"nama": "simpus."}, 2),
        ({"nama": "a.b"}, 2),
        ({"nama": "-simpus"}, 2),
        ({"nama": "xn--smpus-7ya"}, 2),
        ({"nama": "sіmpus"}, 2),  # a Cyrillic letter
        ({"nama": "lain"}, 2),  # not the file's name
        ({"nama": '"simpus; return 301 http://evil.example/"'}, 2),
        ({"nama": '"*"'}, 2),
        ({"nama": "www"}, 2),
        ({"nama": "NO"}, 2),
        ({"induk": "contoh.go.id."}, 3),
        ({"induk": "CONTOH.go.id"}, 3),
        ({"induk": "lomboktengahkab.example"}, 3),
        ({"kasus": "PA-2026-42"}, 4),
        ({"kasus": '"PA-2026-0042\\n; evil"'}, 4),
        ({"pemilik": "dinas_lain"}, 5),
        ({"sha": "main"}, 6),
        ({"sha": '"0123456"'}, 6),
        ({"sha": '"' + "A" * 40 + '"'}, 6),
        ({"layanan": "[]"}, 7),
        ({"layanan": "[subdomain, subdomain]"}, 7),
        ({"layanan": "[subdomain, wildcard]"}, 7),
        ({"layanan": "[ip_publik]"}, 1),
        ({"hulu": "10.0.0.1"}, 8),
        ({"hulu": "tidak_ada"}, 8),
        ({"nama": ""}, 1),
        ({"ttl": "60"}, 10),
    ],
)
def test_a_wrong_value_is_refused_at_its_line(values: dict[str, str], line: int) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(request_text(**{"nama": "simpus"} | values))
    assert refusal.value.where.file == PATH
    assert refusal.value.where.column >= 1
    if line > 1 and "ttl" not in values:
        assert refusal.value.where.line == line
    assert refusal.value.remedy.id


@pytest.mark.parametrize(
    "text",
    [
        "nama: [",
        "",
        "- satu",
        "nama: a\nnama: b\n",
        "nama: &a simpus\ninduk: *a\n",
        "nama: !!python/object:os.system x\n",
        "a: 1\n---\nb: 2\n",
        "x" * 70_000,
        "nama: {{ 7*7 }}",
    ],
)
def test_what_is_no_strict_mapping_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read(text)
    assert refusal.value.where.line >= 1


@pytest.mark.parametrize("nama", ["xn--smpus-7ya", "xn--80ak6aa92e"])
def test_an_idna_form_is_refused_even_in_a_file_of_its_own_name(nama: str) -> None:
    with pytest.raises(InvalidRequest, match="xn--"):
        read(request_text(nama), f"permohonan/{nama}.yaml")


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(request_text(sha="main", hulu="x", induk="y.id"))
    assert all(word in refusal.value.message.id for word in ("sha", "Hulu", "Domain induk"))


def test_a_public_address_needs_its_reason() -> None:
    asked = {"layanan": "[subdomain, ip_publik]"}
    assert "public_ip" in failing(judged(request_text(**asked)))
    assert not failing(judged(request_text(**asked, alasan_ip_publik="Integrasi dengan pusat.")))


def test_a_name_server_or_another_parent_cannot_be_asked_for() -> None:
    rules = HostingRules(
        ("contoh.go.id", "dinas.contoh.go.id"), (), ("app1",), ("dinkes",), ("dns.contoh.go.id",)
    )
    for nama in ("dns", "dinas"):
        with pytest.raises(InvalidRequest):
            read_request(request_text(nama).encode(), f"permohonan/{nama}.yaml", policy=rules)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=80))
def test_a_request_object_cannot_hold_a_name_outside_its_alphabet(nama: str) -> None:
    values = request().model_dump() | {"nama": nama}
    try:
        made = HostingRequest.model_validate(values)
    except ValidationError:
        return
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", made.nama, re.ASCII)


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_place(text: bytes) -> None:
    with pytest.raises(LaikError) as refusal:
        read_request(text, PATH, policy=POLICY)
    assert refusal.value.where.file == PATH


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=200))
def test_judging_any_bytes_never_raises_and_never_passes(text: bytes) -> None:
    findings = judge_change(
        [FileChange(PATH, "added")],
        base=Registry(),
        head_text=text,
        case_key="PA-2026-0042",
        case_agency="dinkes",
        policy=POLICY,
        reachable=True,
        fork=False,
    )
    assert not all(finding.holds for finding in findings)


def test_a_good_new_request_holds_everywhere() -> None:
    findings = judged()
    assert not failing(findings)
    assert {"one_file_only", "path", "name_is_free", "owner_unchanged", "sha_reachable"} <= set(findings)


def test_a_change_by_the_holding_case_holds() -> None:
    assert not failing(judged(kind="modified", base=Registry.of([entry()])))


@pytest.mark.parametrize(
    "changes",
    [
        (FileChange(PATH, "added"), FileChange("permohonan/lain.yaml", "added")),
        (FileChange(PATH, "renamed", "permohonan/lama.yaml"),),
    ],
)
def test_more_than_one_file_or_a_rename_is_refused(changes: tuple[FileChange, ...]) -> None:
    assert failing(judged(changes=changes)) == {"one_file_only"}


def test_no_change_at_all_is_refused() -> None:
    findings = judge_change(
        [],
        base=Registry(),
        head_text=None,
        case_key="PA-2026-0042",
        case_agency="dinkes",
        policy=POLICY,
        reachable=True,
        fork=False,
    )
    assert [one.key for one in findings if not one.holds] == ["one_file_only"]


@pytest.mark.parametrize(
    "path",
    [
        "permohonan/../laik.yaml",
        "permohonan/a/b.yaml",
        "permohonan/Simpus.yaml",
        "permohonan/simpus.yml",
        "simpus.yaml",
        "permohonan/simpus.yaml\n",
        "permohonan/.yaml",
    ],
)
def test_a_file_elsewhere_is_refused(path: str) -> None:
    assert "path" in failing(judged(path=path))


def test_a_fork_is_refused() -> None:
    assert failing(judged(fork=True)) == {"no_fork"}


def test_a_name_of_another_case_cannot_be_changed_even_by_naming_that_case() -> None:
    base = Registry.of([entry(case="PA-2026-0007")])
    for kasus in ("PA-2026-0042", "PA-2026-0007"):
        findings = judged(request_text(kasus=kasus), kind="modified", base=base)
        assert {"owner_unchanged", "name_is_free"} <= failing(findings)
        assert "PA-2026-0007" in findings["owner_unchanged"].seen.id


def test_a_name_of_another_case_cannot_be_added_anew_after_the_branch_lost_it() -> None:
    base = Registry.of([entry(case="PA-2026-0007")])
    assert "owner_unchanged" in failing(judged(kind="added", base=base))


def test_broken_text_over_the_name_of_another_case_is_still_a_theft() -> None:
    base = Registry.of([entry(case="PA-2026-0007")])
    assert failing(judged("nama: [", kind="modified", base=base)) == {"syntax", "owner_unchanged"}


def test_the_owner_field_cannot_be_rewritten() -> None:
    base = Registry.of([entry()])
    assert failing(judged(request_text(pemilik="dukcapil"), kind="modified", base=base)) == {
        "owner_unchanged"
    }
    assert failing(judged(request_text(pemilik="dukcapil"))) == {"owner_unchanged"}


def test_the_owner_stays_even_when_the_case_now_has_another_agency() -> None:
    findings = judged(
        request_text(pemilik="dukcapil"), kind="modified", base=Registry.of([entry()]), agency="dukcapil"
    )
    assert failing(findings) == {"owner_unchanged"}


def test_the_same_label_under_another_parent_is_not_free() -> None:
    taken = entry("simpus", case="PA-2026-0007", induk="desa.contoh.id")
    moved = AdmittedEntry("permohonan/lain.yaml", taken.blob, taken.case, "d", taken.request)
    assert failing(judged(base=Registry.of([moved]))) == {"name_is_free"}


def test_another_case_in_the_file_is_refused() -> None:
    findings = judged(request_text(kasus="PA-2026-0001"))
    assert failing(findings) == {"case_matches"}
    assert findings["case_matches"].where.line == 4


def test_an_unreachable_commit_fails_and_an_unknown_one_is_an_error() -> None:
    assert judged(reachable=False)["sha_reachable"].outcome is Outcome.FAIL
    assert judged(reachable=None)["sha_reachable"].outcome is Outcome.ERROR


def test_a_wrong_parent_domain_is_refused_at_its_line() -> None:
    findings = judged(request_text(induk="evil.example"))
    assert failing(findings) == {"parent_domain"}
    assert findings["parent_domain"].where.line == 3


def test_only_the_holding_case_may_remove_a_name() -> None:
    base = Registry.of([entry()])
    assert not failing(judged(kind="deleted", base=base))
    assert failing(judged(kind="deleted", base=base, case="PA-2026-0099")) == {"owner_unchanged"}
    assert failing(judged(kind="deleted", base=Registry())) == {"owner_unchanged"}


def test_a_name_whose_admitted_file_cannot_be_read_now_stays_with_its_case() -> None:
    base = Registry.of([], unread={PATH: "PA-2026-0007"})
    assert failing(judged(base=base)) == {"owner_unchanged"}
    assert failing(judged(kind="deleted", base=base)) == {"owner_unchanged"}
    assert not failing(
        judged(kind="modified", base=base, case="PA-2026-0007", text=request_text(kasus="PA-2026-0007"))
    )


def test_a_registry_with_one_name_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        Registry.of([entry(), entry(case="PA-2026-0007", induk="desa.contoh.id")])


def test_the_admitted_set_is_served_whatever_the_branch_shows() -> None:
    admitted = [entry("b"), entry("a", case="PA-2026-0007")]
    branch = {
        "permohonan/a.yaml": "f" * 40,
        "permohonan/baru.yaml": "e" * 40,
        "README.md": "d" * 40,
    }
    plan = plan_serving(admitted, branch)
    assert [one.path for one in plan.serve] == ["permohonan/a.yaml", "permohonan/b.yaml"]
    assert [(one.path, one.kind) for one in plan.deviations] == [
        ("permohonan/a.yaml", "changed"),
        ("permohonan/b.yaml", "deleted"),
        ("permohonan/baru.yaml", "added"),
    ]
    assert all(one.text.id != one.text.en and one.path in one.text.id for one in plan.deviations)


def test_a_branch_that_is_gone_serves_the_last_admitted_state() -> None:
    plan = plan_serving([entry()], None)
    assert len(plan.serve) == 1
    assert [one.kind for one in plan.deviations] == ["branch_missing"]


def test_a_branch_that_agrees_has_no_deviation() -> None:
    assert plan_serving([entry()], {PATH: "b" * 40}).deviations == ()
    guide = {"permohonan/README.md": "c" * 40}
    assert plan_serving([entry()], {PATH: "b" * 40, **guide}).deviations == ()


@pytest.mark.parametrize("written", ["2027-03-01", '"2027-03-01"'])
def test_a_request_may_say_until_when_it_asks_for_its_name(written: str) -> None:
    text = f"{request_text()}berlaku_sampai: {written}\n"
    read = read_request(text.encode(), "permohonan/simpus.yaml", policy=make_policy())
    assert read.berlaku_sampai == date(2027, 3, 1)


@pytest.mark.parametrize("written", ["besok", "2027-13-01", "01-03-2027", "[]", "2027-03-01 10:00:00"])
def test_a_term_that_is_no_day_is_refused_by_name(written: str) -> None:
    text = f"{request_text()}berlaku_sampai: {written}\n"
    with pytest.raises(LaikError) as refusal:
        read_request(text.encode(), "permohonan/simpus.yaml", policy=make_policy())
    assert "berlaku_sampai" in str(refusal.value) or ":12:" in str(refusal.value)
