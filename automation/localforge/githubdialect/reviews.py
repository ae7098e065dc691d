"""Routes: reviews of pull requests (they are part of the theme ``pulls``)."""

from __future__ import annotations

from typing import Any

from automation.localforge import githubpulls, mergerequests, noteables
from automation.localforge.events import ReviewSubmitted
from automation.localforge.githubdialect import renderpulls
from automation.localforge.githubdialect.call import PUSH, Call, Reply, Route, Rows, not_found, refused
from automation.localforge.githubpulls import Review
from automation.localforge.records import MergeRequest, Project
from automation.localforge.refusals import Refusal

_STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def target(call: Call, level: int = 10) -> tuple[Project, MergeRequest]:
    """The pull request that the path names."""
    project = call.project(level)
    return project, mergerequests.get_merge_request(call.engine, project, call.number("number"))


def _review(call: Call, request: MergeRequest) -> Review:
    found = call.engine.store.one(
        Review,
        "SELECT * FROM github_reviews WHERE merge_request_id = ? AND id = ?",
        request.id,
        call.number("review_id"),
    )
    if found is None or (found.state == "PENDING" and found.user_id != call.actor.id):
        raise not_found()
    return found


def _unprocessable(message: str) -> Refusal:
    return refused(422, "Unprocessable Entity", [message])


def _list(call: Call) -> Any:
    _, request = target(call)
    rows = githubpulls.reviews_on(call.engine, request, call.user)
    return Rows(rows, lambda row: renderpulls.review(call.engine, request, row))


def _get(call: Call) -> Any:
    _, request = target(call)
    return renderpulls.review(call.engine, request, _review(call, request))


def _create(call: Call) -> Any:
    _, request = target(call)
    event = call.text("event")
    body = call.text("body") or ""
    mine = [
        row
        for row in githubpulls.reviews_on(call.engine, request, call.actor)
        if row.state == "PENDING" and row.user_id == call.actor.id
    ]
    if mine:
        raise _unprocessable("User can only have one pending review per pull request")
    state = _judged(call, request, event, body) if event else "PENDING"
    review_id = call.engine.store.insert(
        "github_reviews",
        merge_request_id=request.id,
        user_id=call.actor.id,
        state=state,
        body=body,
        sha=call.text("commit_id") or request.head_sha,
        submitted_at=call.engine.now() if event else None,
    )
    return Reply(200, _told(call, request, review_id, "submitted" if event else None))


def _judged(call: Call, request: MergeRequest, event: str, body: str) -> str:
    """The state that an event leads to.

    Raises:
        Refusal: 422 for approving or faulting one's own pull request, or saying nothing.
    """
    if event not in _STATES:
        raise _unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value")
    if request.author_id == call.actor.id and event != "COMMENT":
        act = "approve" if event == "APPROVE" else "request changes on"
        raise _unprocessable(f"Review Can not {act} your own pull request")
    if event != "APPROVE" and not body.strip():
        raise _unprocessable("Body can't be blank")
    return _STATES[event]


def _told(call: Call, request: MergeRequest, review_id: int, action: str | None) -> dict[str, Any]:
    """The review's JSON; with an ``action`` the hooks hear of it."""
    found = call.engine.store.one(Review, "SELECT * FROM github_reviews WHERE id = ?", review_id)
    assert found is not None  # noqa: S101 - written a moment ago
    shown = renderpulls.review(call.engine, request, found)
    if action is not None:
        noteables.touch(call.engine, request)
        event = ReviewSubmitted(call.actor, request, action, shown)
        call.engine.announce(request.project_id, event)
    return shown


def _submit(call: Call) -> Any:
    _, request = target(call)
    found = _review(call, request)
    if found.state != "PENDING":
        raise _unprocessable("Could not submit a review that is not pending")
    body = call.text("body") or found.body
    state = _judged(call, request, call.needed("event"), body)
    call.engine.store.update(
        "github_reviews", found.id, state=state, body=body, submitted_at=call.engine.now()
    )
    return Reply(200, _told(call, request, found.id, "submitted"))


def _dismiss(call: Call) -> Any:
    _, request = target(call, PUSH)
    found = _review(call, request)
    call.needed("message")
    if found.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise _unprocessable("Can not dismiss a commented pull request review")
    call.engine.store.update("github_reviews", found.id, state="DISMISSED")
    return _told(call, request, found.id, "dismissed")


_R = "/repos/{owner}/{repo}/pulls/{number}/reviews"
ROUTES: tuple[Route, ...] = (
    Route("GET", _R, _list, ("pull_requests", "read")),
    Route("POST", _R, _create, ("pull_requests", "write")),
    Route("GET", f"{_R}/{{review_id}}", _get, ("pull_requests", "read")),
    Route("POST", f"{_R}/{{review_id}}/events", _submit, ("pull_requests", "write")),
    Route("PUT", f"{_R}/{{review_id}}/dismissals", _dismiss, ("pull_requests", "write")),
)
