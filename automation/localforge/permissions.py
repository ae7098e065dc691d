"""Who may do what: levels by membership, and the questions the themes ask about them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from automation.localforge.engine import Engine
from automation.localforge.records import BranchRule, Membership, Namespace, Project, User
from automation.localforge.refusals import forbidden, not_found

NONE, GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER, ADMIN = 0, 10, 20, 30, 40, 50, 60
ONLOOKER_ID = 0  # nobody's account: who looks at the pages on the forge's own machine
LEVELS = (GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER)

# Every statement below is put together from these constants alone; values go in as parameters.
_CHAIN = """
WITH RECURSIVE chain(id, parent_id, owner_id) AS (
  SELECT id, parent_id, owner_id FROM namespaces WHERE id = ?
  UNION ALL SELECT n.id, n.parent_id, n.owner_id FROM namespaces n JOIN chain c ON n.id = c.parent_id)
"""
_LEVEL = (
    _CHAIN  # noqa: S608 - own constants, values are parameters
    + "SELECT max(level) FROM (SELECT m.level FROM members m JOIN chain c ON m.source = 'group'"
    " AND m.source_id = c.id AND m.user_id = ? UNION ALL SELECT 50 FROM chain WHERE owner_id = ?)"
)
_GROUP_MEMBERS = (
    _CHAIN  # noqa: S608 - own constants, values are parameters
    + "SELECT m.* FROM members m JOIN chain c ON m.source = 'group' AND m.source_id = c.id"
)
_PROJECT_MEMBERS = (
    _GROUP_MEMBERS  # noqa: S608 - own constants, values are parameters
    + " UNION ALL SELECT m.* FROM members m WHERE m.source = 'project' AND m.source_id = ?"
)


def group_level(engine: Engine, user: User | None, group_id: int) -> int:
    """The account's level in a group, inherited from the groups above it; 60 for administrators.

    A site administrator of GitHub Enterprise Server has no access to others' repositories by that alone.
    """
    if user is None:
        return NONE
    if user.admin and (engine.dialect == "gitlab" or user.id == ONLOOKER_ID):
        return ADMIN
    level = engine.store.value(
        _LEVEL,
        group_id,
        user.id,
        user.id,
    )
    return int(level or NONE)


def project_level(engine: Engine, user: User | None, project: Project) -> int:
    """The account's level in a project: the highest of direct and inherited; 60 for administrators."""
    inherited = group_level(engine, user, project.namespace_id)
    if user is None or inherited == ADMIN:
        return inherited
    if inherited < GUEST:
        # In the organisation (GitHub) whose base permission is none: nothing in its repositories.
        inherited = NONE
    direct = engine.store.value(
        "SELECT level FROM members WHERE source = 'project' AND source_id = ? AND user_id = ?",
        project.id,
        user.id,
    )
    return max(inherited, int(direct or NONE))


def group_visible(engine: Engine, user: User | None, group: Namespace) -> bool:
    """Whether the account may know of the group (a member of something inside it may, too)."""
    if group.visibility == "public" or group.kind == "user" or (group.visibility == "internal" and user):
        return True
    if group_level(engine, user, group.id) > NONE:
        return True
    return user is not None and bool(_member_below(engine, user, group))


def _member_below(engine: Engine, user: User, group: Namespace) -> bool:
    found = engine.store.value(
        "SELECT 1 FROM members m LEFT JOIN projects p ON m.source = 'project' AND p.id = m.source_id"
        " LEFT JOIN namespaces n ON m.source = 'group' AND n.id = m.source_id"
        " WHERE m.user_id = ? AND substr(coalesce(p.full_path, n.full_path), 1, ?) = ? LIMIT 1",
        user.id,
        len(group.full_path) + 1,
        group.full_path + "/",
    )
    return found is not None


def project_visible(engine: Engine, user: User | None, project: Project) -> bool:
    """Whether the account may know of the project."""
    if project.visibility == "public" or (project.visibility == "internal" and user is not None):
        return True
    return project_level(engine, user, project) > NONE


def code_readable(engine: Engine, user: User | None, project: Project) -> bool:
    """Whether the account may read code and merge requests; on GitLab a private project's Guest may not."""
    if project.visibility != "private" or engine.dialect == "github":
        return project_visible(engine, user, project)
    return project_level(engine, user, project) >= REPORTER


def require(engine: Engine, user: User | None, project: Project, level: int) -> None:
    """Refuse below ``level``: 404 to who may not know of the project, 403 to who may.

    A private project is denied exactly like one that does not exist, so that its name cannot be guessed.
    """
    if not project_visible(engine, user, project):
        raise not_found("Project")
    if project_level(engine, user, project) < level:
        raise forbidden()


def require_code(engine: Engine, user: User | None, project: Project) -> None:
    """Refuse who may not read code."""
    if not project_visible(engine, user, project):
        raise not_found("Project")
    if not code_readable(engine, user, project):
        raise forbidden()


def rules_for(engine: Engine, project_id: int, branch: str) -> list[BranchRule]:
    """The protections that a branch name falls under."""
    rules = engine.store.all(
        BranchRule, "SELECT * FROM protections WHERE project_id = ? ORDER BY id", project_id
    )
    return [
        rule for rule in rules if rule.name == branch or ("*" in rule.name and fnmatchcase(branch, rule.name))
    ]


def _reaches(level: int, allowed: int) -> bool:
    """Whether an account of ``level`` is allowed: 0 lets nobody, 60 administrators alone."""
    return allowed != NONE and level >= allowed


def may_push(engine: Engine, user: User | None, project: Project, branch: str) -> bool:
    """Whether the account may push to the branch (and commit to it over the API).

    Several rules on one branch: the most permissive counts, as on GitLab.
    """
    if engine.guard is not None:
        return engine.guard.may_push(user, project, branch)
    level = project_level(engine, user, project)
    if project.archived or level < DEVELOPER:
        return False
    rules = rules_for(engine, project.id, branch)
    return not rules or any(_reaches(level, rule.push_level) for rule in rules)


def may_merge(engine: Engine, user: User | None, project: Project, branch: str) -> bool:
    """Whether the account may merge into the branch; who may push may merge as well."""
    if engine.guard is not None:
        return engine.guard.may_merge(user, project, branch)
    level = project_level(engine, user, project)
    if project.archived or level < DEVELOPER:
        return False
    rules = rules_for(engine, project.id, branch)
    if not rules:
        return True
    return any(_reaches(level, rule.merge_level) or _reaches(level, rule.push_level) for rule in rules)


def memberships(engine: Engine, project: Project) -> list[Membership]:
    """Direct and inherited members, each once with the highest level, by account id."""
    rows = engine.store.all(
        Membership,
        _PROJECT_MEMBERS,
        project.namespace_id,
        project.id,
    )
    return _highest(rows)


def group_memberships(engine: Engine, group_id: int) -> list[Membership]:
    """Direct and inherited members of a group, each once with the highest level."""
    rows = engine.store.all(
        Membership,
        _GROUP_MEMBERS,
        group_id,
    )
    return _highest(rows)


def _highest(rows: list[Membership]) -> list[Membership]:
    best: dict[int, Membership] = {}
    for row in rows:
        if row.level < GUEST:
            continue
        if row.user_id not in best or best[row.user_id].level < row.level:
            best[row.user_id] = row
    return [best[user_id] for user_id in sorted(best)]
