"""Views: the front page, groups, accounts, and a project with its files, people and board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automation.localforge import issues, labels, members
from automation.localforge.engine import Engine
from automation.localforge.groups import get_group, list_groups
from automation.localforge.pages import code
from automation.localforge.pages.lights import lights
from automation.localforge.pages.page import ONLOOKER, Look, Page
from automation.localforge.permissions import group_memberships, memberships
from automation.localforge.projects import list_projects
from automation.localforge.records import Board, Issue, Label, Membership, Namespace, Project, User
from automation.localforge.refusals import not_found
from automation.localforge.users import find_user, get_user

_CARDS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a board; ``label`` is None for those of no list and for the closed ones."""

    title: str
    label: Label | None
    cards: Sequence[Issue]
    more: int


def front(engine: Engine) -> Page:
    """Every group with its projects, then the projects that stand under an account."""
    projects = sorted(list_projects(engine, ONLOOKER), key=lambda project: project.full_path)
    groups = list_groups(engine, ONLOOKER)
    known = {group.id for group in groups}
    sections = [(group, [row for row in projects if row.namespace_id == group.id]) for group in groups]
    own = [row for row in projects if row.namespace_id not in known]
    return Page("front.html", "Forge bawaan", {"sections": sections, "own": own})


def group(engine: Engine, full_path: str) -> Page:
    """A group: groups below it, projects, people."""
    found = get_group(engine, ONLOOKER, full_path)
    facts = {
        "group": found,
        "below": list_groups(engine, ONLOOKER, parent_id=found.id),
        "projects": list_projects(engine, ONLOOKER, namespace=found),
        "people": _people(engine, group_memberships(engine, found.id)),
    }
    return Page("group.html", found.full_path, facts)


def account(engine: Engine, username: str) -> Page:
    """An account, what it is a member of, and projects under its own name."""
    found = find_user(engine, username)
    if found is None:
        raise not_found("User")
    projects = sorted(list_projects(engine, ONLOOKER), key=lambda project: project.full_path)
    levels = [(project, _level(engine, found, project)) for project in projects]
    facts = {"account": found, "memberships": [(project, level) for project, level in levels if level]}
    return Page("account.html", found.username, facts)


def _level(engine: Engine, user: User, project: Project) -> int:
    return next((row.level for row in memberships(engine, project) if row.user_id == user.id), 0)


def project(look: Look) -> Page:
    """A project: files at the head of the default branch, README, members, board, statuses of the head."""
    engine, shown = look.engine, look.project
    head = engine.branch_head(shown.id, shown.default_branch)
    facts = {
        "project": shown,
        "clone": f"{engine.url}/{shown.full_path}.git",
        "head": engine.repository(shown.id).commit(head) if head else None,
        "entries": code.entries(look, head, "") if head else [],
        "readme": code.readme(look, head) if head else None,
        "people": _people(engine, memberships(engine, shown)),
        "direct": {row.user_id for row in members.direct_members(engine, "project", shown.id)},
        "boards": [(board, _columns(look, board)) for board in labels.list_boards(engine, shown.id)],
        "lights": lights(look, head) if head else [],
    }
    return Page("project.html", shown.full_path, facts)


def _people(engine: Engine, rows: Sequence[Membership]) -> list[tuple[User, int]]:
    people = [(get_user(engine, row.user_id), row.level) for row in rows]
    return sorted(people, key=lambda one: (-one[1], one[0].username))


def _columns(look: Look, board: Board) -> list[Column]:
    """As GitLab shows a board: open issues under each list's label, before them the rest, last the closed."""
    engine, project_id = look.engine, look.project.id
    rows = issues.list_issues(engine, ONLOOKER, look.project, {"state": "opened"})
    closed = issues.list_issues(engine, ONLOOKER, look.project, {"state": "closed"})
    carried = {row.id: {one.id for one in labels.labels_on(engine, "issue", row.id)} for row in rows}
    lists = [item.label_id for item in labels.board_lists(engine, board)]
    shown = [labels.get_label(engine, project_id, label_id) for label_id in lists]
    rest = [row for row in rows if not carried[row.id] & set(lists)]
    columns = [_column(one.name, one, [row for row in rows if one.id in carried[row.id]]) for one in shown]
    return [_column("Terbuka, tanpa daftar", None, rest), *columns, _column("Ditutup", None, closed)]


def _column(title: str, label: Label | None, cards: Sequence[Issue]) -> Column:
    return Column(title, label, cards[:_CARDS], max(0, len(cards) - _CARDS))


def namespace_of(engine: Engine, full_path: str) -> Namespace | None:
    """The group or account namespace at an address, or None."""
    return engine.store.one(Namespace, "SELECT * FROM namespaces WHERE full_path = ?", full_path)
