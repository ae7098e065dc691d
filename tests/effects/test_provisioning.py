"""A repository that was half-made is found and finished, never doubled; nobody else's is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import gitlab
import pytest

from automation.collect.templates import bundled
from automation.core.errors import ForgeRefused, RenderFailed
from automation.core.plan import LabelWish, MilestoneWish, Provision, RepositoryWish
from automation.demo import organisation as org
from automation.forges.base import Hook
from automation.provision import BOARD, provision
from tests.effects.world import World

HOOK = Hook("http://127.0.0.1:9/webhook", "rahasia-hook")
STEPS = (
    "create_project",
    "commit_files",
    "ensure_labels",
    "ensure_milestones",
    "ensure_board_lists",
    "ensure_protection",
    "ensure_hook",
    "ensure_member",
)
ANSWERS = {
    "nama_aplikasi": "Uji",
    "ringkasan": "Ringkas.",
    "perangkat_daerah": "Dinas Kesehatan",
    "instansi": "Diskominfo",
    "pemerintah": "Kabupaten Contoh",
    "sop": "ringkas",
    "langkah": ["Satu", "Dua"],
}


class PowerCut(Exception):
    """The process is gone: nothing after the step happens."""


class CutAfter:
    """A forge whose user is cut off right after one step has acted; every call goes to the real one."""

    def __init__(self, forge: Any, step: str) -> None:
        self._forge = forge
        self._step = step

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._forge, name)
        return self._cut(real) if name == self._step else real

    def _cut(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def acted(*args: Any, **kwargs: Any) -> None:
            real(*args, **kwargs)
            raise PowerCut

        return acted


def wish(slug: str, **changes: Any) -> Provision:
    wanted = RepositoryWish(
        kind="aplikasi",
        group="aplikasi",
        slug=slug,
        name=f"Aplikasi {slug}",
        key="PA-2026-9001",
        template="base",
        answers={**ANSWERS, "kunci_kasus": "PA-2026-9001", "slug": slug},
        labels=(LabelWish("fase::awal", "#1f75cb", "Awal"), LabelWish("fase::akhir", "#1f75cb", "Akhir")),
        milestones=(MilestoneWish("Fase: Awal", date(2026, 4, 1), "SOP"),),
        board=("fase::awal", "fase::akhir"),
        members=((org.VENDOR, 30), (org.REVIEWERS[0], 40)),
        protect=(("main", 40, 40),),
    )
    return Provision(replace(wanted, **changes), "d")


def run(world: World, change: Provision, forge: Any = None) -> int:
    cases_of = world.laik.store.links.cases_of
    return provision(forge or world.laik.forge, change, bundled(), HOOK, cases_of).id


def whole(world: World, path: str) -> dict[str, Any]:
    """What stands there, as the administrator sees it, without ids and times."""
    project = world.project(path)
    boards = project.boards.list(get_all=True)
    lists = [[one.label["name"] for one in board.lists.list(get_all=True)] for board in boards]
    rules = project.protectedbranches.list(get_all=True)
    return {
        "commits": len(project.commits.list(get_all=True)),
        "labels": sorted(one.name for one in project.labels.list(get_all=True)),
        "milestones": [(one.title, one.due_date) for one in project.milestones.list(get_all=True)],
        "boards": [(board.name, names) for board, names in zip(boards, lists, strict=True)],
        "rules": [(one.name, [level["access_level"] for level in one.push_access_levels]) for one in rules],
        "hooks": [one.url for one in project.hooks.list(get_all=True)],
        "members": direct_members(world, path),
        "files": sorted(one["path"] for one in project.repository_tree(recursive=True, get_all=True)),
    }


def direct_members(world: World, path: str) -> dict[str, int]:
    members = world.project(path).members.list(get_all=True)
    return {one.username: one.access_level for one in members}


def contents(world: World, path: str) -> list[str]:
    """Every file of a repository with exactly one commit."""
    project = world.project(path)
    assert len(project.commits.list(get_all=True)) == 1
    tree = project.repository_tree(recursive=True, get_all=True)
    files = [one["path"] for one in tree if one["type"] == "blob"]
    return [project.files.raw(file, "main").decode("utf-8", "replace") for file in files]


@pytest.mark.parametrize("step", STEPS)
def test_a_repository_cut_off_after_any_step_is_finished_and_not_doubled(world: World, step: str) -> None:
    slug = f"putus-{step.replace('_', '-')}"
    with pytest.raises(PowerCut):
        run(world, wish(slug), CutAfter(world.laik.forge, step))
    project_id = run(world, wish(slug))
    made = whole(world, f"aplikasi/{slug}")
    assert made == {
        **made,
        "commits": 1,
        "labels": ["fase::akhir", "fase::awal"],
        "milestones": [("Fase: Awal", "2026-04-01")],
        "boards": [(BOARD, ["fase::awal", "fase::akhir"])],
        "rules": [("main", [40])],
        "hooks": [HOOK.url],
        "members": {org.VENDOR: 30, org.REVIEWERS[0]: 40},
    }
    assert "README.md" in made["files"]
    same = [one for one in world.admin.projects.list(get_all=True) if one.path == slug]
    assert [one.id for one in same] == [project_id]


def test_a_finished_repository_is_left_without_a_single_write(world: World) -> None:
    run(world, wish("sudah-jadi"))
    before = world.laik.forge.writes
    run(world, wish("sudah-jadi"))
    assert world.laik.forge.writes == before


def test_work_that_people_put_in_is_never_overwritten(world: World) -> None:
    project_id = run(world, wish("sudah-diisi"))
    world.first.push("aplikasi/sudah-diisi", {"README.md": b"# Milik kami\n"}, "Ubah")
    head = world.head("aplikasi/sudah-diisi")
    run(world, replace(wish("sudah-diisi"), project_id=project_id))
    assert world.head("aplikasi/sudah-diisi") == head


def test_a_repository_of_somebody_else_at_the_path_is_refused_and_stays_as_it_is(world: World) -> None:
    group = world.admin.groups.get("aplikasi")
    foreign = world.admin.projects.create(
        {"name": "Milik orang", "path": "milik-orang", "namespace_id": group.id, "description": "lain"}
    )
    members = direct_members(world, "aplikasi/milik-orang")
    with pytest.raises(ForgeRefused) as refusal:
        run(world, wish("milik-orang"))
    assert "aplikasi/milik-orang" in refusal.value.explain()
    assert "slug" in refusal.value.remedy.id
    after = world.project("aplikasi/milik-orang")
    assert (after.id, after.description, after.empty_repo) == (foreign.id, "lain", True)
    assert direct_members(world, "aplikasi/milik-orang") == members
    assert after.hooks.list(get_all=True) == []


def test_the_repository_of_another_case_is_somebody_elses(world: World) -> None:
    run(world, wish("direbut"))
    other = wish("direbut", key="PA-2026-9002")
    with pytest.raises(ForgeRefused):
        run(world, other)


def test_a_key_that_only_starts_like_another_one_does_not_own_its_repository(world: World) -> None:
    run(world, wish("awalan", key="PA-2026-90011"))
    with pytest.raises(ForgeRefused):
        run(world, wish("awalan", key="PA-2026-9001"))


def test_a_renamed_repository_is_found_by_its_number(world: World) -> None:
    project_id = run(world, wish("nama-lama"))
    moved = world.project("aplikasi/nama-lama")
    moved.path = "nama-baru"
    moved.save()
    assert run(world, replace(wish("nama-lama"), project_id=project_id)) == project_id
    with pytest.raises(gitlab.GitlabGetError):
        world.project("aplikasi/nama-lama")


def test_members_are_exactly_those_wished_for(world: World) -> None:
    run(world, wish("anggota"))
    project = world.project("aplikasi/anggota")
    project.members.create({"user_id": world.who(org.OTHER_TEAM).id, "access_level": 40})
    run(world, wish("anggota", members=((org.REVIEWERS[0], 30), ("akun-tiada", 30))))
    assert direct_members(world, "aplikasi/anggota") == {org.REVIEWERS[0]: 30}


def test_a_missing_template_or_group_leaves_nothing_half_made(world: World) -> None:
    with pytest.raises(RenderFailed, match="tiada"):
        run(world, wish("tanpa-templat", template="tiada"))
    with pytest.raises(ForgeRefused, match="tiada"):
        run(world, wish("tanpa-grup", group="tiada"))
    paths = {one.path for one in world.admin.projects.list(get_all=True)}
    assert not paths & {"tanpa-templat", "tanpa-grup"}


def test_the_vendor_is_never_a_member_of_the_case_file(world: World) -> None:
    """Also when the account named as vendor had been let in as one of the applicant's own team."""
    key = world.accepted("vendor-di-luar")
    path = f"berkas/{key.lower()}"
    assert org.TEAM in direct_members(world, path)
    text = f"format: laik/penyedia/1\nakun: [{org.TEAM.upper()}, {org.VENDOR}]\n".encode()
    world.first.push(path, {"pengadaan/penyedia.yaml": text}, "Penyedia")
    world.settle(key)
    members = direct_members(world, path)
    assert not {org.TEAM, org.VENDOR} & set(members)
    assert org.REVIEWERS[0] in members


def test_jinja_in_a_title_and_summary_stays_as_it_was_typed(world: World) -> None:
    key = world.file("harfiah", title="{{ 7 * 7 }} {% include '/etc/passwd' %}", name="Uji Harfiah")
    number = int(key[8:])
    issue = world.team.project(org.CONTROL).issues.get(number)
    world.team.edit_issue(
        org.CONTROL,
        number,
        issue.description.replace("Warga mengambil", "{{ 7 * 7 }} {% if %} Warga mengambil"),
    )
    world.settle(key)
    world.paste(org.HEAD, key, "ajukan permohonan")
    world.settle(key)
    texts = [*contents(world, f"berkas/{key.lower()}"), *contents(world, "aplikasi/harfiah")]
    assert any("{{ 7 * 7 }} {% if %} Warga" in text for text in texts)
    assert not any("49 " in text for text in texts)
