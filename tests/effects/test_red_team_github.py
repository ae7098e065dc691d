"""An attacker's day on GitHub: what its rules let people do that GitLab's do not.

On GitHub whoever may push may edit the comments of others, times are whole seconds, names are given up and
taken again, and an invitation waits until it is accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from automation.belonging import Belonging, OtherProject
from automation.core.plan import RepositoryWish
from automation.demo import organisation as org
from automation.demo.githubpeople import GitHubPerson
from automation.forges.base import Access
from automation.forges.github import convertwork
from automation.keys import HOSTING
from automation.provision import _invite
from automation.wiring import build
from tests.effects.neutral import Neutral, neutral_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with neutral_world(tmp_path_factory.mktemp("serangan"), "github") as running:
        yield running


def person(world: Neutral, account: str) -> GitHubPerson:
    found = world.who(account)
    assert isinstance(found, GitHubPerson)
    return found


def settle(world: Neutral, *keys: str) -> None:
    world.worked(*keys)


# ---- comments


def test_a_comment_turned_into_an_approval_within_its_own_second_does_not_count(world: Neutral) -> None:
    """GitHub's times show no such edit, and whoever may push may edit the comments of others."""
    key = world.with_application("sedetik")
    number, _ = world.asked(key, "sedetik")
    reviewer, team = person(world, org.REVIEWERS[1]), person(world, org.TEAM)
    line = "@laik setuju hosting 0123abcd"
    for _ in range(5):
        said = reviewer.repo(org.HOSTING).get_issue(number).create_comment("Saya baca dahulu.")
        team.repo(org.HOSTING).get_issue(number).get_comment(said.id).edit(line)
        now = reviewer.repo(org.HOSTING).get_issue(number).get_comment(said.id)
        if now.created_at == now.updated_at:
            break
    assert now.created_at == now.updated_at
    assert now.body == line
    listed = world.laik.forge.list_comments(world.number(org.HOSTING), "merge_request", number)
    assert [one.edited for one in listed if one.id == said.id] == [True]
    settle(world, key)
    ruled = {one.act: one.ruling for one in world.memory(key).acts}
    assert ruled[f"merge_request/{said.id}/0"] == "void"
    assert any("sudah disunting" in text for _, text in reviewer.reads(org.HOSTING, number))
    team.close_request(org.HOSTING, number)
    settle(world, HOSTING)


def test_a_comment_as_its_author_wrote_it_is_asked_about_once(world: Neutral) -> None:
    key = world.with_application("sekali-tanya")
    number = int(key[8:])
    world.who(org.HEAD).say(org.CONTROL, number, "@laik bantuan")
    control, forge = world.number(org.CONTROL), world.laik.forge
    first = forge.list_comments(control, "issue", number)
    assert not any(one.edited for one in first if not one.author.bot)
    spent = world.spent(lambda: forge.list_comments(control, "issue", number))
    assert spent.reads == 0


def test_an_issue_of_a_repository_called_pull_is_no_pull_request() -> None:
    row = {"html_url": "https://github.com/pull/pull/issues/5#issuecomment-7"}
    assert convertwork.stands_under(row, "issue")
    assert not convertwork.stands_under(row, "merge_request")
    row = {"html_url": "https://github.com/dinas/hosting/pull/5#issuecomment-7"}
    assert convertwork.stands_under(row, "merge_request")


# ---- names


def test_who_takes_the_old_name_of_the_control_project_writes_no_policy(world: Neutral) -> None:
    """Its path is all that the settings say; the ledger knows its number."""
    world.laik.office.read()
    owner, name = person(world, org.OWNER), org.CONTROL.partition("/")[2]
    policy = owner.file(org.CONTROL, "laik.yaml")
    real = owner.repo(org.CONTROL)
    real.edit(name="kendali-lama")
    taken = owner.client.get_organization(org.CONTROL.partition("/")[0]).create_repo(name, private=True)
    try:
        taken.create_file("laik.yaml", "Kebijakan", policy.decode())
        again = build(world.laik.settings, procedures=world.laik.procedures)
        try:
            with pytest.raises(OtherProject, match="bukan proyek yang dicatat"):
                again.office.read()
        finally:
            again.close()
    finally:
        taken.edit(name="palsu")
        real.edit(name=name)
        owner._known.clear()
    world.laik.office.read()


def test_a_store_written_about_one_forge_is_not_used_with_another(world: Neutral) -> None:
    """Its numbers mean other projects there, and case 7's approvals would be found for another issue 7."""
    office = world.laik.office.read()
    mirror = world.laik.office.mirrors.fetch(office.control.id, office.control.http_url)
    hosting_mirror = office.hosting_mirror
    now = datetime.now(UTC)
    held = Belonging(world.laik.store.ledger, "github", now=lambda: now)
    held.hold("kendali", org.CONTROL, office.control, mirror)
    for forge, seen in (("gitlab", mirror), ("github", hosting_mirror)):
        with pytest.raises(OtherProject):
            Belonging(world.laik.store.ledger, forge, now=lambda: now).hold(
                "kendali", org.CONTROL, office.control, seen
            )
    with pytest.raises(OtherProject):
        held.hold("hosting", org.HOSTING, office.control)


def test_who_takes_the_freed_name_of_a_role_holder_holds_no_role(world: Neutral) -> None:
    """Names are given up and taken again on both forges; the policy has names, the ledger whose they are."""
    key = world.filed("nama-bebas")
    world.worked(key)
    people = world.forge.engine.store
    head = people.value("SELECT id FROM users WHERE username = ?", org.HEAD)
    vendor = people.value("SELECT id FROM users WHERE username = ?", org.VENDOR)
    people.run("UPDATE users SET username = 'pindah-nama' WHERE id = ?", head)
    people.run("UPDATE users SET username = ? WHERE id = ?", org.HEAD, vendor)
    try:
        world.paste(org.VENDOR, key, "ajukan permohonan")
        world.worked(key)
        (ruled,) = world.memory(key).acts
        assert (ruled.account, ruled.ruling) == (vendor, "void")
        assert any(
            "milik akun lain" in text for _, text in world.who(org.TEAM).reads(org.CONTROL, int(key[8:]))
        )
    finally:
        people.run("UPDATE users SET username = ? WHERE id = ?", org.VENDOR, vendor)
        people.run("UPDATE users SET username = ? WHERE id = ?", org.HEAD, head)
    world.paste(org.HEAD, key, "ajukan permohonan")
    world.worked(key)
    assert [one.ruling for one in world.memory(key).acts] == ["void", "approved"]


# ---- invitations


def test_who_is_not_wished_for_any_more_cannot_accept_his_old_invitation(world: Neutral) -> None:
    """An invitation waits for days; the case file must not open to somebody taken off the case meanwhile."""
    key = world.filed("undangan-lama")
    world.worked(key)
    path = world.berkas(key)
    forge, number = world.laik.forge, world.number(path)
    stranger = forge.find_user(org.VENDOR)
    assert stranger is not None
    assert forge.ensure_member(number, stranger, Access.DEVELOPER)
    assert org.VENDOR not in person(world, org.OWNER).members(path)
    project = forge.get_project(number)
    assert project is not None
    wish = RepositoryWish("berkas", *path.split("/"), key, key, "base", {})
    _invite(forge, project, wish, lambda _: True)
    me = person(world, org.VENDOR)
    assert [one.repository.full_name for one in me.client.get_user().get_invitations()].count(path) == 0
