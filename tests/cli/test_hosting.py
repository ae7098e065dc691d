"""``laik hosting`` as a person calls it: exit codes, places, JSON, and the real ledger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation.cli import run
from automation.core.policyadmission import first_entry
from automation.inforce import change_to
from automation.store.open import open_store
from tests.targets.world import POLICY, Hosting, make_certificate, request_text

SIMPUS = "permohonan/simpus.yaml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "laik.yaml"
    file.write_text(POLICY.replace("UPSTREAM", "8080"))
    return file


@pytest.fixture
def hosting(tmp_path: Path) -> Hosting:
    return Hosting(tmp_path)


def admit(ledger: str, path: str, blob: str, *, case: str = "PA-2026-0042", removed: bool = False) -> None:
    body = {
        "path": path,
        "blob": blob,
        "sha": "c" * 40,
        "decision": "d" * 64,
        "merge_request": 1,
        "merge_sha": "e" * 40,
        "removed": removed,
    }
    store = open_store(ledger)
    try:
        store.ledger.append(case, "admitted", body, at=NOW, expect=store.ledger.last_seq(case))
    finally:
        store.close()


def revoke(ledger: str, path: str, blob: str, *, case: str = "PA-2026-0042") -> None:
    body = {
        "act": "issue/1/0",
        "account": 7,
        "body": "f" * 64,
        "path": path,
        "blob": blob,
        "decision": "c" * 64,
    }
    store = open_store(ledger)
    try:
        store.ledger.append(case, "revoked", body, at=NOW, expect=store.ledger.last_seq(case))
    finally:
        store.close()


def arguments(verb: str, tmp_path: Path, hosting: Hosting, policy: Path, *more: str) -> list[str]:
    ledger = f"sqlite:///{tmp_path}/laik.db"
    common = ["--ledger", ledger, "--mirror", str(hosting.bare), "--policy", str(policy)]
    return ["hosting", verb, *common, "--out", str(tmp_path / "saji"), "--http-port", "18080", *more]


def test_a_valid_file_is_accepted(tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "simpus.yaml"
    file.write_text(request_text())
    assert run(["hosting", "validate", str(file), "--policy", str(policy), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "simpus.contoh.go.id"


def test_a_wrong_file_is_refused_with_its_place(
    tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "simpus.yaml"
    file.write_text(request_text(induk="evil.example"))
    assert run(["hosting", "validate", str(file), "--policy", str(policy)]) == 1
    assert "permohonan/simpus.yaml:3:1" in capsys.readouterr().err


def test_plan_then_apply_then_nothing_more(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    admit(f"sqlite:///{tmp_path}/laik.db", SIMPUS, blob)
    assert run(arguments("plan", tmp_path, hosting, policy)) == 0
    assert "+ simpus.contoh.go.id" in capsys.readouterr().out
    assert not (tmp_path / "saji" / "current").exists()
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["changed"], first["names"]) == (True, ["simpus.contoh.go.id"])
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False


def test_a_force_push_shows_as_a_deviation_and_changes_nothing(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    admit(f"sqlite:///{tmp_path}/laik.db", SIMPUS, blob)
    assert run(arguments("apply", tmp_path, hosting, policy)) == 0
    hosting.commit({SIMPUS: request_text(hulu="app6")})
    capsys.readouterr()
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["changed"] is False
    assert [(one["path"], one["kind"]) for one in seen["deviations"]] == [(SIMPUS, "changed")]


def test_emptying_everything_is_refused_by_plan_and_apply_alike(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    ledger = f"sqlite:///{tmp_path}/laik.db"
    admit(ledger, SIMPUS, blob)
    assert run(arguments("apply", tmp_path, hosting, policy)) == 0
    # A parent domain leaves the policy, and with it the only name: nobody decided that of the name itself.
    policy.write_text(policy.read_text().replace("induk_domain: [contoh.go.id, ", "induk_domain: ["))
    assert run(arguments("plan", tmp_path, hosting, policy)) == 1
    assert run(arguments("apply", tmp_path, hosting, policy)) == 1
    assert "--allow-empty" in capsys.readouterr().err
    assert (
        run(arguments("apply", tmp_path, hosting, policy, "--allow-empty")) == 1
    )  # the entry is quarantined
    assert "0 nama" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["removed", "revoked"])
def test_what_the_ledger_took_away_is_gone_at_once_though_nothing_is_left(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    ledger = f"sqlite:///{tmp_path}/laik.db"
    admit(ledger, SIMPUS, blob)
    assert run(arguments("apply", tmp_path, hosting, policy)) == 0
    if how == "removed":
        admit(ledger, SIMPUS, "", removed=True)
    else:
        revoke(ledger, SIMPUS, blob)
    capsys.readouterr()
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    seen = json.loads(capsys.readouterr().out)
    assert (seen["names"], seen["removed"]) == ([], ["simpus.contoh.go.id"])
    # A removed file that still stands on the branch is somebody's doing; a revoked one is known.
    assert [one["kind"] for one in seen["deviations"]] == (["added"] if how == "removed" else [])


def test_a_quarantined_entry_ends_with_code_one_and_its_file(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "permohonan/rusak.yaml"
    blobs = hosting.commit({SIMPUS: request_text(), bad: "nama: ["})
    for number, path in enumerate((SIMPUS, bad)):
        admit(f"sqlite:///{tmp_path}/laik.db", path, blobs[path], case=f"PA-2026-004{number + 2}")
    assert run(arguments("apply", tmp_path, hosting, policy)) == 1
    shown = capsys.readouterr()
    assert f"DIKARANTINA {bad}" in shown.err
    assert "1 nama" in shown.out


def test_the_plan_says_when_names_are_served_over_plain_http_only(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    admit(f"sqlite:///{tmp_path}/laik.db", SIMPUS, hosting.commit({SIMPUS: request_text()})[SIMPUS])
    assert run(arguments("plan", tmp_path, hosting, policy)) == 0
    assert "HTTP saja: kebijakan tidak menyebut sertifikat bagi contoh.go.id, desa.contoh.id." in (
        capsys.readouterr().out
    )
    with_certificate(policy, tmp_path)
    assert run(arguments("plan", tmp_path, hosting, policy)) == 0
    assert "HTTP saja: kebijakan tidak menyebut sertifikat bagi desa.contoh.id." in capsys.readouterr().out
    run(arguments("plan", tmp_path, hosting, policy, "--json"))
    seen = json.loads(capsys.readouterr().out)
    assert (seen["tls"], seen["http_only"]) == (False, ["desa.contoh.id"])
    policy.write_text(policy.read_text().replace("[contoh.go.id, desa.contoh.id]", "[contoh.go.id]"))
    run(arguments("plan", tmp_path, hosting, policy, "--json"))
    seen = json.loads(capsys.readouterr().out)
    assert (seen["tls"], seen["http_only"]) == (True, [])


def test_apply_says_it_too(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    admit(f"sqlite:///{tmp_path}/laik.db", SIMPUS, hosting.commit({SIMPUS: request_text()})[SIMPUS])
    with_certificate(policy, tmp_path)
    assert run(arguments("apply", tmp_path, hosting, policy)) == 0
    assert "HTTP saja: kebijakan tidak menyebut sertifikat bagi desa.contoh.id." in capsys.readouterr().out
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    assert json.loads(capsys.readouterr().out)["http_only"] == ["desa.contoh.id"]


def test_a_request_file_is_told_how_it_would_be_served(
    tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_certificate(policy, tmp_path)
    for parent, tls in (("contoh.go.id", True), ("desa.contoh.id", False)):
        file = tmp_path / "simpus.yaml"
        file.write_text(request_text(induk=parent))
        assert run(["hosting", "validate", str(file), "--policy", str(policy)]) == 0
        assert ("HTTP saja" in capsys.readouterr().out) is not tls
        assert run(["hosting", "validate", str(file), "--policy", str(policy), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["tls"] is tls


def with_certificate(policy: Path, folder: Path) -> None:
    """Give the first of the two parent domains a certificate that nginx can load."""
    certificate, key = make_certificate(folder, "contoh.go.id")
    pair = f"{{sertifikat: {certificate}, kunci: {key}}}"
    policy.write_text(policy.read_text() + f"  sertifikat_induk: {{contoh.go.id: {pair}}}\n")


def test_a_policy_that_is_not_in_force_is_refused_with_what_to_do(
    tmp_path: Path, hosting: Hosting, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The attack: whoever may start apply hands it a policy that leads every name to his own server."""
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    ledger = f"sqlite:///{tmp_path}/laik.db"
    admit(ledger, SIMPUS, blob)
    store = open_store(ledger)
    entry = first_entry(change_to(policy.read_bytes(), (11, 12)))
    store.ledger.append("!kebijakan", "policy", dict(entry), at=NOW, expect=0)
    store.close()
    assert run(arguments("apply", tmp_path, hosting, policy, "--json")) == 0
    served = (tmp_path / "saji" / "current").readlink()
    other = tmp_path / "lain.yaml"
    other.write_text(policy.read_text().replace("127.0.0.1", "192.0.2.66"))
    capsys.readouterr()
    for verb in ("plan", "apply"):
        assert run(arguments(verb, tmp_path, hosting, other)) == 1
        told = capsys.readouterr().err
        assert "bukan yang berlaku" in told
        assert "not the one in force" in told
        assert "lain.yaml" in told
        assert "laik policy show" in told
    assert (tmp_path / "saji" / "current").readlink() == served
