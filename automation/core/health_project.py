"""Health of the organisation's own projects: presence, access, settings, branch protection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from automation.core.health import Check, Diagnosis, Unread, skipped
from automation.core.health_branch import MAINTAINER, BranchFacts, Key, branch_checks, judge_branch
from automation.core.health_hooks import HOOK_CHECKS, HookWish, judge_hooks
from automation.core.text import Bilingual


class ProjectView(Protocol):
    """A project."""

    @property
    def default_branch(self) -> str:
        """Its default branch."""

    @property
    def empty(self) -> bool:
        """Whether it has no commit."""

    @property
    def archived(self) -> bool:
        """Whether it can only be read."""


class SetupView(Protocol):
    """How a project is set up."""

    @property
    def issues(self) -> bool:
        """Whether it has issues."""

    @property
    def queued(self) -> bool:
        """Whether a merge train or queue merges."""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """One of the three projects. ``project`` is None where it is not there."""

    key: Key
    path: str
    project: ProjectView | Unread | None
    access: int | Unread
    setup: SetupView | Unread
    branch: BranchFacts
    hooks: HookWish


def judge_project(facts: ProjectFacts) -> Iterator[Diagnosis]:
    """Every check of this theme on one project."""
    check = Check("project_exists", facts.path)
    present = _exists(check, facts)
    yield present
    if facts.project is None or isinstance(facts.project, Unread):
        yield from skipped(_all_checks(facts), "project_exists", facts.path)
        return
    yield _access(facts)
    yield from _setup(facts)
    if facts.project.empty:
        yield from skipped(branch_checks(facts.branch), "project_exists", facts.path)
    else:
        yield from judge_branch(facts.branch)
    yield from judge_hooks(facts.path, facts.hooks)


def _all_checks(facts: ProjectFacts) -> tuple[str, ...]:
    setup = {"kendali": ("issues_enabled",), "hosting": ("merge_queue_off",), "rahasia": ()}[facts.key]
    hooks = HOOK_CHECKS if facts.hooks.url else ()
    return ("project_access", *setup, *branch_checks(facts.branch), *hooks)


def _exists(check: Check, facts: ProjectFacts) -> Diagnosis:
    project = facts.project
    if isinstance(project, Unread):
        return check.unread(project)
    if project is None:
        return check.fail(
            Bilingual(
                f"Proyek {facts.key} tidak ditemukan di '{facts.path}'.",
                f"The project {facts.key} was not found at '{facts.path}'.",
            ),
            Bilingual(
                "Jalankan 'laik init', perbaiki jalurnya, atau beri akun laik akses (App: pasang di sana).",
                "Run 'laik init', mend the path, or give laik's account access (App: install it there).",
            ),
        )
    if project.archived:
        return check.fail(
            Bilingual(
                "Proyek diarsipkan: laik tidak dapat menulis.", "The project is archived: laik cannot write."
            ),
            Bilingual("Keluarkan dari arsip.", "Take it out of the archive."),
        )
    if project.empty:
        return check.fail(
            Bilingual(
                "Proyek masih kosong, tanpa cabang utama.", "The project is empty, without a default branch."
            ),
            Bilingual("Jalankan 'laik init'.", "Run 'laik init'."),
        )
    return check.ok(
        f"Ada; cabang utama {project.default_branch}.", f"There; default branch {project.default_branch}."
    )


def _access(facts: ProjectFacts) -> Diagnosis:
    check = Check("project_access", facts.path)
    if isinstance(facts.access, Unread):
        return check.unread(facts.access)
    if facts.access < MAINTAINER:
        return check.fail(
            Bilingual(
                f"Akses akun laik hanya tingkat {facts.access}; perlu {MAINTAINER} (Maintainer) atau lebih.",
                f"laik's account has access level {facts.access}; it needs {MAINTAINER} (Maintainer).",
            ),
            Bilingual(
                "Beri akses Owner pada grupnya; App: izin 'administration: write'.",
                "Give it Owner access on the group; an App: the permission 'administration: write'.",
            ),
        )
    return check.ok("Akses akun laik cukup.", "laik's access is enough.")


def _setup(facts: ProjectFacts) -> Iterator[Diagnosis]:
    if facts.key == "kendali":
        check = Check("issues_enabled", facts.path)
        if isinstance(facts.setup, Unread):
            yield check.unread(facts.setup)
        elif facts.setup.issues:
            yield check.ok("Issue menyala.", "Issues are on.")
        else:
            yield check.fail(
                Bilingual(
                    "Issue dimatikan: permohonan tidak dapat masuk.",
                    "Issues are off: no request can be filed.",
                ),
                Bilingual(
                    "Nyalakan Issues pada setelan proyek.", "Switch Issues on in the project's settings."
                ),
            )
    if facts.key == "hosting":
        check = Check("merge_queue_off", facts.path)
        if isinstance(facts.setup, Unread):
            yield check.unread(facts.setup)
        elif not facts.setup.queued:
            yield check.ok("Tanpa merge train atau queue.", "No merge train or queue.")
        else:
            yield check.fail(
                Bilingual(
                    "Merge train atau merge queue menyala: laik menggabung sendiri, terikat pada commit yang"
                    " dinilai, dan ditolak olehnya.",
                    "A merge train or merge queue is on: laik merges by itself, pinned to the judged commit,"
                    " which it refuses.",
                ),
                Bilingual("Matikan untuk proyek hosting.", "Switch it off for the hosting project."),
            )
