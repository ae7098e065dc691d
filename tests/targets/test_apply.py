"""Planning and applying the whole tree: gates, limits, quarantine, the atomic switch."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
from datetime import date
from pathlib import Path

import pytest

from automation.core.errors import CheckFailed
from automation.core.hosting import HostingRequest
from automation.targets.apply import Applied, apply_targets, plan_targets
from automation.targets.checkers import Checkers
from automation.targets.limits import TooManyRemovals
from automation.targets.nginx import NginxOptions
from automation.targets.release import ApplyBusy
from tests.targets.programs import require_bind, require_nginx
from tests.targets.world import make_policy, request

DAY = date(2026, 11, 22)
PLAIN = Checkers()  # dnspython and crossplane only: the same everywhere
OPTIONS = NginxOptions(http_port=18080, https_port=18443, address="127.0.0.1")


def apply(requests: list[HostingRequest], folder: Path, **more: object) -> Applied:
    arguments: dict[str, object] = {"today": DAY, "checkers": PLAIN, "options": OPTIONS, **more}
    policy = arguments.pop("policy", None) or make_policy()
    return apply_targets(requests, policy, folder=folder, **arguments)  # type: ignore[arg-type]


def zone(folder: Path, origin: str = "contoh.go.id") -> str:
    return (folder / "current" / "zones" / f"{origin}.zone").read_text()


def names(count: int) -> list[HostingRequest]:
    return [request(f"app{number}") for number in range(count)]


def test_applying_twice_changes_nothing(tmp_path: Path) -> None:
    first = apply([request("simpus")], tmp_path)
    again = apply([request("simpus")], tmp_path, today=date(2026, 11, 23))
    assert first.changed
    assert not again.changed
    assert (again.serial, again.digest) == (first.serial, first.digest) == (2026112201, first.digest)
    assert len(list((tmp_path / "releases").iterdir())) == 1


def test_the_same_requests_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    one = apply([request("b"), request("a")], tmp_path / "1")
    two = apply([request("a"), request("b")], tmp_path / "2")
    assert one.digest == two.digest


def test_a_serial_grows_only_for_the_zone_that_changed(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    again = apply([request("simpus"), request("surat")], tmp_path)
    assert again.serials == {"contoh.go.id": 2026112202, "desa.contoh.id": 2026112201}


def test_a_new_commit_changes_the_virtual_host_and_not_the_zone(tmp_path: Path) -> None:
    first = apply([request("simpus")], tmp_path)
    again = apply([request("simpus", sha='"' + "a" * 40 + '"')], tmp_path)
    assert again.changed
    assert again.serials == first.serials
    assert again.digest != first.digest


def test_going_back_to_an_earlier_state_still_grows_the_serial(tmp_path: Path) -> None:
    apply([request("a")], tmp_path)
    apply([request("a"), request("b")], tmp_path)
    back = apply([request("a")], tmp_path)
    assert back.serials["contoh.go.id"] == 2026112203


def test_a_serial_never_goes_back_with_the_clock(tmp_path: Path) -> None:
    apply([request("a")], tmp_path)
    later = apply([request("a"), request("b")], tmp_path, today=date(2020, 1, 1))
    assert later.serials["contoh.go.id"] == 2026112202


def test_an_empty_input_is_refused_when_something_is_served(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    before = (tmp_path / "current").readlink()
    with pytest.raises(TooManyRemovals):
        apply([], tmp_path)
    with pytest.raises(TooManyRemovals):
        apply([], tmp_path, allow_removals=9)
    assert (tmp_path / "current").readlink() == before
    assert apply([], tmp_path, allow_empty=True).removed == ("simpus.contoh.go.id",)


def test_an_empty_input_is_fine_when_nothing_is_served_yet(tmp_path: Path) -> None:
    assert apply([], tmp_path).names == ()


def test_more_than_five_names_are_not_removed_at_once(tmp_path: Path) -> None:
    apply(names(40), tmp_path)
    with pytest.raises(TooManyRemovals) as refusal:
        apply(names(34), tmp_path)
    assert (refusal.value.removing, refusal.value.removed, refusal.value.total) == (6, 6, 40)
    assert "--allow-removals 6" in str(refusal.value)
    assert len(apply(names(34), tmp_path, allow_removals=6).removed) == 6


def test_a_third_of_a_small_zone_is_not_removed_at_once(tmp_path: Path) -> None:
    apply(names(6), tmp_path)
    with pytest.raises(TooManyRemovals):
        apply(names(4), tmp_path)


def test_removals_do_not_creep_through_one_day(tmp_path: Path) -> None:
    apply(names(20), tmp_path)
    apply(names(17), tmp_path)
    with pytest.raises(TooManyRemovals) as refusal:
        apply(names(14), tmp_path)
    assert (refusal.value.removing, refusal.value.removed, refusal.value.total) == (3, 6, 20)
    assert len(apply(names(14), tmp_path, today=date(2026, 11, 23)).removed) == 3


def test_one_name_may_always_go(tmp_path: Path) -> None:
    apply(names(2), tmp_path)
    assert apply(names(1), tmp_path).removed == ("app1.contoh.go.id",)


def test_a_name_used_under_two_parents_is_served_once_and_named(tmp_path: Path) -> None:
    done = apply([request("pajak"), request("pajak", induk="desa.contoh.id", kasus="PA-2026-0077")], tmp_path)
    assert done.names == ("pajak.contoh.go.id",)
    assert [one.path for one in done.quarantined] == ["permohonan/pajak.yaml"]
    assert "PA-2026-0077" in done.quarantined[0].reason.id


def test_a_request_on_the_name_of_a_name_server_is_quarantined(tmp_path: Path) -> None:
    stray = request("gudang", policy=make_policy(nama_server=("ns1.contoh.go.id",)))
    policy = make_policy(nama_server=("ns1.contoh.go.id", "gudang.contoh.go.id"))
    done = apply([stray, request("simpus")], tmp_path, policy=policy)
    assert done.names == ("simpus.contoh.go.id",)
    assert [one.path for one in done.quarantined] == ["permohonan/gudang.yaml"]


def test_a_request_whose_upstream_left_the_policy_does_not_block_the_others(tmp_path: Path) -> None:
    policy = make_policy()
    hosting = policy.hosting.model_dump()
    del hosting["hulu"]["app6"]
    done = apply(
        [request("satu"), request("dua", hulu="app6"), request("tiga")],
        tmp_path,
        policy=make_policy(**hosting),
    )
    assert done.names == ("satu.contoh.go.id", "tiga.contoh.go.id")
    assert [one.path for one in done.quarantined] == ["permohonan/dua.yaml"]


def test_a_policy_that_no_tree_passes_with_keeps_the_last_good_one(tmp_path: Path) -> None:
    require_nginx()
    good = apply([request("simpus")], tmp_path, checkers=Checkers.found())
    before = zone(tmp_path)
    broken = make_policy(sertifikat="/tidak/ada.pem", kunci_sertifikat="/tidak/ada.key")
    with pytest.raises(CheckFailed) as refusal:
        apply([request("simpus"), request("surat")], tmp_path, policy=broken, checkers=Checkers.found())
    assert "/tidak/ada.pem" in str(refusal.value)
    assert refusal.value.where.file == "nginx.conf"
    assert zone(tmp_path) == before
    after = apply([request("simpus"), request("surat")], tmp_path, checkers=Checkers.found())
    assert after.changed
    assert after.serials["contoh.go.id"] == good.serial + 1


def test_a_checker_that_fails_keeps_the_last_good_one(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    before = (tmp_path / "current").readlink()
    broken = Checkers(named_checkzone="/bin/false")
    with pytest.raises(CheckFailed):
        apply([request("surat")], tmp_path, checkers=broken)
    assert (tmp_path / "current").readlink() == before


@pytest.mark.bind
@pytest.mark.nginx
def test_the_real_checkers_judge_the_tree_where_they_are(tmp_path: Path) -> None:
    require_bind()
    require_nginx()
    done = apply([request("simpus")], tmp_path, checkers=None)
    assert done.checkers == ("named-checkzone", "nginx -t")


def test_the_checkers_used_are_named_where_programs_are_absent(tmp_path: Path) -> None:
    assert apply([request("simpus")], tmp_path).checkers == ("crossplane", "dnspython")


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    plan = plan_targets(
        [request("surat")], make_policy(), folder=tmp_path, today=DAY, checkers=PLAIN, options=OPTIONS
    )
    assert (plan.added, plan.removed, plan.changed) == (
        ("surat.contoh.go.id",),
        ("simpus.contoh.go.id",),
        True,
    )
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_files_changed_by_hand_are_put_right(tmp_path: Path) -> None:
    first = apply([request("simpus")], tmp_path)
    vhost = tmp_path / "current" / "nginx" / "vhosts" / "simpus.contoh.go.id.conf"
    vhost.write_text("# diubah\n")
    again = apply([request("simpus")], tmp_path)
    assert again.changed
    assert again.digest == first.digest
    assert "proxy_pass" in vhost.read_text()
    assert not apply([request("simpus")], tmp_path).changed


def test_leftovers_of_a_crash_are_cleared_and_the_next_apply_works(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    (tmp_path / ".calon-abc" / "zones").mkdir(parents=True)
    (tmp_path / ".calon-current").symlink_to("nowhere")
    done = apply([request("simpus"), request("surat")], tmp_path)
    assert done.changed
    assert not list(tmp_path.glob(".calon-*"))


def test_the_servers_may_read_what_a_service_with_a_narrow_umask_published(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        apply([request("simpus")], tmp_path / "saji")
    finally:
        os.umask(before)
    served = [*(tmp_path / "saji/releases").rglob("*"), tmp_path / "saji/releases"]
    assert len(served) > 4
    wrong = [one for one in served if one.stat().st_mode & 0o777 != (0o755 if one.is_dir() else 0o644)]
    assert wrong == []


def test_a_lost_current_link_is_made_anew_with_a_greater_serial(tmp_path: Path) -> None:
    apply([request("simpus")], tmp_path)
    (tmp_path / "current").unlink()
    again = apply([request("simpus")], tmp_path)
    assert again.changed
    assert again.serial == 2026112202


def test_only_five_releases_are_kept(tmp_path: Path) -> None:
    for count in range(1, 9):
        apply(names(count), tmp_path)
    assert len(list((tmp_path / "releases").iterdir())) == 5
    assert (tmp_path / "current" / "manifest.json").exists()


def test_a_second_apply_waits_for_the_first_and_gives_up_in_time(tmp_path: Path) -> None:
    with (tmp_path / ".kunci").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(ApplyBusy):
            apply([request("simpus")], tmp_path, wait_seconds=0.1)
    assert apply([request("simpus")], tmp_path, wait_seconds=0.1).changed


def _apply_many(folder: str, first: int) -> None:
    for number in range(first, first + 4):
        apply([*names(number)], Path(folder), allow_removals=99)


def test_two_processes_applying_at_once_leave_a_whole_tree(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_apply_many, args=(str(tmp_path), first)) for first in (1, 4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    manifest = json.loads((tmp_path / "current" / "manifest.json").read_text())
    shown = sorted(path.stem for path in (tmp_path / "current" / "nginx" / "vhosts").iterdir())
    assert shown == sorted(one["fqdn"] for one in manifest["names"])
