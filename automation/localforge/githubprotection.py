"""GitHub's two kinds of branch rules, classic protection and rulesets, and what they forbid.

Sources: docs.github.com/rest/branches/branch-protection, docs.github.com/rest/repos/rules, and
docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/
managing-protected-branches/about-protected-branches.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.permissions import DEVELOPER, OWNER, project_level
from automation.localforge.records import Project, User

__all__ = ["GitHubGuard", "Move", "Report", "Ruleset", "Violation", "protection_of", "rules_on", "rulesets"]

Facts = Mapping[str, Any]

# GitHub's numbers of the built-in repository roles, as rulesets name them.
_ROLES = {2: 40, 4: 30, 5: 50}


@dataclass(frozen=True, slots=True)
class Report:
    """A commit status or check run: the newest of its name; ``app_id`` of the app that reported it."""

    context: str
    app_id: int | None
    success: bool


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A repository ruleset; ``facts`` holds ``conditions``, ``rules`` and ``bypass_actors`` as sent."""

    id: int
    project_id: int
    name: str
    target: str
    enforcement: str
    facts: str
    created_at: str
    updated_at: str

    @property
    def told(self) -> dict[str, Any]:
        """The facts as JSON."""
        found: dict[str, Any] = json.loads(self.facts)
        return found


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants to do to a branch; ``new`` is the commit that it would be at, if known."""

    branch: str
    new: str | None = None
    created: bool = False
    forced: bool = False
    deleted: bool = False
    merging: bool = False
    approvals: int = 0


@dataclass(frozen=True, slots=True)
class Violation:
    """The first rule that forbids a move. ``ruleset``: it is one of a ruleset's."""

    text: str
    unauthorized: bool = False
    ruleset: bool = False

    @property
    def message(self) -> str:
        """GitHub's words."""
        return f"Repository rule violations found\n\n{self.text}\n\n" if self.ruleset else self.text


# -- what stands -------------------------------------------------------------------------------------


def protection_of(engine: Engine, project_id: int, branch: str) -> dict[str, Any] | None:
    """The classic protection of a branch as it was set, or None."""
    facts = engine.store.value(
        "SELECT facts FROM github_protections WHERE project_id = ? AND branch = ?", project_id, branch
    )
    return None if facts is None else json.loads(facts)


def protect(engine: Engine, project_id: int, branch: str, facts: Facts | None) -> None:
    """Set the classic protection of a branch whole, or take it away (None)."""
    if facts is None:
        sql = "DELETE FROM github_protections WHERE project_id = ? AND branch = ?"
        engine.store.run(sql, project_id, branch)
    else:
        sql = "INSERT OR REPLACE INTO github_protections VALUES (?, ?, ?)"
        engine.store.run(sql, project_id, branch, json.dumps(facts))


def rulesets(engine: Engine, project_id: int) -> list[Ruleset]:
    """All rulesets of a repository."""
    return engine.store.all(
        Ruleset, "SELECT * FROM github_rulesets WHERE project_id = ? ORDER BY id", project_id
    )


def rules_on(engine: Engine, project: Project, branch: str) -> list[tuple[Ruleset, dict[str, Any]]]:
    """The rules of active rulesets that a branch falls under."""
    return [
        (ruleset, rule)
        for ruleset in rulesets(engine, project.id)
        if ruleset.enforcement == "active"
        and ruleset.target == "branch"
        and _covers(ruleset, project, branch)
        for rule in ruleset.told["rules"]
    ]


def _covers(ruleset: Ruleset, project: Project, branch: str) -> bool:
    names = (ruleset.told.get("conditions") or {}).get("ref_name") or {}

    def matches(patterns: Iterable[str]) -> bool:
        return any(
            pattern == "~ALL"
            or (pattern == "~DEFAULT_BRANCH" and branch == project.default_branch)
            or fnmatchcase(f"refs/heads/{branch}", pattern)
            for pattern in patterns
        )

    return matches(names.get("include") or ()) and not matches(names.get("exclude") or ())


# -- what it forbids ---------------------------------------------------------------------------------


class GitHubGuard:
    """Judges moves of branches by GitHub's rules; ``reports`` tells the statuses and checks of a commit."""

    def __init__(self, engine: Engine, reports: Callable[[int, str], Sequence[Report]]) -> None:
        self._engine = engine
        self._reports = reports

    def is_protected(self, project: Project, branch: str) -> bool:
        """Whether any rule holds for the branch."""
        if protection_of(self._engine, project.id, branch) is not None:
            return True
        return bool(rules_on(self._engine, project, branch))

    def may_push(self, user: User | None, project: Project, branch: str) -> bool:
        """Whether the account may push to the branch at all (checks are held against a commit, later)."""
        if user is None or project.archived or project_level(self._engine, user, project) < DEVELOPER:
            return False
        return self.violation(user, project, Move(branch)) is None

    def may_merge(self, user: User | None, project: Project, branch: str) -> bool:
        """Whether the account may merge pull requests into the branch."""
        if user is None or project.archived or project_level(self._engine, user, project) < DEVELOPER:
            return False
        # How many have approved is held against the rules when it is merged.
        return self.violation(user, project, Move(branch, merging=True, approvals=99)) is None

    def push_refusal(
        self, user: User, project: Project, branch: str, *, new: str | None, forced: bool, deleted: bool
    ) -> str | None:
        """Why git may not move the branch so, in one line, or None when it may."""
        if project.archived or project_level(self._engine, user, project) < DEVELOPER:
            return "Permission to this repository denied."
        if deleted and branch == project.default_branch:
            return "refusing to delete the current branch"
        created = self._engine.branch_head(project.id, branch) is None
        move = Move(branch, None if deleted else new, created=created, forced=forced, deleted=deleted)
        found = self.violation(user, project, move)
        if found is None:
            return None
        code = (
            "GH013: Repository rule violations found"
            if found.ruleset
            else "GH006: Protected branch update failed"
        )
        return f"{code} for refs/heads/{branch}. {found.text}"

    def violation(self, user: User, project: Project, move: Move) -> Violation | None:
        """The first rule that forbids the move to the account, or None; classic protection first."""
        level = project_level(self._engine, user, project)
        facts = protection_of(self._engine, project.id, move.branch)
        if facts is not None and not (level >= OWNER and not facts["enforce_admins"]):
            found = self._classic(facts, user, project, move)
            if found is not None:
                return found
        for ruleset, rule in rules_on(self._engine, project, move.branch):
            if self._bypasses(ruleset, user, level):
                continue
            text = self._broken(rule, project, move)
            if text is not None:
                return Violation(text, ruleset=True)
        return None

    def _classic(self, facts: Facts, user: User, project: Project, move: Move) -> Violation | None:
        if move.deleted:
            return None if facts["allow_deletions"] else Violation("Cannot delete this protected branch")
        if facts["lock_branch"]:
            return Violation("Cannot change this locked branch")
        if move.forced and not facts["allow_force_pushes"]:
            return Violation("Cannot force-push to this protected branch")
        named = facts["restrictions"]
        if named is not None and not self._is_named(named, user):
            return Violation("You're not authorized to push to this branch.", unauthorized=True)
        text = self._reviews(facts["required_pull_request_reviews"], user, move)
        if text is None and facts["required_status_checks"] is not None:
            checks = facts["required_status_checks"]["checks"]
            text = self._checks([(one["context"], one.get("app_id")) for one in checks], project, move)
        return Violation(text) if text else None

    def _reviews(self, wanted: Facts | None, user: User, move: Move) -> str | None:
        if wanted is None or self._is_named(wanted.get("bypass_pull_request_allowances") or {}, user):
            return None
        if not move.merging:
            return "Changes must be made through a pull request."
        return _approvals(int(wanted.get("required_approving_review_count") or 0), move)

    def _checks(self, wanted: Sequence[tuple[str, int | None]], project: Project, move: Move) -> str | None:
        if move.new is None or not wanted:
            return None
        reports = self._reports(project.id, move.new)
        missing = [context for context, app in wanted if not _passed(reports, context, app)]
        if len(missing) > 1:
            return f"{len(missing)} of {len(wanted)} required status checks are expected."
        return f'Required status check "{missing[0]}" is expected.' if missing else None

    def _is_named(self, named: Facts, user: User) -> bool:
        if user.username.casefold() in {name.casefold() for name in named.get("users") or ()}:
            return True
        return self._app(user)[1] in (named.get("apps") or ())

    def _app(self, user: User) -> tuple[int | None, str | None]:
        """Id and slug of the app whose bot account this is."""
        found = self._engine.store.value("SELECT id || ' ' || slug FROM apps WHERE bot_id = ?", user.id)
        if found is None:
            return None, None
        number, _, slug = str(found).partition(" ")
        return int(number), slug

    def _bypasses(self, ruleset: Ruleset, user: User, level: int) -> bool:
        for actor in ruleset.told.get("bypass_actors") or ():
            kind, number = actor.get("actor_type"), actor.get("actor_id")
            if kind == "RepositoryRole" and level >= _ROLES.get(number, 99):
                return True
            if kind == "OrganizationAdmin" and level >= OWNER:
                return True
            if (kind == "User" and number == user.id) or (
                kind == "Integration" and number == self._app(user)[0]
            ):
                return True
        return False

    def _broken(self, rule: Facts, project: Project, move: Move) -> str | None:
        kind, parameters = rule["type"], rule.get("parameters") or {}
        if kind in _PLAIN:
            wanted, text = _PLAIN[kind]
            return text if wanted(move) else None
        if kind == "pull_request" and not move.deleted:
            if not move.merging:
                return "Changes must be made through a pull request."
            return _approvals(int(parameters.get("required_approving_review_count") or 0), move)
        if kind == "required_status_checks" and not move.deleted:
            rows = parameters.get("required_status_checks") or ()
            return self._checks([(one["context"], one.get("integration_id")) for one in rows], project, move)
        return None


def _passed(reports: Sequence[Report], context: str, app: int | None) -> bool:
    """Whether all that was reported under the name, by the app where one is named, is green."""
    fitting = [one for one in reports if one.context == context and (app in (None, -1) or one.app_id == app)]
    return bool(fitting) and all(one.success for one in fitting)


def _approvals(wanted: int, move: Move) -> str | None:
    if move.approvals >= wanted:
        return None
    some = "approving review is" if wanted == 1 else "approving reviews are"
    return f"At least {wanted} {some} required by reviewers with write access."


_PLAIN: Mapping[str, tuple[Callable[[Move], bool], str]] = {
    "creation": (lambda move: move.created, "Cannot create ref due to creations being restricted."),
    "update": (lambda move: not move.created and not move.deleted, "Cannot update this protected ref."),
    "deletion": (lambda move: move.deleted, "Cannot delete this branch"),
    "non_fast_forward": (lambda move: move.forced, "Cannot force-push to this branch"),
}
