"""Hosting merge requests that are broken in every way: one clear card each, and the next one goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.core.errors import ForgeRefused
from automation.core.text import Bilingual
from automation.demo import documents
from automation.demo import organisation as org
from automation.forges.base import MergeRequest
from automation.reconciler import HOSTING
from tests.effects.world import World

SHA = "0123456789abcdef0123456789abcdef01234567"
GOOD = documents.hosting_request(key="PA-2026-9999", agency="dinkes", name="x", parent=org.PARENT, sha=SHA)
BROKEN = {
    "yaml-rusak": ({"permohonan/yaml-rusak.yaml": b"kasus: [tidak ditutup\n"}, "yaml-rusak.yaml:"),
    "kunci-ganda": ({"permohonan/kunci-ganda.yaml": GOOD + b"nama: y\n"}, "nama"),
    "jangkar": ({"permohonan/jangkar.yaml": b"a: &x [1]\nb: *x\n"}, "jangkar.yaml:1"),
    "bom": ({"permohonan/bom.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"}, "bom.yaml:1"),
    "biner": ({"permohonan/biner.yaml": b"\x00\xff\xfe"}, "biner.yaml"),
    "dua-berkas": ({"permohonan/a.yaml": GOOD, "permohonan/b.yaml": GOOD}, "satu berkas"),
    "di-luar": ({"README.md": b"diganti\n"}, "README.md"),
    "titik-titik": ({"permohonan/..%2f..%2fetc.yaml": GOOD}, "permohonan/"),
    "kasus-tiada": ({"permohonan/kasus-tiada.yaml": GOOD}, "PA-2026-9999"),
}


@pytest.fixture(scope="module")
def key(world: World) -> str:
    """A case with an application, for all requests here that are sound."""
    return world.with_application("sehat")


@pytest.fixture(scope="module")
def cards(world: World) -> dict[str, list[str]]:
    """All of them opened at once, and laik run a single time."""
    numbers = {name: world.ask(dict(files)) for name, (files, _) in BROKEN.items()}
    huge = {"permohonan/besar.yaml": b"# " + b"x" * 50_000_000}
    numbers["besar"] = world.ask(huge, pushed=True)
    world.settle(HOSTING)
    told = {name: world.hosting_cards(number) for name, number in numbers.items()}
    before = world.laik.forge.writes
    world.settle(HOSTING)
    told["lagi"] = [] if world.laik.forge.writes == before else ["menulis lagi"]
    return told


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_request_gets_one_card_that_names_the_place(cards: dict[str, list[str]], name: str) -> None:
    assert len(cards[name]) == 1
    assert "tidak dapat diproses" in cards[name][0]
    plain = cards[name][0].replace("\\", "").replace("\u200b", "")
    assert BROKEN[name][1].casefold() in plain.casefold()


def test_a_file_of_fifty_megabytes_is_refused_by_its_size(cards: dict[str, list[str]]) -> None:
    assert len(cards["besar"]) == 1
    assert "tidak dapat diproses" in cards["besar"][0]
    assert len(cards["besar"][0]) < 5000


def test_a_second_look_writes_nothing(cards: dict[str, list[str]]) -> None:
    assert cards["lagi"] == []


def test_a_sound_request_is_judged_in_the_same_run_as_broken_ones(
    world: World, key: str, cards: dict[str, list[str]]
) -> None:
    number = world.ask({"permohonan/sehat.yaml": world.request_text(key, "sehat", "sehat")})
    assert world.settle(HOSTING).follow == (key,)
    world.settle(key)
    card = world.hosting_cards(number)[0]
    assert f"Permintaan hosting untuk {key}" in card
    assert "uat_is_attached" in card
    assert f"kebijakan tidak menyebut sertifikat bagi `{org.PARENT}`" in card
    head = world.head(org.HOSTING, world.project(org.HOSTING).mergerequests.get(number).source_branch)
    statuses = world.project(org.HOSTING).commits.get(head).statuses.list(get_all=True)
    assert {one.name: one.status for one in statuses}["laik/hosting"] == "failed"

    second = world.ask({"permohonan/kedua.yaml": world.request_text(key, "kedua", "sehat")})
    world.settle(HOSTING)
    assert "tutup salah satunya" in world.hosting_cards(second)[0]
    world.team.close_request(org.HOSTING, number)
    world.team.close_request(org.HOSTING, second)


def test_a_request_that_breaks_and_is_mended_shows_one_card_that_speaks(world: World, key: str) -> None:
    sound = world.request_text(key, "pulih", "sehat")
    number = world.ask({"permohonan/pulih.yaml": b"kasus: [\n"})
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    world.settle(HOSTING)
    world.commit_on(org.HOSTING, branch, {"permohonan/pulih.yaml": sound})
    world.settle(HOSTING)
    world.settle(key)
    speaking = [one for one in world.hosting_cards(number) if "tidak dapat diproses" in one]
    assert speaking == []
    assert any(f"Permintaan hosting untuk {key}" in one for one in world.hosting_cards(number))
    world.commit_on(org.HOSTING, branch, {"permohonan/pulih.yaml": b"kasus: [\n"})
    world.settle(HOSTING)
    cards = world.hosting_cards(number)
    assert len(cards) == 2
    assert not any("Permintaan hosting untuk" in one for one in cards)
    world.team.close_request(org.HOSTING, number)


def test_a_case_whose_request_was_closed_is_looked_at_until_it_has_let_go_of_it(
    world: World, key: str
) -> None:
    number = world.ask({"permohonan/tutup.yaml": world.request_text(key, "tutup", "sehat")})
    world.settle(HOSTING)
    world.settle(key)
    assert any("hosting" in one.casefold() for one in world.hosting_cards(number))
    world.team.close_request(org.HOSTING, number)
    assert world.settle(HOSTING).follow == (key,)
    assert world.settle(HOSTING).follow == (key,)
    world.settle(key)
    assert world.settle(HOSTING).follow == ()


def test_a_request_to_another_branch_or_in_draft_is_not_judged(world: World, key: str) -> None:
    files = {"permohonan/lain-cabang.yaml": world.request_text(key, "lain-cabang", "sehat")}
    world.project(org.HOSTING).branches.create({"branch": "lain", "ref": "main"})
    branch = world.unique("minta")
    world.commit(org.HOSTING, files, branch=branch, account=org.TEAM)
    number = world.team.open_request(org.HOSTING, branch, "Ke cabang lain", target="lain")
    draft = world.ask(files, title="Draft: nanti")
    assert world.settle(HOSTING).follow == ()
    assert "harus menuju cabang" in world.hosting_cards(number)[0]
    assert "draf" in world.hosting_cards(draft)[0]
    for one in (number, draft):
        world.team.close_request(org.HOSTING, one)


def test_an_approved_request_that_was_targeted_elsewhere_and_back_is_still_approved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Head and file are what was approved, and laik merges only what targets the branch that is watched."""
    key, number = world.approved("bolak-balik")
    hosting = world.project(org.HOSTING)
    hosting.branches.create({"branch": "sela", "ref": "main"})

    def targets(branch: str) -> None:
        request = hosting.mergerequests.get(number)
        request.target_branch = branch
        request.save()
        world.settle(HOSTING)
        world.settle(key)

    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", _refuses)
        with pytest.raises(ForgeRefused):
            world.settle(key)  # ruled on, and not merged
    acts = world.kinds(key).count("act")
    targets("sela")
    assert hosting.mergerequests.get(number).state == "opened"
    assert any("harus menuju cabang 'main'" in card for card in world.hosting_cards(number))
    targets("main")
    world.settle(key)  # shown as approved first, then merged
    assert world.kinds(key).count("act") == acts
    assert hosting.mergerequests.get(number).state == "merged"
    assert world.memory(key).admitted is not None


def _refuses(*given: object, **named: object) -> None:
    raise ForgeRefused(Bilingual("Tidak sekarang.", "Not now."), remedy=Bilingual("Nanti.", "Later."))


def test_a_request_from_a_fork_is_refused_by_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded forge makes no forks, so its record of a real request is changed to come from one."""
    number = world.ask({"permohonan/cabang.yaml": GOOD})
    real, elsewhere = world.laik.forge.list_merge_requests, world.project(org.CONTROL).id

    def from_fork(project_id: int) -> list[MergeRequest]:
        return [
            replace(one, source_project_id=elsewhere) if one.iid == number else one
            for one in real(project_id)
        ]

    monkeypatch.setattr(world.laik.forge, "list_merge_requests", from_fork)
    world.settle(HOSTING)
    assert "fork" in world.hosting_cards(number)[0]
    head = world.project(org.HOSTING).mergerequests.get(number).sha
    assert world.project(org.HOSTING).commits.get(head).statuses.list(get_all=True) == []
    world.team.close_request(org.HOSTING, number)
