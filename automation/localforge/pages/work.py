"""Views: issues, merge requests, milestones and statuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from automation.localforge import issues, labels, mergerequests, merging, noteables, statuses
from automation.localforge.noteables import Noteable
from automation.localforge.pages import code
from automation.localforge.pages.lights import lights
from automation.localforge.pages.markdown import to_html
from automation.localforge.pages.page import ONLOOKER, Look, Page, Sheet, sheet, sheet_number
from automation.localforge.records import Issue, Label, Milestone, Note, User
from automation.localforge.refusals import not_found
from automation.localforge.users import get_user

_STATES = {"terbuka": "opened", "ditutup": "closed", "digabungkan": "merged", "semua": "all"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is shown."""

    note: Note
    author: User
    body: Markup


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list of issues or merge requests."""

    thing: Noteable
    author: User
    labels: list[Label]


def _talk(look: Look, thing: Noteable) -> dict[str, Any]:
    """What the pages of issues and merge requests have in common."""
    engine = look.engine
    notes = noteables.notes_on(engine, thing)
    return {
        "project": look.project,
        "thing": thing,
        "author": get_user(engine, thing.author_id),
        "labels": labels.labels_on(engine, noteables.target_of(thing), thing.id),
        "milestone": labels.milestone_by_id(engine, thing.milestone_id),
        "assignees": noteables.assignees(engine, thing),
        "closer": _person(look, thing.closed_by_id),
        "description": to_html(thing.description),
        "comments": [Comment(note, get_user(engine, note.author_id), to_html(note.body)) for note in notes],
    }


def _person(look: Look, user_id: int | None) -> User | None:
    return None if user_id is None else get_user(look.engine, user_id)


def issue(look: Look) -> Page:
    """An issue, or the list of them."""
    if not look.tail:
        return _issue_list(look)
    found = issues.get_issue(look.engine, ONLOOKER, look.project, look.number())
    return Page("issue.html", f"{found.title} (#{found.iid})", _talk(look, found))


def _issue_list(look: Look) -> Page:
    state, word = _state(look)
    rows = issues.list_issues(look.engine, ONLOOKER, look.project, {"state": state})
    facts = {
        "project": look.project,
        "word": word,
        "words": ("terbuka", "ditutup", "semua"),
        "sheet": _listed(look, rows),
    }
    return Page("issues.html", "Issue", facts)


def _state(look: Look) -> tuple[str, str]:
    word = look.query.get("keadaan", "semua")
    word = word if word in _STATES else "semua"
    return _STATES[word], word


def _listed(look: Look, rows: Sequence[Noteable]) -> Sheet[Listed]:
    engine, one = look.engine, sheet(rows, sheet_number(look.query))
    shown = [
        Listed(
            row,
            get_user(engine, row.author_id),
            labels.labels_on(engine, noteables.target_of(row), row.id),
        )
        for row in one.rows
    ]
    return Sheet(shown, one.before, one.after)


def merge_request(look: Look) -> Page:
    """A merge request, or the list of them."""
    if not look.tail:
        return _merge_request_list(look)
    found = mergerequests.get_merge_request(look.engine, look.project, look.number())
    target = merging.target_head(look.engine, found)
    base = merging.base_of(look.engine, found, target)
    approved = [(get_user(look.engine, row.user_id), row) for row in merging.approvals(look.engine, found)]
    facts = {
        **_talk(look, found),
        "merger": _person(look, found.merge_user_id),
        "approvals": approved,
        "lights": lights(look, found.head_sha),
        "changes": code.changes(look, base, found.head_sha) if base else [],
    }
    return Page("merge_request.html", f"{found.title} (!{found.iid})", facts)


def _merge_request_list(look: Look) -> Page:
    state, word = _state(look)
    rows = mergerequests.list_merge_requests(look.engine, look.project, {"state": state})
    facts = {"project": look.project, "word": word, "words": tuple(_STATES), "sheet": _listed(look, rows)}
    return Page("merge_requests.html", "Merge request", facts)


def milestone(look: Look) -> Page:
    """All milestones, or one by its number in the project."""
    rows = labels.list_milestones(look.engine, look.project.id, state=None, title=None)
    if not look.tail:
        return Page("milestones.html", "Milestone", {"project": look.project, "milestones": rows})
    wanted = look.number()
    found = next((row for row in rows if row.iid == wanted), None)
    if found is None:
        raise not_found()
    facts = {
        "project": look.project,
        "milestone": found,
        "description": to_html(found.description),
        "issues": _issues_on(look, found),
    }
    return Page("milestone.html", found.title, facts)


def _issues_on(look: Look, found: Milestone) -> list[Issue]:
    return issues.list_issues(look.engine, ONLOOKER, look.project, {"milestone": found.title, "sort": "asc"})


def pipeline(look: Look) -> Page:
    """The statuses that hang on one pipeline; without a number, those of the default branch's head."""
    if not look.tail:
        return head_statuses(look)
    found = statuses.get_pipeline(look.engine, look.project, look.number())
    rows = [one for one in lights(look, found.sha) if one.status.pipeline_id == found.id]
    facts = {"project": look.project, "sha": found.sha, "ref": found.ref, "lights": rows, "pipeline": found}
    return Page("statuses.html", f"Pipeline {found.id}", facts)


def head_statuses(look: Look) -> Page:
    """The statuses at the head of the default branch."""
    look.end()
    ref = look.project.default_branch
    head = look.engine.branch_head(look.project.id, ref)
    rows = lights(look, head) if head else []
    facts = {"project": look.project, "sha": head, "ref": ref, "lights": rows, "pipeline": None}
    return Page("statuses.html", f"Status {ref}", facts)
