"""Commit statuses on GitLab, and the one pipeline of a commit that they stand in."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from typing import Any

from gitlab.exceptions import GitlabCreateError

from automation.forges.base import Status, StatusDetails, StatusState
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import whole
from automation.forges.gitlab.session import asks, status_of, word_of

# GitLab cuts nothing off: a longer description is refused.
_LONGEST_DESCRIPTION = 255
# For so long the pipeline of a commit is believed to be the one last seen.
_PIPELINE_SECONDS = 60.0
# GitLab itself waits ten seconds for another post to the same commit to end before it answers 409.
_CONFLICT_PAUSES = (0.5, 1.0, 2.0)
_STANDS = re.compile(r"Cannot transition status via :\w+ from :(\w+)")


class StatusesPart(AccountsPart):
    """Statuses."""

    _pipelines: dict[tuple[int, str], tuple[float, int | None]]
    _posting: threading.Lock

    @asks("membaca status komit", "read the statuses of a commit")
    def list_statuses(self, project_id: int, sha: str) -> Sequence[Status]:
        """The newest status of each context on a commit."""
        return [convert.status(row, self._person) for row in self._status_rows(project_id, sha)]

    def _status_rows(self, project_id: int, sha: str) -> list[dict[str, Any]]:
        """The newest row a name: one name may stand in several pipelines."""
        commit = self._project(project_id).commits.get(sha, lazy=True)
        rows = [row.attributes for row in whole(lambda: commit.statuses.list(iterator=True))]
        self._note_pipeline(project_id, sha, rows)
        newest = {row["name"]: row for row in sorted(rows, key=lambda row: int(row["id"]))}
        return sorted(newest.values(), key=lambda row: int(row["id"]))

    @asks("menulis status komit", "post a commit status")
    def set_status(
        self,
        project_id: int,
        sha: str,
        *,
        context: str,
        state: StatusState,
        description: str,
        target_url: str,
        details: StatusDetails | None = None,
    ) -> None:
        """Post one commit status; posting what already stands is no error. GitLab has no room for details.

        All statuses of a commit go into one pipeline, one after the other: posts without ``pipeline_id``
        may each open a pipeline of their own, and the merge request would follow the wrong one.
        """
        data: dict[str, Any] = {
            "state": state.value,
            "name": context,
            "description": description[:_LONGEST_DESCRIPTION],
            "target_url": target_url,
        }
        with self._posting:
            self._post_patiently(project_id, sha, data)

    def _post_patiently(self, project_id: int, sha: str, data: dict[str, Any]) -> None:
        for pause in (*_CONFLICT_PAUSES, None):
            try:
                self._post(project_id, sha, data)
            except GitlabCreateError as problem:
                if _stands(problem, data["state"]):
                    return
                if pause is None or not self._may_help(project_id, sha, data, problem):
                    raise
                if status_of(problem) == 409:
                    self._session.pause(pause)
            else:
                return

    def _post(self, project_id: int, sha: str, data: dict[str, Any]) -> None:
        pipeline = self._pipeline(project_id, sha)
        place = {} if pipeline is None else {"pipeline_id": pipeline}
        made = self._project(project_id).commits.get(sha, lazy=True).statuses.create({**data, **place})
        self._note_pipeline(project_id, sha, [made.attributes])

    def _may_help(self, project_id: int, sha: str, data: dict[str, Any], problem: GitlabCreateError) -> bool:
        """Whether posting once more may go well; mends what it is posted with."""
        if status_of(problem) == 409:
            return True
        if status_of(problem) != 404 or "ref" in data:
            return False
        if self._pipelines.get((project_id, sha), (0.0, None))[1] is not None:
            # The pipeline is gone. (Before GitLab 18 a new one would have been opened.)
            self._pipelines[project_id, sha] = (time.monotonic(), None)
            return True
        # No branch of this project holds the commit: it comes from a fork. GitLab takes the status under
        # the merge request's own ref, but does not let it gate: that pipeline is the fork's.
        ref = self._request_ref(project_id, sha)
        if ref is not None:
            data["ref"] = ref
        return ref is not None

    def _request_ref(self, project_id: int, sha: str) -> str | None:
        """The ref of the open merge request whose head a commit is, None for none."""
        commit = self._project(project_id).commits.get(sha, lazy=True)
        for row in commit.merge_requests():
            if row["state"] == "opened" and row["sha"] == sha and row["target_project_id"] == project_id:
                return f"refs/merge-requests/{row['iid']}/head"
        return None

    def _pipeline(self, project_id: int, sha: str) -> int | None:
        """The pipeline to post into, None for none yet.

        Remembered for a minute only, enough for one round of statuses: a pipeline may be deleted, and with
        a wrong id GitLab refuses (an older one opens a new pipeline that becomes the head pipeline).
        """
        seen, pipeline = self._pipelines.get((project_id, sha), (float("-inf"), None))
        if time.monotonic() - seen > _PIPELINE_SECONDS:
            self._status_rows(project_id, sha)
            _, pipeline = self._pipelines[project_id, sha]
        return pipeline

    def _note_pipeline(self, project_id: int, sha: str, rows: Sequence[dict[str, Any]]) -> None:
        """Remember the pipeline that our statuses stand in, else the newest that has any."""
        placed = [row for row in rows if row.get("pipeline_id")]
        mine = [row for row in placed if row["author"]["id"] == self.whoami().id]
        pipeline = max((int(row["pipeline_id"]) for row in mine or placed), default=None)
        if len(self._pipelines) > 1000:
            self._pipelines.clear()
        self._pipelines[project_id, sha] = (time.monotonic(), pipeline)


def _stands(problem: GitlabCreateError, state: str) -> bool:
    """Whether the refusal says that the status stands already: GitLab refuses to post it twice.

    What runs cannot be made to wait again; both say that nothing is decided yet.
    """
    found = _STANDS.search(word_of(problem)) if status_of(problem) == 400 else None
    if found is None:
        return False
    return found[1] == state or (found[1] == "running" and state == "pending")
