"""Merge requests on GitLab."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from gitlab.exceptions import GitlabError, GitlabGetError, GitlabMRClosedError

from automation.core.errors import ForgeRefused, HeadMoved
from automation.core.text import Bilingual
from automation.forges.base import Approval, MergeRequest
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import by_time
from automation.forges.gitlab.session import asks, is_absent, refused, status_of

# Words for "not known yet": a merge may be tried, and is tried again after these seconds.
_CHECKING = ("unchecked", "checking", "preparing", "approvals_syncing")
_CHECKING_PAUSES = (1.0, 2.0, 4.0)


class MergesPart(AccountsPart):
    """Merge requests."""

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

    @asks("membaca persetujuan", "read the approvals")
    def list_approvals(self, project_id: int, iid: int) -> Sequence[Approval]:
        """The approvals by GitLab's own button; it does not tell for which commit, in no edition."""
        found = self._project(project_id).mergerequests.get(iid, lazy=True).approvals.get()
        return [Approval(self._person(row["user"]), None) for row in found.attributes["approved_by"]]

    @asks("menggabungkan", "merge")
    def merge(self, request: MergeRequest, *, sha: str, message: str) -> MergeRequest:
        """Merge, pinned to ``sha``; the merge request afterwards.

        A merge request that turns out to be merged at ``sha`` already is the answer too: the answer to an
        earlier attempt may have been lost.

        Raises:
            HeadMoved: the source branch is at another commit now.
            ForgeRefused: the forge refuses for another reason, or merges through a train.
        """
        self._refuse_train(request)
        for pause in (*_CHECKING_PAUSES, None):
            try:
                return self._merge_once(request, sha, message)
            except GitlabMRClosedError as problem:
                now = self._not_merged(request, sha, problem)
                if now.state == "merged":
                    return now
                if now.detail not in _CHECKING or pause is None:
                    raise self._blocked(now) from None
                self._session.pause(pause)
        raise AssertionError("the last try returns or raises")

    def _merge_once(self, request: MergeRequest, sha: str, message: str) -> MergeRequest:
        # A handle of its own: python-gitlab overwrites a merge request's attributes with whatever payload
        # an action answers (after approve() there is no sha any more), so none is kept or reused here.
        handle = self._project(request.project_id).mergerequests.get(request.iid, lazy=True)
        answer = handle.merge(merge_commit_message=message, sha=sha)
        return convert.merge_request(answer, self._person)

    def _refuse_train(self, request: MergeRequest) -> None:
        """Refuse where merge trains are on: the merge call would go past the train, untested with the rest.

        Joining the train instead would merge later, maybe at another commit than the one that was judged.
        """
        project = self._client.projects.get(request.project_id).attributes
        if project.get("merge_trains_enabled") and project.get("merge_pipelines_enabled", True):
            raise ForgeRefused(
                Bilingual(
                    f"Proyek !{request.iid} memakai merge train, yang tidak didukung laik.",
                    f"The project of !{request.iid} uses merge trains, which laik does not support.",
                ),
                remedy=Bilingual(
                    "Matikan merge train pada Settings > Merge requests proyek itu.",
                    "Switch merge trains off in the project's Settings > Merge requests.",
                ),
            )

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
        if now.head_sha != sha and now.state == "open":
            raise _head_moved(request, sha)
        if now.state == "merged" and now.head_sha != sha:
            raise self._blocked(now)
        return now

    def _blocked(self, now: MergeRequest) -> ForgeRefused:
        reason = now.detail if now.state == "open" else f"not_open ({now.state})"
        said = refused(Bilingual(f"menggabungkan !{now.iid}", f"merge !{now.iid}"), 405, reason)
        return ForgeRefused(said.message, remedy=BLOCKERS.get(reason, said.remedy), status=405)


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


# GitLab's words for what holds up a merge (docs.gitlab.com/api/merge_requests/#merge-status) and what helps.
BLOCKERS = {
    "approvals_syncing": Bilingual("Tunggu sebentar lalu coba lagi.", "Wait a moment and try again."),
    "ci_must_pass": Bilingual(
        "Pipeline harus berhasil dahulu; bila belum ada, tunggu status dari laik.",
        "The pipeline must succeed first; where there is none yet, wait for laik's status.",
    ),
    "ci_still_running": Bilingual("Tunggu sampai pipeline selesai.", "Wait for the pipeline to finish."),
    "commits_status": Bilingual(
        "Periksa bahwa cabang sumber ada dan membawa komit baru.",
        "Check that the source branch exists and brings new commits.",
    ),
    "conflict": Bilingual("Selesaikan konflik pada cabang sumber.", "Resolve the conflicts in the branch."),
    "discussions_not_resolved": Bilingual(
        "Selesaikan semua utas diskusi pada permintaan itu.", "Resolve all threads of the merge request."
    ),
    "draft_status": Bilingual("Tandai permintaan itu siap.", "Mark the merge request as ready."),
    "need_rebase": Bilingual("Rebase cabang sumber.", "Rebase the source branch."),
    "not_approved": Bilingual(
        "Persetujuan yang diwajibkan aturan proyek (GitLab Premium) belum lengkap.",
        "The approvals that the project's rules require (GitLab Premium) are not complete.",
    ),
    "requested_changes": Bilingual(
        "Peninjau meminta perubahan; kerjakan lalu minta ditinjau lagi.",
        "A reviewer asked for changes; make them and ask for another review.",
    ),
    **dict.fromkeys(
        _CHECKING,
        Bilingual(
            "GitLab masih memeriksa; laik mencoba lagi nanti.",
            "GitLab is still checking; laik tries again later.",
        ),
    ),
}
