"""Commit statuses and check runs on GitHub.

A GitHub App shows its gates as check runs: they hold a summary and remarks on lines, and a protection can
insist on the app that reports them. With a token only commit statuses can be written.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from automation.forges.base import Annotation, Status, StatusDetails, StatusState, User
from automation.forges.github import convertwork as convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.auth import InstallationToken
from automation.forges.github.convert import moment
from automation.forges.github.session import asks

# GitHub refuses a longer one.
_LONGEST_DESCRIPTION = 140
_LONGEST_SUMMARY = 65_535
_LONGEST_TITLE = 255
_LONGEST_REMARK = 60_000
_ANNOTATIONS_A_REQUEST = 50
# For so long a listing is taken for what stands: enough for one round of statuses.
_LOOK_SECONDS = 10.0
_LOOKS_KEPT = 1000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CUT = "\n\n… (dipotong)"

_STATUS_WORDS = {
    StatusState.PENDING: "pending",
    # Commit statuses know no running.
    StatusState.RUNNING: "pending",
    StatusState.SUCCESS: "success",
    StatusState.FAILED: "failure",
}
_RUN_WORDS = {
    StatusState.PENDING: {"status": "queued"},
    StatusState.RUNNING: {"status": "in_progress"},
    StatusState.SUCCESS: {"status": "completed", "conclusion": "success"},
    StatusState.FAILED: {"status": "completed", "conclusion": "failure"},
}


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands in one context: a commit status or a check run, with its JSON."""

    status: Status
    at: datetime
    data: Mapping[str, Any]
    check_run: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one context should show."""

    context: str
    state: StatusState
    description: str
    target_url: str
    details: StatusDetails

    @property
    def digest(self) -> str:
        """Stands in the check run's ``external_id``: what GitHub shows cannot be compared in full.

        The caller's digest of the details stands behind it, where a listing finds it again.
        """
        remarks = [[one.path, one.line, one.title, one.text] for one in self.details.annotations]
        told = [self.state.value, self.description, self.target_url, self.details.summary, remarks]
        own = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]
        return f"laik:{own}:{self.details.digest}"


class StatusesPart(AccountsPart):
    """Statuses and check runs."""

    _authors: dict[str, User]
    _looked: dict[tuple[int, str], tuple[float, dict[str, _Row | None]]]

    @asks("membaca status komit", "read the statuses of a commit")
    def list_statuses(self, project_id: int, sha: str) -> Sequence[Status]:
        """The newest status or check run of each context on a commit.

        A check run's author is the account of the app that reported it.
        """
        return [row.status for row in self._listed_now(project_id, sha).values() if row is not None]

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
        """Show one gate: an app as a check run, a token as a commit status. What stands is not written again.

        GitHub keeps 1,000 statuses a commit and context and refuses more.
        """
        short = description[:_LONGEST_DESCRIPTION]
        wanted = _Wanted(context, state, short, target_url, details or StatusDetails(description or context))
        standing = self._standing_row(project_id, sha, context)
        if standing is not None and standing.status.author.id != self.whoami().id:
            # Another's word in our context: ours must become the newest.
            standing = None
        if isinstance(self._credentials, InstallationToken):
            self._report(project_id, sha, wanted, standing)
        else:
            self._post(project_id, sha, wanted, standing)

    def _standing_row(self, project_id: int, sha: str, context: str) -> _Row | None:
        """What stands in a context, as it was listed a moment ago, once for all contexts of a commit.

        Each write changes the listings, so asking anew before the next one would cost two whole reads a
        status. A context is read anew before it is written a second time.
        """
        at, rows = self._looked.get((project_id, sha), (float("-inf"), {}))
        written = context in rows and rows[context] is None
        if written or time.monotonic() - at > _LOOK_SECONDS:
            rows = self._listed_now(project_id, sha)
        standing = rows.get(context)
        rows[context] = None
        return standing

    def _listed_now(self, project_id: int, sha: str) -> dict[str, _Row | None]:
        rows: dict[str, _Row | None] = {row.status.context: row for row in self._newest(project_id, sha)}
        if len(self._looked) > _LOOKS_KEPT:
            self._looked.clear()
        self._looked[project_id, sha] = (time.monotonic(), rows)
        return rows

    def _newest(self, project_id: int, sha: str) -> list[_Row]:
        """The newest row a context, over statuses and check runs; of two in one second the one not ours."""
        me = self.whoami().id
        newest: dict[str, _Row] = {}
        for row in [*self._status_rows(project_id, sha), *self._run_rows(project_id, sha)]:
            other = newest.get(row.status.context)
            if other is None or _later(row, other, me):
                newest[row.status.context] = row
        return list(newest.values())

    def _status_rows(self, project_id: int, sha: str) -> Iterator[_Row]:
        """The newest commit status a context: GitHub lists the whole history, newest first."""
        seen: set[str] = set()
        for data in self._rows(f"{self._at(project_id)}/commits/{sha}/statuses"):
            if data["context"] not in seen:
                seen.add(data["context"])
                yield _Row(convert.status(data), moment(data["created_at"]), data, check_run=False)

    def _run_rows(self, project_id: int, sha: str) -> Iterator[_Row]:
        """The newest check run a name and app."""
        path = f"{self._at(project_id)}/commits/{sha}/check-runs"
        for data in self._rows(path, parameters={"filter": "latest"}, key="check_runs"):
            told = data.get("completed_at") or data.get("started_at")
            at = moment(told) if told else _LONG_AGO
            yield _Row(convert.check_run(data, self._author(data)), at, data, check_run=True)

    def _author(self, data: Mapping[str, Any]) -> User:
        """The account of the app that made a check run; asked once an app, for its number."""
        slug = (data.get("app") or {}).get("slug") or ""
        if slug not in self._authors:
            name = f"{slug}[bot]"
            self._authors[slug] = (self.find_user(name) if slug else None) or User(0, name, bot=True)
        return self._authors[slug]

    def _post(self, project_id: int, sha: str, wanted: _Wanted, standing: _Row | None) -> None:
        data = {
            "state": _STATUS_WORDS[wanted.state],
            "context": wanted.context,
            "description": wanted.description,
            "target_url": wanted.target_url,
        }
        shown = standing.data if standing is not None else {}
        if any((shown.get(key) or "") != value for key, value in data.items()):
            self._raw("POST", f"{self._at(project_id)}/statuses/{sha}", body=data)

    def _report(self, project_id: int, sha: str, wanted: _Wanted, standing: _Row | None) -> None:
        """Make or change the app's own check run.

        Remarks are only ever added to a run, and a finished one does not start again: then a new run of the
        same name takes its place.
        """
        run = standing.data if standing is not None and standing.check_run else None
        if run is not None and run.get("external_id") == wanted.digest:
            return
        batches = _batches(wanted.details.annotations)
        path = f"{self._at(project_id)}/check-runs"
        if run is not None and _may_change(run, wanted):
            made: Mapping[str, Any] = run
        else:
            first = {
                "name": wanted.context,
                "head_sha": sha,
                **_run_data(wanted, batches.pop(0), not batches),
            }
            made = self._raw("POST", path, body=first)
        while batches:
            data = _run_data(wanted, batches.pop(0), not batches)
            self._raw("PATCH", f"{path}/{made['id']}", body=data)


def _later(row: _Row, other: _Row, me: int) -> bool:
    return (row.at, row.status.author.id != me) > (other.at, other.status.author.id != me)


def _may_change(run: Mapping[str, Any], wanted: _Wanted) -> bool:
    shown = (run.get("output") or {}).get("annotations_count") or 0
    finished_again = run["status"] != "completed" or "conclusion" in _RUN_WORDS[wanted.state]
    return not shown and finished_again


def _batches(annotations: Sequence[Annotation]) -> list[Sequence[Annotation]]:
    """Lists of at most 50 remarks, as many as GitHub takes in one request; at least one list."""
    size = _ANNOTATIONS_A_REQUEST
    return [annotations[start : start + size] for start in range(0, len(annotations), size)] or [()]


def _run_data(wanted: _Wanted, annotations: Sequence[Annotation], last: bool) -> dict[str, Any]:
    """One request's body. The digest comes with the last one: a run that stayed half-made is made again."""
    output: dict[str, Any] = {
        "title": wanted.description or wanted.context,
        "summary": _cut(wanted.details.summary),
    }
    if annotations:
        output["annotations"] = [_remark(one, wanted.state) for one in annotations]
    data = {**_RUN_WORDS[wanted.state], "details_url": wanted.target_url, "output": output}
    return {**data, "external_id": wanted.digest} if last else data


def _remark(one: Annotation, state: StatusState) -> dict[str, Any]:
    told = {
        "path": one.path,
        "start_line": one.line,
        "end_line": one.line,
        "annotation_level": "failure" if state is StatusState.FAILED else "warning",
        "message": one.text[:_LONGEST_REMARK],
    }
    return {**told, "title": one.title[:_LONGEST_TITLE]} if one.title else told


def _cut(summary: str) -> str:
    """The summary at the length that GitHub takes, which it counts in bytes."""
    if len(summary.encode()) <= _LONGEST_SUMMARY:
        return summary
    kept = summary.encode()[: _LONGEST_SUMMARY - len(_CUT.encode())]
    return kept.decode("utf-8", "ignore") + _CUT
