"""What somebody with rights in the control project, and without a second owner, tries with the policy."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from automation.core.errors import ForgeRefused
from automation.core.text import Bilingual
from automation.demo import organisation as org
from automation.keys import POLICY
from tests.effects.neutral import Neutral
from tests.effects.policy.changes import (
    FIRST,
    SECOND,
    agrees,
    alarms,
    card,
    changed,
    line,
    merges,
    proposed,
    protected,
    pushed_past,
    says,
    ttl,
)


def deletes(world: Neutral, account: str, number: int, text: str) -> None:
    """Somebody deletes another's comment, as a Maintainer can."""
    person: Any = world.who(account)
    if world.organisation.forge == "gitlab":
        request = person.project(org.CONTROL).mergerequests.get(number)
        next(one for one in request.notes.list(get_all=True) if text in one.body).delete()
    else:
        comments = person.repo(org.CONTROL).get_issue(number).get_comments()
        next(one for one in comments if text in one.body).delete()


def history_put_back(world: Neutral, sha: str) -> None:
    """The owner of the group forces the branch to a commit of its own past."""
    person: Any = world.who(org.OWNER)
    person.allow_force_push(org.CONTROL, "main")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "klon"
        person._clone(org.CONTROL, work)
        person._git("-C", str(work), "push", "--quiet", "--force", "origin", f"{sha}:refs/heads/main")
    protected(world)


def brought(world: Neutral, text: bytes) -> str:
    """A change that two owners agreed to and merged; the commit the branch is at then."""
    number = proposed(world, text)
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    merges(world, number)
    return world.who(FIRST).head(org.CONTROL, "main")


def test_agreements_of_long_ago_are_not_used_again(world: Neutral) -> None:
    """The policy came back to what it was when they were given, and history to the merge of then."""
    before = ttl(world)
    merge = brought(world, changed(world, 1901))
    brought(world, changed(world, before))
    assert ttl(world) == before
    history_put_back(world, merge)
    world.worked(POLICY)
    assert ttl(world) == before
    assert len(alarms(world)) == 1


def test_a_refusal_that_somebody_deletes_stays(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1902))
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    says(world, SECOND, number, line(world, number, "tolak").replace("<alasan>", "salah hitung"))
    assert "1 dari 2" in card(world, number)
    deletes(world, SECOND, number, "salah hitung")
    world.worked(POLICY)
    assert "1 dari 2" in card(world, number)
    merges(world, number)
    assert ttl(world) == before


def test_an_agreement_that_is_deleted_before_the_merge_does_not_count(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1903))
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    said = world.who(FIRST).reads(org.CONTROL, number, kind="merge_request")
    own = next(text for who, text in said if who == SECOND)
    world.who(SECOND).merge(org.CONTROL, number)
    person: Any = world.who(SECOND)
    if world.organisation.forge == "gitlab":
        notes = person.project(org.CONTROL).mergerequests.get(number).notes.list(get_all=True)
        next(one for one in notes if one.author["username"] == SECOND and not one.system).delete()
    else:
        comments = person.repo(org.CONTROL).get_issue(number).get_comments()
        next(one for one in comments if one.user.login == SECOND and one.body == own).delete()
    world.worked(POLICY)
    assert ttl(world) == before
    assert len(alarms(world)) == 1


def test_words_on_one_request_say_nothing_of_another_with_the_same_text(world: Neutral) -> None:
    before, wanted = ttl(world), changed(world, 1904)
    number = proposed(world, wanted)
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    world.who(org.OWNER).close_request(org.CONTROL, number)
    other = proposed(world, wanted)
    assert "0 dari 2" in card(world, other)
    merges(world, other)
    assert ttl(world) == before


def test_a_push_is_not_hidden_behind_a_harmless_request(world: Neutral) -> None:
    before = ttl(world)
    pushed_past(world, {"laik.yaml": changed(world, 1905)})
    world.who(FIRST).push(org.CONTROL, {"catatan.md": b"# 1905\n"}, "Catatan", branch="catatan-1905")
    number = world.who(FIRST).open_request(org.CONTROL, "catatan-1905", "Catatan")
    merges(world, number)
    assert ttl(world) == before
    (alarm,) = alarms(world)
    assert "tanpa merge request" in alarm
    assert world.who(FIRST).reads(org.CONTROL, number, kind="merge_request") == []


def test_what_is_pushed_over_an_agreed_merge_before_laik_looked_is_not_in_force(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1906))
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    world.who(SECOND).merge(org.CONTROL, number)
    pushed_past(world, {"laik.yaml": changed(world, 1907)})
    world.worked(POLICY)
    assert ttl(world) == before
    assert len(alarms(world)) == 1


def test_another_change_merged_on_top_is_judged_by_itself(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1908), branch="bawah")
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    world.who(SECOND).merge(org.CONTROL, number)
    world.who(FIRST).push(org.CONTROL, {"laik.yaml": changed(world, 1909)}, "Atas", branch="atas-1909")
    upper = world.who(FIRST).open_request(org.CONTROL, "atas-1909", "Atas")
    world.who(FIRST).merge(org.CONTROL, upper)
    world.worked(POLICY)
    assert ttl(world) == before
    (alarm,) = alarms(world)
    assert f"nomor {upper}" in alarm
    agrees(world, FIRST, upper)
    agrees(world, SECOND, upper)
    assert ttl(world) == 1909


def test_an_owner_alone_does_not_help_himself_with_an_account_that_is_no_owner(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1910))
    agrees(world, FIRST, number)
    says(world, org.OWNER, number, line(world, number))  # owns the group on the forge, and not the policy
    merges(world, number)
    assert ttl(world) == before


def test_a_request_closed_to_comments_silences_no_alarm_and_stops_no_admission(
    world: Neutral, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: whoever merges locks the conversation, so that laik cannot write its card there."""
    forge = world.laik.forge

    def closed(project_id: int, kind: str, iid: int, *rest: Any) -> None:
        if kind == "merge_request":
            raise ForgeRefused(
                Bilingual("Percakapan terkunci.", "Locked."), remedy=Bilingual("Buka.", "Open."), status=403
            )
        return add(project_id, kind, iid, *rest)

    number = proposed(world, changed(world, 1911))
    agrees(world, FIRST, number)
    world.who(SECOND).merge(org.CONTROL, number)
    add = forge.add_comment
    with monkeypatch.context() as patch:
        patch.setattr(forge, "add_comment", closed)
        patch.setattr(forge, "edit_comment", closed)
        result = world.laik.reconciler.reconcile(POLICY)
        assert len(result.failed) == 1
        assert len(alarms(world)) == 1
        world.who(SECOND).say(org.CONTROL, number, line(world, number), kind="merge_request")
        world.laik.reconciler.reconcile(POLICY)
        assert ttl(world) == 1911
        assert alarms(world) == []
    world.worked(POLICY)
    assert f"disetujui {FIRST}, {SECOND}." in card(world, number).replace("\\", "")
