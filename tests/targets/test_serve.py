"""Serving the admitted set from a git mirror, whatever was done to the branch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from automation.core.certificates import CertificatePair
from automation.core.policy import Policy
from automation.targets.checkers import Checkers
from automation.targets.limits import TooManyRemovals
from automation.targets.mirror import MirrorUnreadable, read_blobs, read_branch
from automation.targets.release import read_manifest
from automation.targets.serve import ServeResult, serve_admitted
from tests.targets.world import Hosting, Row, make_policy, request_text

DAY = date(2026, 11, 22)
SIMPUS = "permohonan/simpus.yaml"
SURAT = "permohonan/surat.yaml"


@pytest.fixture
def hosting(tmp_path: Path) -> Hosting:
    return Hosting(tmp_path)


def serve(
    hosting: Hosting, rows: list[Row], folder: Path, *, policy: Policy | None = None, **more: object
) -> ServeResult:
    return serve_admitted(
        rows,
        hosting.bare,
        "main",
        policy or make_policy(),
        folder,
        DAY,
        checkers=Checkers(),
        **more,  # type: ignore[arg-type]
    )


def admit(hosting: Hosting, files: dict[str, str]) -> list[Row]:
    return [Row(path, blob) for path, blob in hosting.commit(files).items()]


def test_the_admitted_set_is_served(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text(), SURAT: request_text("surat")})
    result = serve(hosting, rows, tmp_path / "saji")
    assert result.applied.names == ("simpus.contoh.go.id", "surat.contoh.go.id")
    assert (result.deviations, result.quarantined) == ((), ())


def test_a_force_push_is_quarantined_and_the_old_state_stays_served(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text(), SURAT: request_text("surat")})
    first = serve(hosting, rows, tmp_path / "saji")
    hosting.commit(
        {SIMPUS: request_text(sha='"' + "f" * 40 + '"'), "permohonan/baru.yaml": request_text("baru")}
    )
    again = serve(hosting, rows, tmp_path / "saji")
    assert not again.applied.changed
    assert again.applied.digest == first.applied.digest
    assert [(one.path, one.kind) for one in again.deviations] == [
        ("permohonan/baru.yaml", "added"),
        (SIMPUS, "changed"),
        (SURAT, "deleted"),
    ]


def test_a_force_push_and_a_garbage_collection_do_not_take_a_name_down(
    hosting: Hosting, tmp_path: Path
) -> None:
    rows = admit(hosting, {SIMPUS: request_text()})
    first = serve(hosting, rows, tmp_path / "saji")
    hosting.commit({"permohonan/baru.yaml": request_text("baru")})
    hosting.git("reflog", "expire", "--expire=now", "--all")
    hosting.git("gc", "--quiet", "--prune=now")
    assert read_blobs(hosting.bare, [rows[0].blob], kept=tmp_path / "lain") == {}
    again = serve(hosting, rows, tmp_path / "saji")
    assert again.applied.names == first.applied.names
    assert again.quarantined == ()


def test_a_kept_blob_that_was_changed_by_hand_is_not_believed(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text()})
    serve(hosting, rows, tmp_path / "saji")
    (tmp_path / "saji" / "isi" / rows[0].blob).write_text(request_text(hulu="app6"))
    assert not serve(hosting, rows, tmp_path / "saji").applied.changed


def test_a_deleted_branch_serves_the_last_admitted_state(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text()})
    serve(hosting, rows, tmp_path / "saji")
    hosting.git("update-ref", "-d", "refs/heads/main")
    again = serve(hosting, rows, tmp_path / "saji")
    assert again.applied.names == ("simpus.contoh.go.id",)
    assert [one.kind for one in again.deviations] == ["branch_missing"]


def test_one_bad_file_is_named_and_does_not_block_the_others(hosting: Hosting, tmp_path: Path) -> None:
    files = {SIMPUS: request_text(), SURAT: "nama: [", "permohonan/besar.yaml": "#" * 70_000}
    rows = [
        *admit(hosting, files),
        Row("permohonan/hilang.yaml", "9" * 40),
        Row("permohonan/x.yaml", "--all"),
    ]
    result = serve(hosting, rows, tmp_path / "saji")
    assert result.applied.names == ("simpus.contoh.go.id",)
    assert [one.path for one in result.quarantined] == [
        SURAT,
        "permohonan/besar.yaml",
        "permohonan/hilang.yaml",
        "permohonan/x.yaml",
    ]


def test_a_file_that_names_another_case_than_the_ledger_is_not_served(
    hosting: Hosting, tmp_path: Path
) -> None:
    blob = hosting.commit({SIMPUS: request_text()})[SIMPUS]
    result = serve(hosting, [Row(SIMPUS, blob, case="PA-2026-0007")], tmp_path / "saji")
    assert result.applied.names == ()
    assert [one.path for one in result.quarantined] == [SIMPUS]


def test_an_agency_that_left_the_policy_keeps_its_sites(hosting: Hosting, tmp_path: Path) -> None:
    result = serve(hosting, admit(hosting, {SIMPUS: request_text(pemilik="dinas_lama")}), tmp_path / "saji")
    assert result.applied.names == ("simpus.contoh.go.id",)


def test_an_owner_that_is_no_key_is_not_served_all_the_same(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text(pemilik='"x; evil"')})
    assert [one.path for one in serve(hosting, rows, tmp_path / "saji").quarantined] == [SIMPUS]


def test_an_empty_ledger_does_not_empty_the_zone(hosting: Hosting, tmp_path: Path) -> None:
    serve(hosting, admit(hosting, {SIMPUS: request_text()}), tmp_path / "saji")
    with pytest.raises(TooManyRemovals):
        serve(hosting, [], tmp_path / "saji")


def test_a_missing_mirror_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(MirrorUnreadable):
        read_branch(tmp_path / "tidak-ada", "main")


@pytest.mark.parametrize("branch", ["--upload-pack=x", "", "a b", "main^{tree}:x"])
def test_a_branch_name_that_git_could_misread_is_refused(hosting: Hosting, branch: str) -> None:
    with pytest.raises(MirrorUnreadable):
        read_branch(hosting.bare, branch)


def test_the_callers_git_environment_does_not_lead_elsewhere(
    hosting: Hosting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosting.commit({SIMPUS: request_text()})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "lain"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "lain"))
    assert list(read_branch(hosting.bare, "main") or {}) == [SIMPUS]


def without_upstream(name: str) -> Policy:
    """The policy after somebody took an upstream out of its list."""
    hosting = make_policy().hosting.model_dump()
    del hosting["hulu"][name]
    return make_policy(**hosting)


def vhost(folder: Path, name: str) -> str:
    return (folder / f"current/nginx/vhosts/{name}.contoh.go.id.conf").read_text()


def test_a_name_whose_upstream_left_the_policy_keeps_its_last_good_state_and_is_told_each_time(
    hosting: Hosting, tmp_path: Path
) -> None:
    rows = admit(hosting, {SIMPUS: request_text(hulu="app6"), SURAT: request_text("surat")})
    folder = tmp_path / "saji"
    serve(hosting, rows, folder)
    before = vhost(folder, "simpus")
    for _ in range(2):
        again = serve(hosting, rows, folder, policy=without_upstream("app6"))
        assert again.applied.names == ("simpus.contoh.go.id", "surat.contoh.go.id")
        assert not again.applied.changed
        assert [one.path for one in again.quarantined] == [SIMPUS]
        assert vhost(folder, "simpus") == before


def test_a_name_that_was_never_served_has_no_last_good_state(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text(hulu="app6"), SURAT: request_text("surat")})
    result = serve(hosting, rows, tmp_path / "saji", policy=without_upstream("app6"))
    assert result.applied.names == ("surat.contoh.go.id",)


def test_others_change_while_a_name_is_kept_as_it_was(hosting: Hosting, tmp_path: Path) -> None:
    rows, folder = admit(hosting, {SIMPUS: request_text(hulu="app6")}), tmp_path / "saji"
    serve(hosting, rows, folder)
    rows = admit(hosting, {SIMPUS: request_text(hulu="app6"), SURAT: request_text("surat")})
    again = serve(hosting, rows, folder, policy=without_upstream("app6"))
    assert again.applied.names == ("simpus.contoh.go.id", "surat.contoh.go.id")
    zone = (folder / "current/zones/contoh.go.id.zone").read_text()
    assert "simpus" in zone
    assert "surat" in zone


def test_a_kept_name_is_nobody_elses_and_a_revoked_one_is_never_kept(
    hosting: Hosting, tmp_path: Path
) -> None:
    rows = admit(hosting, {SIMPUS: request_text(hulu="app6"), SURAT: request_text("surat")})
    folder = tmp_path / "saji"
    serve(hosting, rows, folder)
    policy = without_upstream("app6")
    stranger = [replace(rows[0], case="PA-2026-0077"), rows[1]]
    assert serve(hosting, stranger, folder, policy=policy).applied.names == ("surat.contoh.go.id",)
    serve(hosting, rows, folder)
    gone = serve(hosting, rows[1:], folder, policy=policy, released=[rows[0]])
    assert gone.applied.names == ("surat.contoh.go.id",)


def test_what_was_tampered_with_on_disk_is_not_kept(hosting: Hosting, tmp_path: Path) -> None:
    rows = admit(hosting, {SIMPUS: request_text(hulu="app6"), SURAT: request_text("surat")})
    folder = tmp_path / "saji"
    serve(hosting, rows, folder)
    file = folder / "current/nginx/vhosts/simpus.contoh.go.id.conf"
    file.write_text(file.read_text().replace("[::1]:8080", "203.0.113.9:80"))
    again = serve(hosting, rows, folder, policy=without_upstream("app6"))
    assert again.applied.names == ("surat.contoh.go.id",)
    assert "203.0.113.9" not in str(sorted((folder / "current").resolve().rglob("*.conf")))


def many(count: int) -> dict[str, str]:
    names = [f"desa{number}" for number in range(count)]
    return {f"permohonan/{name}.yaml": request_text(name, induk="desa.contoh.id") for name in names}


def test_a_revoked_name_goes_though_the_policy_would_take_too_many_others_away(
    hosting: Hosting, tmp_path: Path
) -> None:
    rows, folder = admit(hosting, {SIMPUS: request_text(), **many(8)}), tmp_path / "saji"
    serve(hosting, rows, folder)
    policy = make_policy(induk_domain=("contoh.go.id",))
    with pytest.raises(TooManyRemovals):
        serve(hosting, rows, folder, policy=policy)
    revoked = next(row for row in rows if row.path == SIMPUS)
    with pytest.raises(TooManyRemovals):
        serve(hosting, [row for row in rows if row is not revoked], folder, policy=policy, released=[revoked])
    served = read_manifest(folder)
    assert served is not None
    assert [one.fqdn for one in served.names] == [f"desa{number}.desa.contoh.id" for number in range(8)]


@pytest.mark.parametrize("touched", [False, True])
def test_while_too_many_are_kept_from_going_they_keep_their_certificates(
    hosting: Hosting, tmp_path: Path, touched: bool
) -> None:
    """Browsers that saw HSTS would open none of them over plain HTTP. A touched release is worth nothing."""
    rows, folder = admit(hosting, {SIMPUS: request_text(), **many(8)}), tmp_path / "saji"
    pairs = {
        parent: CertificatePair(sertifikat=f"/etc/{parent}.pem", kunci=f"/etc/{parent}.key")
        for parent in ("contoh.go.id", "desa.contoh.id")
    }
    serve(hosting, rows, folder, policy=make_policy(sertifikat_induk=pairs))
    vhost = folder / "current" / "nginx" / "vhosts" / "desa0.desa.contoh.id.conf"
    before = vhost.read_text()
    if touched:
        vhost.write_text(f"{before}# dari luar\n")
    policy = make_policy(
        induk_domain=("contoh.go.id",), sertifikat="/etc/a.pem", kunci_sertifikat="/etc/a.key"
    )
    revoked = next(row for row in rows if row.path == SIMPUS)
    with pytest.raises(TooManyRemovals):
        serve(hosting, [row for row in rows if row is not revoked], folder, policy=policy, released=[revoked])
    assert not vhost.with_name("simpus.contoh.go.id.conf").exists()
    if touched:
        assert "listen 80;" in vhost.read_text()
    else:
        assert "ssl_certificate /etc/desa.contoh.id.pem;" in before
        assert vhost.read_text() == before
