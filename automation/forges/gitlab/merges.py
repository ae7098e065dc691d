"""Merge requests and commit statuses on GitLab."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from gitlab.exceptions import GitlabCreateError, GitlabError, GitlabGetError, GitlabMRClosedError

from automation.core.errors import HeadMoved
from automation.core.text import Bilingual
from automation.forges.base import MergeRequest, Status, StatusDetails, StatusState
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import by_time
from automation.forges.gitlab.session import asks, is_absent, refused, status_of, word_of

# GitLab cuts nothing off: a longer description is refused.
_LONGEST_DESCRIPTION = 255
# For so long the pipeline of a commit is believed to be the one last seen.
_PIPELINE_SECONDS = 60.0
_STANDS = re.compile(r"Cannot transition status via :\w+ from :(\w+)")


class MergesPart(AccountsPart):
    """Merge requests and statuses."""

    _pipelines: dict[tuple[int, str], tuple[float, int | None]]

    @asks("mendaftar permintaan penggabungan", "list the merge requests")
    def list_merge_requests(
        self,
        project_id: int,
        *,
        state: Literal["open", "merged", "all"] = "open",
        updated_after: datetime | None = None,
    ) -> Sequence[MergeRequest]:
        """Merge requests, oldest first."""
        rows = by_time(
            functools.partial(
                self._project(project_id).mergerequests.list,
                iterator=True,
                state="opened" if state == "open" else state,
                order_by="created_at",
                sort="asc",
                **({"updated_after": convert.iso(updated_after)} if updated_after else {}),
            ),
            time="created_at",
            parameter="created_after",
        )
        return [convert.merge_request(row.attributes, self._person) for row in rows]

    @asks("membaca permintaan penggabungan", "read a merge request")
    def get_merge_request(self, project_id: int, iid: int) -> MergeRequest | None:
        """One merge request, or None."""
        try:
            found = self._project(project_id).mergerequests.get(iid)
        except GitlabGetError as problem:
            if is_absent(problem):
                return None
            raise
        return convert.merge_request(found.attributes, self._person)

    @asks("membuat permintaan penggabungan", "make a merge request")
    def create_merge_request(
        self, project_id: int, source: str, target: str, title: str, description: str
    ) -> MergeRequest:
        """A new merge request within one project."""
        data = {
            "source_branch": source,
            "target_branch": target,
            "title": title,
            "description": description,
        }
        made = self._project(project_id).mergerequests.create(data)
        return convert.merge_request(made.attributes, self._person)

    @asks("menggabungkan", "merge")
    def merge(self, request: MergeRequest, *, sha: str, message: str) -> MergeRequest:
        """Merge, pinned to ``sha``; the merge request afterwards.

        A merge request that turns out to be merged at ``sha`` already is the answer too: the answer to an
        earlier attempt may have been lost.

        Raises:
            HeadMoved: the source branch is at another commit now.
            ForgeRefused: the forge refuses for another reason.
        """
        # A handle of its own: python-gitlab overwrites a merge request's attributes with whatever payload
        # an action answers (after approve() there is no sha any more), so none is kept or reused here.
        handle = self._project(request.project_id).mergerequests.get(request.iid, lazy=True)
        try:
            answer = handle.merge(merge_commit_message=message, sha=sha)
        except GitlabMRClosedError as problem:
            return self._not_merged(request, sha, problem)
        return convert.merge_request(answer, self._person)

    def _read_anew(self, request: MergeRequest) -> MergeRequest:
        found = self._project(request.project_id).mergerequests.get(request.iid)
        return convert.merge_request(found.attributes, self._person)

    def _not_merged(self, request: MergeRequest, sha: str, problem: GitlabError) -> MergeRequest:
        """What a refused merge means: 409 is a moved head; 405 hides its reason, which is read anew."""
        if status_of(problem) == 409:
            raise _head_moved(request, sha)
        if status_of(problem) != 405:
            raise problem
        now = self._read_anew(request)
        if now.state == "merged" and now.head_sha == sha:
            return now
        if now.state == "open" and now.head_sha != sha:
            raise _head_moved(request, sha)
        reason = now.detail if now.state == "open" else f"not_open ({now.state})"
        raise refused(Bilingual(f"menggabungkan !{request.iid}", f"merge !{request.iid}"), 405, reason)

    @asks("membaca status komit", "read the statuses of a commit")
    def list_statuses(self, project_id: int, sha: str) -> Sequence[Status]:
        """The newest status of each context on a commit."""
        return [convert.status(row, self._person) for row in self._status_rows(project_id, sha)]

    def _status_rows(self, project_id: int, sha: str) -> list[dict[str, Any]]:
        """The newest row a name: one name may stand in several pipelines."""
        commit = self._project(project_id).commits.get(sha, lazy=True)
        rows = [row.attributes for row in commit.statuses.list(iterator=True)]
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
        pipeline = self._pipeline(project_id, sha)
        if pipeline is not None:
            data["pipeline_id"] = pipeline
        try:
            made = self._project(project_id).commits.get(sha, lazy=True).statuses.create(data)
            self._note_pipeline(project_id, sha, [made.attributes])
        except GitlabCreateError as problem:
            stands = _STANDS.search(word_of(problem))
            if status_of(problem) != 400 or stands is None or stands[1] != state.value:
                raise

    def _pipeline(self, project_id: int, sha: str) -> int | None:
        """The pipeline to post into, None for none yet.

        Remembered for a minute only, enough for one round of statuses: a pipeline may be deleted, and a
        wrong id makes GitLab open a new one that becomes the head pipeline.
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


def _head_moved(request: MergeRequest, sha: str) -> HeadMoved:
    return HeadMoved(
        Bilingual(
            f"Cabang sumber !{request.iid} tidak lagi pada {sha[:12]}.",
            f"The source branch of !{request.iid} is no longer at {sha[:12]}.",
        ),
        remedy=Bilingual(
            "Komit baru membutuhkan pemeriksaan dan persetujuan baru.",
            "The new commits need new checks and approvals.",
        ),
        status=409,
    )
