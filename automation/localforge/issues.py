"""Issues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from automation.localforge import noteables, quickactions
from automation.localforge.engine import Engine, stamp
from automation.localforge.labels import find_label
from automation.localforge.noteables import names_in, whole_number
from automation.localforge.permissions import GUEST, OWNER, REPORTER, project_level, project_visible
from automation.localforge.records import Issue, Project, User
from automation.localforge.refusals import forbidden, invalid, not_found


def create_issue(engine: Engine, user: User, project: Project, title: str, facts: Mapping[str, Any]) -> Issue:
    """A new issue; whoever may see the project may open one. Quick actions in its text run as ``user``."""
    if not may_open(engine, user, project):
        raise forbidden()
    noteables.check_text(title.strip(), str(facts.get("description") or ""))
    now = engine.now()
    issue_id = engine.store.insert(
        "issues",
        project_id=project.id,
        iid=engine.next_iid(project.id, "issue"),
        title=title.strip(),
        description=str(facts.get("description") or ""),
        author_id=user.id,
        confidential=bool(facts.get("confidential")),
        created_at=now,
        updated_at=now,
    )
    issue = _by_id(engine, issue_id)
    noteables.change_metadata(engine, issue, _first_metadata(engine, user, project, facts))
    quickactions.run_in_description(engine, user, issue)
    issue = _by_id(engine, issue_id)
    noteables.announce(engine, user, issue, "open")
    return issue


def _first_metadata(
    engine: Engine, user: User, project: Project, facts: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the writer of a new issue may set: Guests known labels, who is no member nothing."""
    level = project_level(engine, user, project)
    if level >= REPORTER:
        return facts
    if level < GUEST:
        return {}
    known = [name for name in names_in(facts.get("labels")) if find_label(engine, project.id, name)]
    return {**facts, "labels": known, "add_labels": None}


def may_open(engine: Engine, user: User, project: Project) -> bool:
    """Whether the account may open issues and comment on them: Guests may; in open projects everybody."""
    if project.archived or not project_visible(engine, user, project):
        return False
    return project.visibility != "private" or project_level(engine, user, project) >= GUEST


def _by_id(engine: Engine, issue_id: int) -> Issue:
    found = engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", issue_id)
    if found is None:
        raise not_found("Issue")
    return found


def get_issue(engine: Engine, user: User | None, project: Project, iid: int) -> Issue:
    """The issue with that number; 404 also for a confidential one the account may not see."""
    found = engine.store.one(Issue, "SELECT * FROM issues WHERE project_id = ? AND iid = ?", project.id, iid)
    if found is None or not _seen(engine, user, project, found):
        raise not_found("Issue")
    return found


def _seen(engine: Engine, user: User | None, project: Project, issue: Issue) -> bool:
    if not issue.confidential:
        return True
    return user is not None and (
        issue.author_id == user.id or project_level(engine, user, project) >= REPORTER
    )


_ORDERS = {"created_at": "id", "updated_at": "updated_at", "due_date": "due_date", "title": "title"}


def list_issues(
    engine: Engine, user: User | None, project: Project, wanted: Mapping[str, Any]
) -> list[Issue]:
    """Issues by state, labels, milestone, author, search and time, newest first by default."""
    sql, values = "SELECT * FROM issues i WHERE project_id = ?", [project.id]
    for condition, value in conditions(wanted, "issue"):
        sql += f" AND {condition}"
        values += value
    order = _ORDERS.get(str(wanted.get("order_by") or "created_at"), "id")
    way = "ASC" if wanted.get("sort") == "asc" else "DESC"
    rows = engine.store.all(Issue, f"{sql} ORDER BY {order} {way}, id {way}", *values)
    return [row for row in rows if _seen(engine, user, project, row)]


def conditions(wanted: Mapping[str, Any], target: str) -> list[tuple[str, list[Any]]]:
    """The SQL conditions of a list's parameters, for issues and merge requests alike (alias ``i``)."""
    found: list[tuple[str, list[Any]]] = []
    if wanted.get("state") not in (None, "", "all"):
        found.append(("i.state = ?", [wanted["state"]]))
    for name, sql in _COMPARED.items():
        if wanted.get(name) and (target == "merge_request" or not name.endswith("_branch")):
            found.append((sql, [normal_time(str(wanted[name])) if "_at" in sql else wanted[name]]))
    if wanted.get("iids"):
        numbers = [whole_number(one) for one in names_in(wanted["iids"])]
        found.append((f"i.iid IN ({','.join('?' * len(numbers))})", [*numbers]))
    if wanted.get("search"):
        found.append(("(i.title LIKE ? OR i.description LIKE ?)", [f"%{wanted['search']}%"] * 2))
    return found + [(_HAS_LABEL, [target, name]) for name in names_in(wanted.get("labels"))]


_COMPARED = {
    "updated_after": "i.updated_at >= ?",
    "updated_before": "i.updated_at <= ?",
    "created_after": "i.created_at >= ?",
    "created_before": "i.created_at <= ?",
    "author_id": "i.author_id = ?",
    "author_username": "i.author_id = (SELECT id FROM users WHERE username = ?)",
    "milestone": "i.milestone_id = (SELECT id FROM milestones WHERE project_id = i.project_id AND title = ?)",
    "source_branch": "i.source_branch = ?",
    "target_branch": "i.target_branch = ?",
}
_HAS_LABEL = (
    "EXISTS (SELECT 1 FROM label_links k JOIN labels l ON l.id = k.label_id"
    " WHERE k.target = ? AND k.target_id = i.id AND l.name = ?)"
)


def normal_time(text: str) -> str:
    """A caller's time in the tables' form, so that texts compare as moments; 400 when it is none."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise invalid("updated_after is invalid") from None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def delete_issue(engine: Engine, user: User, project: Project, issue: Issue) -> None:
    """Delete an issue (Owner, as on GitLab)."""
    if project_level(engine, user, project) < OWNER:
        raise forbidden()
    engine.store.run("DELETE FROM notes WHERE target = 'issue' AND target_id = ?", issue.id)
    engine.store.run("DELETE FROM issues WHERE id = ?", issue.id)
