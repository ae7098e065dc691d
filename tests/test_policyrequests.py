"""Which merge request brought the policy that stands on the branch, however it was merged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from automation.collect.mirror import Mirror, Mirrors
from automation.core.policy import load_policy
from automation.forges.base import Forge, MergeRequest, Project, User
from automation.observe.office import Office
from automation.observe.policyrequests import PolicyRequest, landed_change, open_changes
from tests.collect.test_mirror import World as Repository
from tests.core.cases import POLICY

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WHO = User(11, "pemilik-1")
IN_FORCE = POLICY.encode()
WANTED = POLICY.replace("port: 8080", "port: 8081").encode()
CONTROL = Project(1, "d/kendali", "kendali", "", "main", "", "", empty=False)


@dataclass
class Control:
    """A control project, and what a forge would say of its merge requests."""

    repository: Repository
    mirrors: Mirrors
    requests: list[MergeRequest] = field(default_factory=list)

    def list_merge_requests(self, project_id: int, *, state: str = "open", **_: Any) -> list[MergeRequest]:
        return [one for one in self.requests if one.state == state]

    def get_merge_request(self, project_id: int, iid: int) -> MergeRequest:
        return next(one for one in self.requests if one.iid == iid)

    @property
    def forge(self) -> Forge:
        return cast(Forge, self)

    def git(self, *arguments: str) -> str:
        return self.repository.git(*arguments)

    def branch(self, name: str, *commits: dict[str, bytes | None], start: str = "main") -> str:
        """A branch with some commits; its head."""
        self.git("checkout", "-q", "-B", name, start)
        for files in commits:
            self.repository.commit(files)
        head = self.git("rev-parse", "HEAD")
        self.git("checkout", "-q", "main")
        return head

    def on_main(self, *commits: dict[str, bytes | None]) -> str:
        self.git("checkout", "-q", "main")
        for files in commits:
            self.repository.commit(files)
        return self.git("rev-parse", "HEAD")

    def request(self, head: str, *, merge_sha: str | None = None, **more: Any) -> MergeRequest:
        state = "merged" if merge_sha else "open"
        made = MergeRequest(
            1, len(self.requests) + 1, "t", "", WHO, cast(Any, state), False, 1, "b", "main", head,
            WHO if merge_sha else None, merge_sha, "", AT, AT, "",
        )  # fmt: skip
        self.requests.append(replace(made, **more))
        return self.requests[-1]

    def merged(self, head: str, how: str) -> MergeRequest:
        """Merge a branch's commits as a forge would; the request."""
        self.git("checkout", "-q", "main")
        match how:
            case "merge":
                self.git("merge", "-q", "--no-ff", "-m", "gabung", head)
            case "squash":
                self.git("merge", "-q", "--squash", head)
                self.git("commit", "-q", "-m", "gabung")
            case "rebase":
                self.git("cherry-pick", "--no-ff", f"main..{head}")
                self.git("commit", "-q", "--amend", "-m", "ditulis ulang")
            case "ff":
                self.git("merge", "-q", "--ff-only", head)
        return self.request(head, merge_sha=self.git("rev-parse", "HEAD"))

    def office(self, project: Project = CONTROL) -> Office:
        self.git("push", "-q", "-f", "--all", "origin")
        mirror: Mirror = self.mirrors.fetch(1, str(self.repository.bare))
        head = mirror.head(project.default_branch)
        text = mirror.read(head, "laik.yaml") if head else None
        policy = load_policy(IN_FORCE)
        return Office(
            me=User(1, "laik"), control=project, hosting=project, secret=project, policy=policy,
            policy_text=IN_FORCE, on_branch=text, control_mirror=mirror, hosting_mirror=mirror,
            secret_mirror=mirror,
        )  # fmt: skip

    def landed(self) -> MergeRequest | None:
        return landed_change(self.forge, self.office())

    def open(self) -> list[PolicyRequest]:
        return list(open_changes(self.forge, self.office()))


@pytest.fixture
def control(tmp_path: Path) -> Control:
    mirrors = Mirrors(tmp_path / "cermin", token_source=lambda: "", protocols=("file",))
    made = Control(Repository(tmp_path), mirrors)
    made.repository.commit({"laik.yaml": IN_FORCE, "README.md": b"# Kendali\n"})
    return made


HOW = ("merge", "squash", "rebase", "ff")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("after", [(), ({"b.md": b"1"},)], ids=["last", "first of two"])
def test_the_request_is_found_however_it_was_merged(
    control: Control, how: str, after: tuple[dict[str, bytes | None], ...]
) -> None:
    head = control.branch("ubah", {"a.md": b"1"}, {"laik.yaml": WANTED}, *after)
    control.on_main(*([] if how == "ff" else [{"c.md": b"1"}]))
    request = control.merged(head, how)
    assert control.landed() == request


@pytest.mark.parametrize("how", HOW)
def test_a_request_merged_on_top_leaves_the_one_that_brought_it(control: Control, how: str) -> None:
    first = control.merged(control.branch("ubah", {"laik.yaml": WANTED}), how)
    control.merged(control.branch("lain", {"a.md": b"1"}), how)
    control.on_main({"c.md": b"1"})
    assert control.landed() == first


@pytest.mark.parametrize("how", HOW)
def test_of_two_changes_the_later_is_the_one_that_stands(control: Control, how: str) -> None:
    control.merged(control.branch("ubah", {"laik.yaml": WANTED}), how)
    second = control.merged(control.branch("lagi", {"laik.yaml": WANTED + b"# x\n"}), how)
    assert control.landed() == second


def test_what_was_pushed_came_by_no_request(control: Control) -> None:
    control.merged(control.branch("ubah", {"a.md": b"1"}), "merge")
    control.on_main({"laik.yaml": WANTED})
    assert control.landed() is None


@pytest.mark.parametrize("how", HOW)
def test_what_was_pushed_after_a_merge_came_by_no_request(control: Control, how: str) -> None:
    control.merged(control.branch("ubah", {"laik.yaml": WANTED}), how)
    control.on_main({"laik.yaml": WANTED + b"# x\n"})
    assert control.landed() is None


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_harmless_request_merged_on_top_of_a_push_does_not_stand_for_it(
    control: Control, how: str, cut: str
) -> None:
    """The attack: the push is hidden behind a request that somebody merges later."""
    head = control.branch("lain", {"a.md": b"1"})
    control.on_main({"laik.yaml": WANTED})
    if cut == "after":
        head = control.branch("lain", {"a.md": b"1"})
    control.merged(head, how)
    assert control.landed() is None


def test_what_was_merged_elsewhere_and_carried_over_by_hand_came_by_no_request(control: Control) -> None:
    head = control.branch("ubah", {"laik.yaml": WANTED})
    control.request(head, merge_sha=head, target_branch="rilis")
    control.git("merge", "-q", "--ff-only", head)
    assert control.landed() is None


def test_a_request_that_was_never_merged_brought_nothing(control: Control) -> None:
    head = control.branch("ubah", {"laik.yaml": WANTED})
    control.git("merge", "-q", "--ff-only", head)
    control.request(head)
    assert control.landed() is None


def test_another_default_branch_is_judged_as_what_stands_there(control: Control) -> None:
    """The attack: whoever may change the project's settings makes another branch the default one."""
    control.merged(control.branch("ubah", {"laik.yaml": WANTED}), "merge")
    control.branch("jahat", {"laik.yaml": WANTED + b"# x\n"})
    other = replace(CONTROL, default_branch="jahat")
    assert landed_change(control.forge, control.office(other)) is None
    assert control.office(other).policy_differs


# ---- open ones


def test_an_open_request_is_seen_with_what_it_would_make_of_the_policy(control: Control) -> None:
    control.request(control.branch("ubah", {"laik.yaml": WANTED}))
    control.request(control.branch("lain", {"a.md": b"1"}))
    control.request(control.branch("hapus", {"laik.yaml": None}))
    assert [(one.text, one.touches, one.problem) for one in control.open()] == [
        (WANTED, True, None),
        (IN_FORCE, False, None),
        (None, True, None),
    ]


def test_a_request_that_targets_another_branch_or_lags_behind_cannot_come_into_force(
    control: Control,
) -> None:
    head = control.branch("ubah", {"laik.yaml": WANTED})
    control.request(head, target_branch="rilis")
    control.request(head)
    (elsewhere, _) = control.open()
    assert elsewhere.problem is not None
    assert "cabang 'main'" in elsewhere.problem.id
    control.on_main({"laik.yaml": WANTED + b"# x\n"})
    (_, late) = control.open()
    assert late.problem is not None
    assert "perbarui cabang ini" in late.problem.id


def test_a_request_with_a_history_of_its_own_cannot_come_into_force(control: Control) -> None:
    control.git("checkout", "-q", "--orphan", "asing")
    control.repository.commit({"laik.yaml": WANTED})
    head = control.git("rev-parse", "HEAD")
    control.git("checkout", "-q", "main")
    control.request(head)
    (seen,) = control.open()
    assert (seen.touches, seen.problem is not None) == (True, True)


def test_a_policy_that_is_a_link_is_none(control: Control) -> None:
    """The attack: a symbolic link that leads to a file which changes without a change of the policy."""
    control.git("checkout", "-q", "-b", "tautan")
    place = control.repository.clone / "laik.yaml"
    place.unlink()
    place.symlink_to("lain.yaml")
    control.repository.commit({"lain.yaml": WANTED})
    head = control.git("rev-parse", "HEAD")
    control.git("checkout", "-q", "main")
    control.request(head)
    (seen,) = control.open()
    assert (seen.text, seen.touches) == (None, True)


def test_a_file_beyond_all_bounds_is_told_and_keeps_no_other_request_from_being_seen(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.collect.mirror_reading.FILE_LIMIT", 10_000)
    control.request(control.branch("besar", {"laik.yaml": b"#" * 10_001}))
    control.request(control.branch("ubah", {"laik.yaml": WANTED}))
    large, other = control.open()
    assert large.problem is not None
    assert "10001 byte" in large.problem.id
    assert other.text == WANTED


def test_a_request_from_another_project_is_left_alone(control: Control) -> None:
    control.request(control.branch("ubah", {"laik.yaml": WANTED}), source_project_id=9)
    (seen,) = control.open()
    assert not seen.touches
