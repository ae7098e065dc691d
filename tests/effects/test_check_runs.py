"""Check runs of hosting requests as people see them on GitHub: a summary, and remarks on lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from automation.demo import documents
from automation.demo import organisation as org
from automation.keys import HOSTING
from automation.localforge import githubreports
from automation.localforge.githubreports import CheckRun
from tests.effects.neutral import Neutral, neutral_world

CONTEXT = "laik/hosting"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with neutral_world(tmp_path_factory.mktemp("catatan"), "github") as running:
        yield running


@pytest.fixture(scope="module")
def key(world: Neutral) -> str:
    return world.with_application("tampil")


@dataclass(frozen=True)
class Request:
    """One hosting request on a branch of its own, which may be pushed again."""

    world: Neutral
    case: str
    slug: str

    def push(self, wrong: bytes = b"") -> None:
        """Push the request file; ``wrong`` goes before its fifth line."""
        sha = self.world.who(org.REVIEWERS[0]).head(self.world.aplikasi("tampil"), "main")
        text = documents.hosting_request(
            key=self.case, agency=org.AGENCY, name=self.slug, parent=org.PARENT, sha=sha
        )
        lines = text.splitlines(keepends=True)
        content = b"".join([*lines[:4], wrong, *lines[4:]])
        files: dict[str, bytes | None] = {self.path: content}
        self.world.who(org.TEAM).push(org.HOSTING, files, "Permintaan hosting", branch=self.slug)

    @property
    def path(self) -> str:
        return f"permohonan/{self.slug}.yaml"

    def run(self, context: str = CONTEXT) -> CheckRun:
        """The newest check run on the branch's head."""
        head = self.world.who(org.TEAM).head(org.HOSTING, self.slug)
        runs = githubreports.check_runs(self.world.forge.engine, self.world.number(org.HOSTING), head)
        return next(one for one in runs if one.name == context)


def plain(run: CheckRun) -> str:
    """The summary as people read it."""
    return (run.summary or "").replace("\\", "").replace("\u200b", "")


def asked(world: Neutral, case: str, slug: str, wrong: bytes) -> Request:
    request = Request(world, case, slug)
    request.push(wrong)
    world.who(org.TEAM).open_request(org.HOSTING, slug, f"Hosting {slug}")
    world.worked(HOSTING)
    return request


def test_a_wrong_key_is_remarked_on_its_line_until_it_is_mended(world: Neutral, key: str) -> None:
    request = asked(world, key, "tampil", b"pemilikk: dinkes\n")
    wrong = request.run()
    (remark,) = json.loads(wrong.annotations)
    assert (remark["path"], remark["start_line"], remark["title"]) == (
        request.path,
        5,
        "hosting_request_is_valid",
    )
    assert "pemilikk" in remark["message"]
    assert "Perbaiki kunci" in remark["message"]
    assert wrong.conclusion == "failure"
    assert "pemilikk" in (wrong.summary or "")
    assert f"[kartu kasus {key}](" in (wrong.summary or "")

    rest = world.spent(lambda: world.worked(HOSTING, key))
    assert rest.writes == 0

    request.push()
    world.worked(HOSTING)
    mended = request.run()
    assert json.loads(mended.annotations) == []
    assert "pemilikk" not in (mended.summary or "")
    assert "uat_is_attached" in (mended.summary or "").replace("\\", "")
    assert world.spent(lambda: world.worked(HOSTING, key)).writes == 0


def test_other_findings_on_the_same_commit_are_shown_although_the_light_stays(
    world: Neutral, key: str
) -> None:
    """The case goes on while the request waits, so what is missing changes and its red light does not."""
    request = Request(world, key, "tampil")
    before = request.run()
    empty: dict[str, bytes | None] = {"uat/skenario.yaml": b"format: laik/uat-skenario/1\nskenario: []\n"}
    world.who(org.TEAM).push(world.berkas(key), empty, "Skenario")
    world.worked(key)
    after = request.run()
    assert (before.conclusion, after.conclusion) == ("failure", "failure")
    assert before.id == after.id
    assert "skenario.0.judul" in plain(before)
    assert "skenario.0.judul" not in plain(after)
    assert world.spent(lambda: world.worked(HOSTING, key)).writes == 0


def test_a_step_that_is_done_writes_no_check_run_whose_light_stays(world: Neutral, key: str) -> None:
    request = Request(world, key, "tampil")
    contexts = (CONTEXT, "laik/sop")
    before = [request.run(one) for one in contexts]
    world.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
    world.worked(key)
    assert [request.run(one) for one in contexts] == before


def test_a_request_without_a_case_is_remarked_on_too(world: Neutral) -> None:
    request = asked(world, "PA-2026-9999", "asing", b'"@semua closes #1": x\n')
    run = request.run()
    (remark,) = json.loads(run.annotations)
    assert (remark["path"], remark["start_line"]) == (request.path, 5)
    assert "PA-2026-9999" in (run.summary or "")
    for text in (remark["message"], run.summary or "", request.run("laik/sop").summary or ""):
        assert "@semua" not in text
        assert "#1" not in text
    assert world.spent(lambda: world.worked(HOSTING)).writes == 0
