"""What the health check asks of GitLab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any

from gitlab.exceptions import GitlabDeleteError, GitlabError, GitlabGetError, GitlabHttpError

from automation.core.text import Bilingual
from automation.forges.base import Access, HookFacts, ProjectFacts, ProtectionFacts, TokenFacts
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.hooks import EVENT_FIELDS, is_enabled
from automation.forges.gitlab.listing import whole
from automation.forges.gitlab.session import asks, is_absent, refused, status_of

PIPELINE = "pipeline"
"""The one check that GitLab can require: the whole pipeline of the head."""


class InspectionPart(AccountsPart):
    """What the health check asks; nothing here writes but the removals after its own smoke test."""

    @asks("menanyakan versi", "tell its version")
    def version(self) -> str:
        """``GitLab`` and its version."""
        answer = self._client.http_get("/version")
        return f"GitLab {answer['version']}" if isinstance(answer, dict) else "GitLab"

    @asks("menanyakan waktu", "tell the time")
    def server_time(self) -> datetime:
        """The Date header of an answer that no cache gave."""
        answer = self._client.http_request("get", "/version", extra_headers={"Cache-Control": "no-cache"})
        try:
            return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, ValueError, TypeError):
            raise refused(Bilingual("menanyakan waktu", "tell the time"), 0, "no Date header") from None

    @asks("menanyakan token", "tell about the token")
    def token_facts(self) -> TokenFacts:
        """What the token may do and until when; bots that GitLab makes tell of project and group tokens."""
        kind = convert.token_kind(self.whoami().username)
        try:
            told = self._client.http_get("/personal_access_tokens/self")
        except GitlabHttpError as problem:
            # Before GitLab 15.5 there was no such address, and OAuth tokens have none still.
            if not is_absent(problem) and status_of(problem) != 400:
                raise
            return TokenFacts("unknown", None, None)
        assert isinstance(told, dict)  # noqa: S101 - JSON of one object
        expires = told.get("expires_at")
        return TokenFacts(kind, tuple(told["scopes"]), date.fromisoformat(expires[:10]) if expires else None)

    @asks("mendaftar webhook", "list the webhooks")
    def list_hooks(self, project_id: int) -> Sequence[HookFacts]:
        """The webhooks of a project."""
        rows = whole(lambda: self._project(project_id).hooks.list(iterator=True))
        return [hook_facts(row.attributes) for row in rows]

    @asks("membaca perlindungan cabang", "read a branch's protection")
    def find_protection(self, project_id: int, branch: str) -> ProtectionFacts | None:
        """How a branch is protected: all rules that match it, wildcards and a group's (Premium) included.

        Rules add their rights up: the most permissive of them counts
        (docs.gitlab.com/user/project/repository/branches/protected/).
        """
        project = self._project(project_id)
        rows = whole(lambda: project.protectedbranches.list(iterator=True))
        rules = [row.attributes for row in rows if matches(row.name, branch)]
        if not rules:
            return None
        settings = self._client.projects.get(project_id).attributes
        needs = settings.get("only_allow_merge_if_pipeline_succeeds")
        push = [level for rule in rules for level in rule.get("push_access_levels") or ()]
        merge = [level for rule in rules for level in rule.get("merge_access_levels") or ()]
        return ProtectionFacts(
            branch=branch,
            push=_widest(push),
            merge=_widest(merge),
            force_push=any(rule.get("allow_force_push") for rule in rules),
            checks={PIPELINE: None} if needs else {},
            by_name=tuple(sorted({name for level in [*push, *merge] if (name := _named(level))})),
        )

    @asks("membaca setelan proyek", "read a project's settings")
    def project_facts(self, project_id: int, branch: str) -> ProjectFacts:
        """Whether it has issues, and whether merge trains (Premium) stand between laik and the branch."""
        told = self._client.projects.get(project_id).attributes
        issues = told.get("issues_access_level", "enabled") != "disabled" and told.get("issues_enabled", True)
        trains = told.get("merge_trains_enabled") and told.get("merge_pipelines_enabled", True)
        return ProjectFacts(issues=bool(issues), queued=bool(trains))

    @asks("menanyakan peran akun laik", "tell the role of laik's account")
    def own_access(self, project_id: int) -> Access:
        """The access of the token's account to a project, inherited or direct."""
        try:
            found = self._project(project_id).members_all.get(self.whoami().id)
        except GitlabGetError as problem:
            if is_absent(problem):
                return Access.NONE
            raise
        return convert.access(int(found.access_level))

    @asks("menghapus proyek", "delete a project")
    def delete_project(self, project_id: int) -> None:
        """Remove a project; where GitLab only marks it for later, ask for it at once.

        Since GitLab 18.0 deletion is put off on all plans, and an administrator may forbid to hasten it:
        the project then stays, out of sight, until its day (docs.gitlab.com/api/projects/#delete-a-project).
        """
        self._client.projects.delete(project_id)
        try:
            left = self._client.projects.get(project_id).attributes
            if left.get("marked_for_deletion_on") or left.get("marked_for_deletion_at"):
                path = left["path_with_namespace"]
                self._client.projects.delete(project_id, permanently_remove=True, full_path=path)
        except (GitlabGetError, GitlabDeleteError) as problem:
            _fine_when_refused(problem)

    @asks("menghapus webhook", "delete a webhook")
    def delete_hook(self, project_id: int, hook_id: int) -> None:
        """Remove one webhook; one that is gone already is fine."""
        try:
            self._project(project_id).hooks.delete(hook_id)
        except GitlabDeleteError as problem:
            if not is_absent(problem):
                raise


def matches(rule: str, branch: str) -> bool:
    """Whether a protection rule's name covers a branch: the same name, or a wildcard with ``*`` alone."""
    if "*" not in rule:
        return rule == branch
    # To fnmatch ? and [ are special too; in GitLab they are plain characters.
    return fnmatchcase(
        branch, "*".join(part.replace("[", "[[]").replace("?", "[?]") for part in rule.split("*"))
    )


def hook_facts(data: Mapping[str, Any]) -> HookFacts:
    """A webhook; its state in GitLab's own word (``temporarily_disabled`` until a time, or ``disabled``)."""
    state, until = data.get("alert_status") or "executable", data.get("disabled_until")
    enabled = is_enabled(data)
    return HookFacts(
        id=int(data["id"]),
        url=data["url"],
        events=tuple(name for name, field in EVENT_FIELDS.items() if data.get(field)),
        enabled=enabled,
        why="" if enabled else f"{state} ({until})" if until else str(state),
        verifies_tls=bool(data.get("enable_ssl_verification", True)),
    )


def _widest(levels: Iterable[Mapping[str, Any]]) -> Access:
    """The lowest role that any of the rows lets in; NONE when they let in no role."""
    roles = [
        int(level["access_level"]) for level in levels if not _named(level) and level.get("access_level")
    ]
    return convert.access(min(roles)) if roles else Access.NONE


def _named(level: Mapping[str, Any]) -> str:
    """The single account, group or key that a row lets in (Premium, deploy keys), empty for a role."""
    for kind in ("user", "group", "deploy_key"):
        if level.get(f"{kind}_id"):
            return f"{kind} {level[f'{kind}_id']}: {level.get('access_level_description', '')}"
    return ""


def _fine_when_refused(problem: GitlabError) -> None:
    if status_of(problem) >= 500 or status_of(problem) == 0:
        raise problem
