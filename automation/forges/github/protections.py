"""Branch protection on GitHub: classic protection is written, both it and rulesets are read.

What levels become: GitHub's classic protection knows no level but names. ``MAINTAINER`` is written as a
restriction to laik's own account or App and to whoever was let into the repository itself as maintainer or
administrator (in the hosting project nobody, in an application its reviewers); ``DEVELOPER`` as no
restriction; ``NONE`` for pushes as "through a pull request alone"; ``NONE`` for both as a restriction to
nobody. A restriction holds for pushes and merges alike, so where pushing is for laik and merging for all
builders, everybody needs a pull request and laik may go without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import github

from automation.core.text import Bilingual
from automation.forges.base import Access, Protection, ProtectionFacts
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.auth import InstallationToken
from automation.forges.github.session import asks, is_absent, refused, status_of

Data = Mapping[str, Any]

_ADMINS = "role:admin"
"""Stands in ``by_name`` for the administrators whom the rules do not bind."""
_ORGANISATION = Bilingual(
    "Pindahkan repositori itu ke organisasi: GitHub tidak membatasi push pada repositori milik pribadi.",
    "Move the repository into an organisation: GitHub cannot restrict pushes to personal repositories.",
)


class ProtectionsPart(AccountsPart):
    """Who may move a branch."""

    @asks("melindungi cabang", "protect a branch")
    def ensure_protection(self, project_id: int, wanted: Protection) -> bool:
        """Protect a branch just so; True when something was written. Never unprotects in between.

        One PUT replaces the whole protection at once. Its ``checks`` and ``contexts`` exclude each other on
        the server while its specification demands ``contexts`` (google/go-github#2276), so the checks are
        required by name there, and bound to the App by a second request that takes ``checks`` alone.
        """
        at = f"{self._at(project_id)}/branches/{quote(wanted.branch, safe='')}/protection"
        standing = self._standing(at)
        body = self._body(project_id, wanted)
        wrote = standing is None or not _stands(standing, body)
        if wrote:
            standing = self._replace(at, body)
        return self._bind(at, wanted, standing or {}) or wrote

    def _standing(self, at: str) -> Data | None:
        try:
            found: Data = self._raw("GET", at)
        except github.GithubException as problem:
            if status_of(problem) == 404:
                return None
            raise
        return found

    def _replace(self, at: str, body: Data) -> Data:
        try:
            answer: Data = self._raw("PUT", at, body=body)
        except github.GithubException as problem:
            data = problem.data if isinstance(problem.data, Mapping) else {}
            if "Only organization repositories" in str(data):
                doing = Bilingual("melindungi cabang", "protect a branch")
                raise refused(
                    doing, 422, "Only organization repositories can have restrictions", remedy=_ORGANISATION
                ) from None
            raise
        return answer

    def _body(self, project_id: int, wanted: Protection) -> dict[str, Any]:
        """The protection as a whole; what is not named here is left at GitHub's own defaults."""
        if Access.OWNER in (wanted.push, wanted.merge):
            doing = Bilingual("perlindungan khusus pemilik", "protect a branch for owners alone")
            raise refused(doing, 0, "push/merge access level OWNER")
        checks = {"strict": False, "contexts": list(wanted.checks)} if wanted.checks else None
        return {
            "required_status_checks": checks,
            "enforce_admins": True,
            "required_pull_request_reviews": self._reviews(wanted),
            "restrictions": self._restrictions(project_id, wanted),
            "allow_force_pushes": False,
            "allow_deletions": False,
        }

    def _reviews(self, wanted: Protection) -> dict[str, Any] | None:
        if wanted.push is not Access.NONE and _strictness(wanted.push) <= _strictness(wanted.merge):
            return None
        if wanted.push is Access.NONE:
            allowed: dict[str, list[str]] = {"users": [], "teams": [], "apps": []}
        else:
            allowed = self._own_name()
        return {"required_approving_review_count": 0, "bypass_pull_request_allowances": allowed}

    def _restrictions(self, project_id: int, wanted: Protection) -> dict[str, list[str]] | None:
        who = wanted.push if wanted.merge is Access.NONE else wanted.merge
        if who is Access.NONE:
            return {"users": [], "teams": [], "apps": []}
        # Pushing for all and merging for few cannot be told apart here; the narrower one holds for both.
        narrow = who is Access.MAINTAINER or wanted.merge is Access.NONE
        return self._maintainers(project_id) if narrow else None

    def _maintainers(self, project_id: int) -> dict[str, list[str]]:
        """Laik, and the repository's own maintainers; owners of the organisation are not let in so.

        Only who accepted an invitation is among them; GitHub takes nobody else in a restriction.
        """
        named = self._own_name()
        rows = self._rows(f"{self._at(project_id)}/collaborators", parameters={"affiliation": "direct"})
        people = {row["login"] for row in rows if (row.get("permissions") or {}).get("maintain")}
        return {**named, "users": sorted({*named["users"], *people}, key=str.casefold)}

    def _own_name(self) -> dict[str, list[str]]:
        """Laik itself as restrictions name it: an App by its slug."""
        name = self.whoami().username
        if isinstance(self._credentials, InstallationToken):
            return {"users": [], "teams": [], "apps": [name.removesuffix("[bot]")]}
        return {"users": [name], "teams": [], "apps": []}

    def _bind(self, at: str, wanted: Protection, standing: Data) -> bool:
        """Let the required checks count only when laik's App reports them; nothing to do with a token."""
        app_id = self._credentials.app_id
        if app_id is None or not wanted.checks:
            return False
        rows = (standing.get("required_status_checks") or {}).get("checks") or ()
        if {(row["context"], row["app_id"]) for row in rows} == {(one, app_id) for one in wanted.checks}:
            return False
        checks = [{"context": context, "app_id": app_id} for context in wanted.checks]
        self._raw("PATCH", f"{at}/required_status_checks", body={"strict": False, "checks": checks})
        return True

    # ---- reading

    @asks("membaca perlindungan cabang", "read a branch's protection")
    def find_protection(self, project_id: int, branch: str) -> ProtectionFacts | None:
        """How a branch is protected, by classic protection and rulesets together; None while it is not.

        The strictest of both counts, as on GitHub. ``push`` and ``merge``: ``MAINTAINER`` where only the
        accounts, teams and Apps of ``by_name`` may, ``DEVELOPER`` where everybody with write access may;
        ``role:admin`` in ``by_name`` where administrators are not bound. Who may bypass a ruleset is told
        by the ruleset itself, to its administrators alone, and is not read.
        """
        at = f"{self._at(project_id)}/branches/{quote(branch, safe='')}/protection"
        classic = self._standing(at)
        rules = self._rules(project_id, branch)
        if classic is None and not rules:
            return None
        found = [_classic_facts(branch, classic)] if classic is not None else []
        if rules:
            found.append(_rule_facts(branch, rules))
        return _strictest(branch, found)

    def _rules(self, project_id: int, branch: str) -> Sequence[Data]:
        place = f"{self._at(project_id)}/rules/branches/{quote(branch, safe='')}"
        try:
            return list(self._rows(place))
        except github.GithubException as problem:
            if is_absent(problem):
                return []
            raise


def _strictness(access: Access) -> int:
    """How few a level lets in: ``NONE`` is nobody."""
    return Access.OWNER + 1 if access is Access.NONE else int(access)


def _stands(standing: Data, body: Data) -> bool:
    """Whether the protection is already what would be written (the binding of checks aside)."""
    checks = standing.get("required_status_checks")
    shown = None if checks is None else {row["context"] for row in checks["checks"]}
    wanted = body["required_status_checks"]
    return (
        shown == (None if wanted is None else set(wanted["contexts"]))
        and not (checks or {}).get("strict")
        and _enabled(standing, "enforce_admins")
        and not _enabled(standing, "allow_force_pushes")
        and not _enabled(standing, "allow_deletions")
        and _names(standing.get("restrictions")) == _names(body["restrictions"])
        and _same_reviews(
            standing.get("required_pull_request_reviews"), body["required_pull_request_reviews"]
        )
    )


def _same_reviews(standing: Data | None, wanted: Data | None) -> bool:
    if standing is None or wanted is None:
        return standing is None and wanted is None
    counts = [one.get("required_approving_review_count", 0) for one in (standing, wanted)]
    allowed = [_names(one.get("bypass_pull_request_allowances")) or () for one in (standing, wanted)]
    return counts[0] == counts[1] and sorted(allowed[0]) == sorted(allowed[1])


def _enabled(standing: Data, key: str) -> bool:
    return bool((standing.get(key) or {}).get("enabled"))


def _names(named: Data | None) -> tuple[str, ...] | None:
    """Accounts, teams and Apps of a restriction, as sent (names) or as answered (objects); None for none."""
    if named is None:
        return None
    found = []
    for kind, key, form in (
        ("users", "login", "{}"),
        ("teams", "slug", "team:{}"),
        ("apps", "slug", "app:{}"),
    ):
        rows: Iterable[Any] = named.get(kind) or ()
        found += [form.format(row if isinstance(row, str) else row[key]).casefold() for row in rows]
    return tuple(sorted(found))


def _classic_facts(branch: str, classic: Data) -> ProtectionFacts:
    named = _names(classic.get("restrictions"))
    level = Access.DEVELOPER if named is None else Access.MAINTAINER if named else Access.NONE
    if _enabled(classic, "lock_branch"):
        level = Access.NONE
    reviews = classic.get("required_pull_request_reviews")
    allowed = _names((reviews or {}).get("bypass_pull_request_allowances")) or ()
    push = level
    if reviews is not None:
        push = Access.MAINTAINER if allowed and level is not Access.NONE else Access.NONE
    checks = (classic.get("required_status_checks") or {}).get("checks") or ()
    free = () if _enabled(classic, "enforce_admins") else (_ADMINS,)
    return ProtectionFacts(
        branch,
        push=push,
        merge=level,
        force_push=_enabled(classic, "allow_force_pushes"),
        checks={row["context"]: _source(row.get("app_id")) for row in checks},
        by_name=tuple(dict.fromkeys([*(named or ()), *allowed, *free])),
    )


def _rule_facts(branch: str, rules: Sequence[Data]) -> ProtectionFacts:
    kinds = {rule["type"] for rule in rules}
    level = Access.NONE if "update" in kinds else Access.DEVELOPER
    checks: dict[str, int | None] = {}
    for rule in rules:
        if rule["type"] == "required_status_checks":
            rows = (rule.get("parameters") or {}).get("required_status_checks") or ()
            checks |= {row["context"]: _source(row.get("integration_id")) for row in rows}
    return ProtectionFacts(
        branch,
        push=Access.NONE if "pull_request" in kinds else level,
        merge=level,
        force_push="non_fast_forward" not in kinds,
        checks=checks,
    )


def _source(app_id: int | None) -> int | None:
    """The App a check must come from; -1 and null stand for any source."""
    return None if app_id in (None, -1) else app_id


def _strictest(branch: str, found: Sequence[ProtectionFacts]) -> ProtectionFacts:
    checks: dict[str, int | None] = {}
    for one in found:
        # A source named in either binds.
        checks |= {
            context: app if app is not None else checks.get(context) for context, app in one.checks.items()
        }
    return ProtectionFacts(
        branch,
        push=max((one.push for one in found), key=_strictness),
        merge=max((one.merge for one in found), key=_strictness),
        force_push=all(one.force_push for one in found),
        checks=checks,
        by_name=tuple(name for one in found for name in one.by_name),
    )
