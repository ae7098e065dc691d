"""Apply: carry out a plan and nothing else, change by change, in the plan's order.

Carrying out the same plan twice changes nothing the second time: every write either is an ``ensure`` or was
planned from what the forge showed a moment ago, and the ledger refuses a second writer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, cast

from automation.accounts import Accounts
from automation.bots.desk import answered_by
from automation.core.errors import CheckFailed, ForgeRefused, LaikError, RenderFailed, Where
from automation.core.life import hands_over
from automation.core.memory import remember
from automation.core.outputport import outgoing
from automation.core.plan import (
    Answer,
    Change,
    CloseIssue,
    MergeHosting,
    Place,
    PlaceOnBoard,
    Plan,
    PostStatus,
    ProposeFile,
    Provision,
    Relabel,
    Remember,
    Remind,
    ReopenIssue,
    RevokeOrphan,
    ServeHosting,
    WriteCard,
)
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import (
    Annotation,
    FileWrite,
    Forge,
    Hook,
    Issue,
    MergeRequest,
    StatusDetails,
    StatusState,
)
from automation.provision import BOARD, provision
from automation.store.ledger import JSON
from automation.store.open import Store

Shows = Relabel | PlaceOnBoard | WriteCard | PostStatus | Answer | Remind
"""What only shows: carried out also when a repository could not be made."""


class Served(Protocol):
    """What the apply process answers for one name."""

    @property
    def serial(self) -> int:
        """The zone's serial."""

    @property
    def digest(self) -> str:
        """Digest of what is served."""

    @property
    def proven(self) -> bool:
        """Whether the name was read back as it should be."""

    @property
    def problem(self) -> Bilingual:
        """Why it is not proven."""


class Serve(Protocol):
    """Runs the apply process and reads one request file's name back."""

    def __call__(self, path: str, *, gone: bool = False) -> Served:
        """Serve the admitted set; the outcome for the name of the file at ``path``.

        ``gone``: proven is that the name is not served any more.
        """


class Applier:
    """Carries out plans of one case; made anew for every run."""

    def __init__(
        self,
        forge: Forge,
        store: Store,
        *,
        key: str,
        seq: int,
        issue: Issue | None,
        templates: Mapping[str, TemplateSource],
        hook: Hook | None,
        serve: Serve,
        now: Callable[[], datetime],
    ) -> None:
        self._forge = forge
        self._store = store
        self._key = key
        self._seq = seq
        self._issue = issue
        self._templates = templates
        self._hook = hook
        self._serve = serve
        self._now = now

    def carry_out(self, plan: Plan) -> tuple[LaikError, ...]:
        """Every change, in order; the refusals of statuses and boards, which keep nothing else from it.

        Nothing is decided from either. Whoever may push can make the forge refuse more statuses: GitHub takes
        1,000 on a commit for each context, whoever posts them. A board needs a permission of its own there.

        Raises:
            LedgerConflict: another worker was first; read the case anew.
            ForgeRefused, ForgeUnreachable, CheckFailed: what was done stays done; run again later.
        """
        refusal: LaikError | None = None
        unshown: list[LaikError] = []
        for change in plan:
            if refusal is not None and not isinstance(change, Shows):
                continue
            try:
                self._carry_out(change)
            except (ForgeRefused, RenderFailed) as problem:
                # A repository that cannot be made must not keep people from hearing where their case stands.
                if isinstance(change, PostStatus | PlaceOnBoard):
                    unshown.append(problem)
                elif isinstance(change, Provision):
                    refusal = refusal or problem
                else:
                    raise
        if refusal is not None:
            raise refusal
        return tuple(unshown)

    def _carry_out(self, change: Change) -> None:
        match change:
            case Remember():
                self._remember(change.kind, change.body)
            case Provision():
                self._provision(change)
            case WriteCard():
                self._write_card(change)
            case Answer():
                self._answer(change)
            case Remind():
                self._comment(change.place, change.body)
                self._remember("reminded", change.entry)
            case PostStatus():
                self._post_status(change)
            case Relabel() | PlaceOnBoard() | CloseIssue() | ReopenIssue():
                if self._issue is not None:
                    self._change_issue(self._issue, change)
            case MergeHosting():
                self._merge(change)
            case ServeHosting() | RevokeOrphan():
                self._serve_hosting(change)
            case ProposeFile():
                self._propose(change)

    def _change_issue(self, issue: Issue, change: Relabel | PlaceOnBoard | CloseIssue | ReopenIssue) -> None:
        match change:
            case Relabel():
                self._forge.relabel_issue(issue, add=change.add, remove=change.remove)
            case PlaceOnBoard():
                self._forge.place_on_board(issue, BOARD, change.lane, change.due)
            case CloseIssue():
                self._forge.close_issue(issue)
            case ReopenIssue():
                self._forge.reopen_issue(issue)

    def _remember(self, kind: str, body: Mapping[str, object]) -> None:
        entry = self._store.ledger.append(
            self._key, kind, cast(Mapping[str, JSON], body), at=self._now(), expect=self._seq
        )
        self._seq = entry.seq

    def _provision(self, change: Provision) -> None:
        cases_of, trusted = self._store.links.cases_of, Accounts(self._store.ledger).holds
        project = provision(
            self._forge, change, self._templates, self._hook, cases_of, trusted, self._may_adopt
        )
        kind = change.wish.kind
        self._store.links.set(self._key, kind, project.id)
        if change.project_id != project.id:
            self._remember("linked", {"kind": kind, "project": project.id})
        self._remember("provisioned", change.entry(project.id))

    def _may_adopt(self, former: Sequence[str]) -> bool:
        """Whether those cases are over and of this case's own agency."""
        agency = remember(self._store.ledger.entries(self._key)).agency
        memories = [remember(self._store.ledger.entries(key)) for key in former]
        return bool(agency) and all(hands_over(one, agency) for one in memories)

    def _write_card(self, change: WriteCard) -> None:
        place = change.place
        if change.comment_id is None:
            self._comment(place, change.body)
        else:
            self._forge.edit_comment(place.project_id, place.kind, place.iid, change.comment_id, change.body)

    def _comment(self, place: Place, body: str) -> None:
        self._forge.add_comment(place.project_id, place.kind, place.iid, body)

    def _answer(self, change: Answer) -> None:
        """Answer, and remember it.

        Whoever may edit laik's comments could else take the marker out of one again and again, and laik would
        answer without end.
        """
        self._comment(change.place, change.body)
        self._remember("answered", {"about": answered_by(change.marker)})

    def _post_status(self, change: PostStatus) -> None:
        self._forge.set_status(
            change.project_id,
            change.sha,
            context=change.context,
            state=StatusState(change.state),
            description=change.description,
            target_url=change.target_url,
            details=_details(change),
        )

    def _propose(self, change: ProposeFile) -> None:
        """A merge request of laik's own; one that was cut off is found by its branch and finished."""
        forge, project_id = self._forge, change.project_id
        project = forge.get_project(project_id)
        if project is None:
            return
        requests = forge.list_merge_requests(project_id, state="all")
        if not any(_proposes(one, change) for one in requests):
            if forge.branch_head(project_id, change.branch) is None:
                files = [FileWrite(change.path, change.text.encode())]
                forge.commit_files(project_id, change.branch, change.title, files)
            told = outgoing(["Ditulis laik dari catatannya; isi yang lain diisi orang, lalu gabungkan.\n"])
            target = project.default_branch
            forge.create_merge_request(project_id, change.branch, target, change.title, told)
        self._remember("inventory", change.known)

    def _merge(self, change: MergeHosting) -> None:
        """The intent is written first, so that a crash in between is told from someone else's merge.

        Once is enough: a merge that the forge refuses is tried again, and must not fill the ledger.
        """
        memory = remember(self._store.ledger.entries(self._key))
        if memory.intended.get(change.iid) != {name: str(value) for name, value in change.intent.items()}:
            self._remember("merge_intended", change.intent)
        request = self._forge.get_merge_request(change.project_id, change.iid)
        if request is not None and request.state == "open":
            self._forge.merge(request, sha=change.head_sha, message=change.message)

    def _serve_hosting(self, change: ServeHosting | RevokeOrphan) -> None:
        if isinstance(change, RevokeOrphan):
            self._revoke_orphan(change)
        else:
            self._serve_name(change)

    def _serve_name(self, change: ServeHosting) -> None:
        """Success of an apply is no proof: only what was read back is remembered."""
        served = self._serve(change.name, gone=True) if change.gone else self._serve(change.name)
        if not served.proven:
            raise _unproven(self._key, change.name, served.problem)
        body = {
            "decision": change.decision,
            "serial": served.serial,
            "digest": served.digest,
            "sha": change.sha,
        }
        self._remember("applied", body)

    def _revoke_orphan(self, change: RevokeOrphan) -> None:
        """Into the chain of the case that holds the name; a run that was cut off goes on where it stopped."""
        ledger, case = self._store.ledger, change.case
        memory = remember(ledger.entries(case))
        if change.path in memory.names and change.body:
            body = cast(Mapping[str, JSON], change.body)
            ledger.append(case, "revoked", body, at=self._now(), expect=memory.seq)
            memory = remember(ledger.entries(case))
        served = self._serve(change.path, gone=True)
        if not served.proven:
            raise _unproven(case, change.path, served.problem)
        decision = memory.down.get(change.path)
        if decision is not None:
            told: dict[str, JSON] = {
                "decision": decision,
                "serial": served.serial,
                "digest": served.digest,
                "sha": "",
            }
            ledger.append(case, "applied", told, at=self._now(), expect=memory.seq)


def _proposes(request: MergeRequest, change: ProposeFile) -> bool:
    """Whether a request is the proposal itself, or an earlier one of the same content that still waits."""
    waits = request.state == "open" and change.stem and request.source_branch.startswith(change.stem)
    return request.source_branch == change.branch or bool(waits)


def _details(change: PostStatus) -> StatusDetails | None:
    """What a check run shows beyond the status; None when nothing was said."""
    if not change.details_digest:
        return None
    said = tuple(Annotation(one.path, one.line, one.text, one.title) for one in change.remarks)
    return StatusDetails(change.summary, said, change.details_digest)


def _unproven(key: str, path: str, problem: Bilingual) -> CheckFailed:
    return CheckFailed(
        Bilingual(
            f"Yang disajikan belum terbukti: {problem.id}", f"What is served is not proven yet: {problem.en}"
        ),
        remedy=Bilingual(
            "laik mencoba lagi; periksa server nama dan server web bila terus begini.",
            "laik tries again; look at the name server and web server should it stay so.",
        ),
        where=Where(file=path, case=key),
    )
