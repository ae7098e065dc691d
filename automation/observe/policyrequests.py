"""Merge requests of the control project that change the policy: the open ones, and the one merged last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from automation.core.errors import LaikError
from automation.core.text import Bilingual
from automation.forges.base import Forge, MergeRequest
from automation.inforce import POLICY_FILE
from automation.observe.office import Office


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """A merge request and the policy it would bring, or has brought.

    ``text`` is None where it takes the file away. ``problem`` says why it cannot be judged; ``touches``
    whether it changes the policy at all.
    """

    request: MergeRequest
    text: bytes | None
    touches: bool
    problem: Bilingual | None = None
    stage: Literal["open", "merged"] = "open"


def open_changes(forge: Forge, office: Office) -> tuple[PolicyRequest, ...]:
    """All open merge requests of the control project, oldest first; those that leave the policy alone too."""
    return tuple(_seen(office, one) for one in forge.list_merge_requests(office.control.id))


def landed_change(forge: Forge, office: Office) -> MergeRequest | None:
    """The merge request that brought the policy which stands on the branch; None where none did.

    It is the first whose merge lies on the branch since the file last changed there: a rebase that brings
    several commits ends with another one than that which changed the file.
    """
    landed = office.control_mirror.landed(office.control.default_branch, POLICY_FILE)
    if not landed:
        return None
    requests = forge.list_merge_requests(office.control.id, state="merged")
    merged = _by_commit(one for one in requests if one.target_branch == office.control.default_branch)
    found = next((merged[sha] for sha in landed if sha in merged), None)
    if found is None or not _brought(office, found, landed[0]):
        return None
    # Who merged is in no listing of GitHub's.
    return forge.get_merge_request(office.control.id, found.iid)


def _brought(office: Office, request: MergeRequest, changed: str) -> bool:
    """Whether the commit that changed the file is the request's.

    The attack: a policy is pushed, and a harmless request is merged on top, so that the alarm and the card
    speak of that one. A rebase makes a new commit of the request's own text; a fast-forward puts the
    request's own commits there, which cannot be told from those that were there before.
    """
    if request.merge_sha in {changed, request.head_sha}:
        return True
    mirror, head = office.control_mirror, request.head_sha
    if not mirror.has(head) and not mirror.fetch_commit(head):
        return False
    return mirror.read(head, POLICY_FILE) == office.on_branch and mirror.merge_base(changed, head) != changed


def _by_commit(requests: Iterable[MergeRequest]) -> dict[str, MergeRequest]:
    return {one.merge_sha: one for one in requests if one.state == "merged" and one.merge_sha}


def _seen(office: Office, request: MergeRequest) -> PolicyRequest:
    if request.source_project_id != office.control.id:
        return PolicyRequest(request, None, touches=False)
    try:
        return _read(office, request)
    except LaikError as refusal:  # a tree that unfolds without end: the others go on
        return PolicyRequest(request, None, touches=False, problem=refusal.message)


def _read(office: Office, request: MergeRequest) -> PolicyRequest:
    """What the request would make of the policy: its own file, as long as the branch has not moved on.

    Merged after the branch got another policy, the outcome would be a third one that nobody was shown.
    """
    mirror, branch, head = office.control_mirror, office.control.default_branch, request.head_sha
    if not mirror.has(head) and not mirror.fetch_commit(head):
        return PolicyRequest(request, None, touches=False, problem=_UNREAD)
    tip = mirror.head(branch)
    base = mirror.merge_base(tip, head) if tip else None
    text, before = mirror.read(head, POLICY_FILE), mirror.read(base, POLICY_FILE) if base else None
    problem = None
    if request.target_branch != branch:
        problem = Bilingual(
            f"Permintaan harus menuju cabang '{branch}'.", f"The request must target the branch '{branch}'."
        )
    elif before != office.on_branch:
        problem = _BEHIND
    return PolicyRequest(request, text, touches=text != before, problem=problem)


_UNREAD = Bilingual(
    "Commit permintaan ini belum terbaca; laik mencoba lagi.",
    "This request's commit cannot be read yet; laik tries again.",
)
_BEHIND = Bilingual(
    "Kebijakan pada cabang utama sudah berubah sejak cabang ini dibuat; perbarui cabang ini (rebase atau"
    " merge).",
    "The policy on the default branch has changed since this branch was made; update this branch (rebase or"
    " merge).",
)
