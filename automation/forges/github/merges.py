"""Pull requests on GitHub."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import github
import requests

from automation.core.errors import ForgeUnreachable, HeadMoved
from automation.core.text import Bilingual
from automation.forges.base import Approval, MergeRequest
from automation.forges.github import convertwork as convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.convert import moment, user
from automation.forges.github.session import asks, is_absent, refused, status_of, word_of

# GitHub computes in the background whether a pull request can be merged; two to five seconds were measured.
_ASKS = 4
_ASK_SECONDS = 2.0
_OPEN_QUESTION = frozenset({"unknown", "clean", "unstable", "has_hooks"})


class MergesPart(AccountsPart):
    """Pull requests. Auto-merge and merge queues are never used: laik decides at the moment of merging."""

    @asks("mendaftar permintaan penggabungan", "list the merge requests")
    def list_merge_requests(
        self,
        project_id: int,
        *,
        state: Literal["open", "merged", "all"] = "open",
        updated_after: datetime | None = None,
    ) -> Sequence[MergeRequest]:
        """Pull requests, oldest first; who merged one, only :meth:`get_merge_request` tells."""
        told = {"state": "closed" if state == "merged" else state, "sort": "created", "direction": "asc"}
        if updated_after is None:
            rows: Iterable[Mapping[str, Any]] = self._steady(self._pulls(project_id), parameters=told)
        else:
            told |= {"sort": "updated", "direction": "desc"}
            rows = _changed(self._rows(self._pulls(project_id), parameters=told), updated_after)
        # A pull request that changes while the pages are read may stand on two of them.
        found = {row["number"]: convert.merge_request(row, project_id) for row in rows}
        kept = [one for one in found.values() if state != "merged" or one.state == "merged"]
        return sorted(kept, key=lambda one: one.iid)

    @asks("membaca permintaan penggabungan", "read a merge request")
    def get_merge_request(self, project_id: int, iid: int) -> MergeRequest | None:
        """One pull request, or None."""
        try:
            found = self._raw("GET", f"{self._pulls(project_id)}/{int(iid)}")
        except github.GithubException as problem:
            if is_absent(problem):
                return None
            raise
        return convert.merge_request(found, project_id)

    @asks("membuat permintaan penggabungan", "make a merge request")
    def create_merge_request(
        self, project_id: int, source: str, target: str, title: str, description: str
    ) -> MergeRequest:
        """A new pull request within one repository."""
        data = {"title": title, "body": description, "head": source, "base": target}
        try:
            made = self._raw("POST", self._pulls(project_id), body=data)
        except github.GithubException as problem:
            word = word_of(problem)
            if status_of(problem) == 422 and "already exists" in word:
                doing = Bilingual("membuat permintaan penggabungan", "make a merge request")
                raise refused(doing, 409, word) from None
            raise
        return convert.merge_request(made, project_id)

    @asks("membaca persetujuan", "read the approvals")
    def list_approvals(self, project_id: int, iid: int) -> Sequence[Approval]:
        """The last word of each reviewer where it is an approval, with the commit that it was given for.

        Reviews are listed oldest first; a mere comment changes nothing, a request for changes or a dismissal
        takes the approval back (docs.github.com/rest/pulls/reviews).
        """
        last: dict[int, Approval | None] = {}
        for row in self._rows(f"{self._pulls(project_id)}/{iid}/reviews"):
            if row["user"] is None or row["state"] in {"COMMENTED", "PENDING"}:
                continue
            given = row["state"] == "APPROVED"
            last[row["user"]["id"]] = Approval(user(row["user"]), row["commit_id"]) if given else None
        return [one for one in last.values() if one is not None]

    @asks("menggabungkan", "merge")
    def merge(self, request: MergeRequest, *, sha: str, message: str) -> MergeRequest:
        """Merge with a merge commit, pinned to ``sha``; the pull request afterwards.

        One that turns out to be merged at ``sha`` already is the answer too: the answer to an earlier attempt
        may have been lost.

        Raises:
            HeadMoved: the source branch is at another commit now.
            ForgeRefused: GitHub refuses for another reason.
            ForgeUnreachable: GitHub has not found out yet whether it can be merged.
        """
        for asked in range(_ASKS):
            merged = self._merge_once(request, sha, message)
            if merged is not None:
                return merged
            if asked < _ASKS - 1:
                self._wire.pause(_ASK_SECONDS * (asked + 1))
        raise _not_yet(request)

    def _merge_once(self, request: MergeRequest, sha: str, message: str) -> MergeRequest | None:
        """The merged pull request; None while GitHub cannot say yet whether it can be merged."""
        title, _, text = message.partition("\n")
        data = {"sha": sha, "merge_method": "merge", "commit_title": title, "commit_message": text.strip()}
        path = f"{self._pulls(request.project_id)}/{request.iid}/merge"
        try:
            answer = self._raw("PUT", path, body=data)
        except github.GithubException as problem:
            return self._not_merged(request, sha, problem)
        except requests.RequestException:
            now = self._read_anew(request)
            if _is_merged_at(now, sha):
                return now
            raise
        now = self._read_anew(request)
        if now.state == "merged":
            return now
        # The pull request may still be shown as it was a moment ago.
        return dataclasses.replace(
            now, state="merged", merged_by=self.whoami(), merge_sha=answer["sha"], detail=""
        )

    def _not_merged(
        self, request: MergeRequest, sha: str, problem: github.GithubException
    ) -> MergeRequest | None:
        """What a refused merge means: 409 is a moved head; 405 has many reasons; 5xx may have merged."""
        status, word = status_of(problem), word_of(problem)
        if status not in {405, 409} and status < 500:
            raise problem
        now = self._read_anew(request)
        if _is_merged_at(now, sha):
            return now
        if now.state == "open" and now.head_sha != sha:
            raise _head_moved(request, sha)
        if status >= 500:
            raise problem
        if now.state == "open" and _may_come(now, word):
            return None
        if status == 409:
            raise _head_moved(request, sha)
        if "merge queue" in word:
            raise _merge_queue(request, word)
        reason = now.detail if now.state == "open" else f"not_open ({now.state})"
        raise refused(
            Bilingual(f"menggabungkan #{request.iid}", f"merge #{request.iid}"), 405, f"{reason}: {word}"
        )

    def _read_anew(self, request: MergeRequest) -> MergeRequest:
        found = self._raw("GET", f"{self._pulls(request.project_id)}/{request.iid}")
        return convert.merge_request(found, request.project_id)

    def _pulls(self, project_id: int) -> str:
        return f"{self._at(project_id)}/pulls"


def _changed(rows: Iterator[Mapping[str, Any]], since: datetime) -> Iterator[Mapping[str, Any]]:
    """Rows sorted by their last change, newest first, as far as they changed since then (to the second)."""
    whole = since.replace(microsecond=0)
    for row in rows:
        if moment(row["updated_at"]) < whole:
            return
        yield row


def _is_merged_at(request: MergeRequest, sha: str) -> bool:
    return request.state == "merged" and request.head_sha == sha


def _may_come(request: MergeRequest, word: str) -> bool:
    """Whether GitHub refused only because it had not tried the merge out, or the base moved just then."""
    if "Base branch was modified" in word:
        return True
    # By now it may have been tried out; a conflict, draft or block is another word.
    return word.startswith("Pull Request is not mergeable") and request.detail in _OPEN_QUESTION


def _head_moved(request: MergeRequest, sha: str) -> HeadMoved:
    return HeadMoved(
        Bilingual(
            f"Cabang sumber #{request.iid} tidak lagi pada {sha[:12]}.",
            f"The source branch of #{request.iid} is no longer at {sha[:12]}.",
        ),
        remedy=Bilingual(
            "Komit baru membutuhkan pemeriksaan dan persetujuan baru.",
            "The new commits need new checks and approvals.",
        ),
        status=409,
    )


def _not_yet(request: MergeRequest) -> ForgeUnreachable:
    return ForgeUnreachable(
        Bilingual(
            f"GitHub belum selesai menghitung apakah #{request.iid} dapat digabungkan.",
            f"GitHub has not finished computing whether #{request.iid} can be merged.",
        ),
        remedy=Bilingual("laik mencoba lagi nanti.", "laik tries again later."),
    )


def _merge_queue(request: MergeRequest, word: str) -> Exception:
    return refused(
        Bilingual(f"menggabungkan #{request.iid}", f"merge #{request.iid}"),
        405,
        word,
        remedy=Bilingual(
            "Cabang ini memakai merge queue, yang menggabungkan tanpa menunggu putusan laik: matikan merge"
            " queue untuk cabang itu pada ruleset repositori.",
            "This branch uses a merge queue, which merges without waiting for laik's decision: switch the"
            " merge queue off for that branch in the repository's rulesets.",
        ),
    )
