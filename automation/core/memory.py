"""What a case remembers: its ledger entries read back into plain records.

The ledger wins on what was done (architecture, decision 9): every act is ruled on exactly once, and what
the ruling was stays, whatever happens to the comment later. Bodies hold ids and hashes only; the entry
kinds and their keys are the table below, and nothing else reads or writes them.

==============  ===================================================================================
accepted        form: digest of the request form; agency: whose case it is, for good;
                procedure, version: the SOP the case started with; sop_digest: of its content
                (``automation.core.catalogue``); filed: when its issue was made
linked          kind, project: a repository that belongs to the case
provisioned     kind, project, wish: digest of what was wished for and is now there. Where it has milestones,
                "calendar" is the digest of the working calendar that gave them their days
shown           step, digest, subjects: what a card showed under a code
act             act, step, ruling, digest, subjects, account, body, roles, unit, capacity, check, until,
                covers: one act and how it was ruled. The last six only where they say something: who its
                giver was then, and what a waiver lifts
closed          step, digest, subjects: a step was complete
offered         version, digest: moving the case to that version of its SOP was offered
migrated        version, offer, carried, sop_digest: it was accepted; digests of steps that were taken
                along, old and new; sop_digest: of the content of that version
merge_intended  merge_request, head, path, blob, sha, decision, removed, until: laik is about to merge
                exactly this; removed: it takes the file away; until: day the name's term ends
admitted        path, blob, decision, merge_request, merge_sha, sha, removed, until
life            act, account, body, state, other: the case was withdrawn, suspended, resumed ...;
                other: the case that a duplicate names
inventory       path, digest: the application's file in the inventory was proposed, or says so already
issue_gone      gone: the case's issue was found deleted, or is there again
revoked         act, account, body, path, blob, decision: the name was taken down
applied         decision, serial, digest, sha: the admitted state was served and read back
finished        decision: the case was answered and closed
answered        about: the act (or ``selesai:<case>``, ``masa:...``, ``tegas:...``) laik has answered
turn            step, turn, since, due, near, calendar, held, seen: see ``automation.core.clock``. Of long
                work "half" is when half its time is over
reminded        step, since, what: people were told that a turn is ``near`` its due moment or ``late``, or
                that ``half`` of the time of long work is over
forged_status   project, sha, context, account, state: somebody else posted a status in laik's name
belongs         under ``!organisasi``: name, forge, path, project, root (``automation.belonging``)
account         under ``!akun``: name (its SHA-256), account: whose a name in the policy is
==============  ===================================================================================

What comes under ``!kebijakan`` beside this is told in ``automation.core.policyadmission``; ``act`` keeps
refusals alone there, with the forge's time of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from automation.core.entrybody import act_in, forged_in, number_of, text_of, texts_of, turn_in
from automation.core.remembered import (
    INVENTORY,
    LIFE,
    ORPHANED,
    REVOKED,
    RULINGS,
    Admission,
    Closed,
    Forged,
    Offer,
    RuledAct,
    Ruling,
    Shown,
    Turn,
    Waiver,
)

__all__ = [
    "INVENTORY",
    "LIFE",
    "ORPHANED",
    "REVOKED",
    "RULINGS",
    "Admission",
    "Closed",
    "EntryLike",
    "Forged",
    "Memory",
    "Offer",
    "RuledAct",
    "Ruling",
    "Shown",
    "Turn",
    "Waiver",
    "linked_at",
    "remember",
    "turn_in",
    "with_turn",
]


_NOTICES = ("masa:", "tegas:")


class EntryLike(Protocol):
    """A ledger entry as the store gives it."""

    @property
    def kind(self) -> str:
        """One of the kinds of the module's table."""

    @property
    def seq(self) -> int:
        """Its number within the case, from 1."""

    @property
    def body(self) -> Mapping[str, object]:
        """Ids and hashes."""

    @property
    def at(self) -> datetime:
        """When it was written, aware."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything remembered of one case.

    ``names`` are the admissions that stand now, by path, and ``admitted`` the newest of them; ``admissions``
    are the numbers of all merge requests that ever led to one, so that an older merge is never admitted a
    second time over a newer one. ``down`` are names taken away and not yet seen gone: path -> decision.
    ``noticed`` is when each notice of a term, or of the application's record, was given. ``inventory`` is the
    digest that was proposed last for the inventory, ``inventory_at`` and ``inventory_seq`` when, and in which
    entry. ``filed`` is when the case's issue was made, and ``issue_gone`` that it was found deleted.
    ``sop_digest`` is of the content of ``version``; empty when its entry is from before laik kept it.
    ``reminded`` are the reminders given: (step, since when the turn was, half, near or late).
    """

    seq: int = 0
    form: str = ""
    agency: str = ""
    accepted_at: datetime | None = None
    filed: str = ""
    issue_gone: bool = False
    inventory: str = ""
    inventory_at: datetime | None = None
    inventory_seq: int = 0
    procedure: str = ""
    version: str = ""
    sop_digest: str = ""
    projects: Mapping[str, int] = field(default_factory=dict)
    provisioned: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    acts: tuple[RuledAct, ...] = ()
    closed: Mapping[str, Closed] = field(default_factory=dict)
    offer: Offer | None = None
    intended: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    admitted: Admission | None = None
    names: Mapping[str, Admission] = field(default_factory=dict)
    down: Mapping[str, str] = field(default_factory=dict)
    admissions: frozenset[int] = frozenset()
    applied: str = ""
    finished: bool = False
    answered: frozenset[str] = frozenset()
    noticed: Mapping[str, datetime] = field(default_factory=dict)
    forged: tuple[Forged, ...] = ()
    turns: tuple[Turn, ...] = ()
    reminded: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def is_case(self) -> bool:
        """Whether the request was ever accepted as a case."""
        return bool(self.form)

    def ruled(self) -> frozenset[str]:
        """Ids of all acts ruled on."""
        return frozenset(act.act for act in self.acts)

    def closed_on(self, act: RuledAct) -> bool:
        """Whether an act is among those that its step was closed on, and that closing was the last one."""
        closed = self.closed.get(act.step)
        return closed is not None and closed.digest == act.digest and 0 < act.seq <= closed.seq

    def revocations(self) -> tuple[str, ...]:
        """Ids of the acts that took a name of this case down, in order."""
        return tuple(act.act for act in self.acts if act.step == REVOKED and act.ruling == "noted")

    def digests_shown(self, step: str, code: str) -> tuple[Shown, ...]:
        """What was ever shown for ``step`` under a code that starts with ``code``, each digest once."""
        matching = {one.digest: one for one in self.shown if one.step == step and one.digest.startswith(code)}
        return tuple(matching.values())

    def with_act(self, act: RuledAct) -> Memory:
        """The memory as it will be once ``act`` is written; a revocation takes its name away at once."""
        memory = replace(self, acts=(*self.acts, act))
        if act.step != REVOKED or act.ruling != "noted":
            return memory
        return _overtaken(memory, act.subjects.get("path", ""), act.digest)


def remember(entries: Iterable[EntryLike], since: Memory | None = None) -> Memory:
    """The memory a case's ledger entries amount to, in order of ``seq``; ``since``: that of those before."""
    memory = since or Memory()
    for entry in entries:
        memory = replace(_read(memory, entry), seq=entry.seq)
    return memory


def linked_at(entries: Iterable[EntryLike], project: int) -> str:
    """When a case was linked to a project (ISO, comparable); empty when it never was."""
    times = [
        one.at.isoformat() for one in entries if one.kind == "linked" and one.body.get("project") == project
    ]
    return max(times, default="")


def _read(memory: Memory, entry: EntryLike) -> Memory:
    body = entry.body
    match entry.kind:
        case "accepted":
            return replace(
                memory,
                form=text_of(body, "form"),
                agency=text_of(body, "agency"),
                accepted_at=entry.at,
                filed=text_of(body, "filed"),
                procedure=text_of(body, "procedure"),
                version=text_of(body, "version"),
                sop_digest=text_of(body, "sop_digest"),
            )
        case "linked":
            return replace(
                memory, projects={**memory.projects, text_of(body, "kind"): number_of(body, "project")}
            )
        case "provisioned":
            return replace(
                memory, provisioned={**memory.provisioned, text_of(body, "kind"): text_of(body, "wish")}
            )
        case "shown":
            shown = Shown(text_of(body, "step"), text_of(body, "digest"), texts_of(body, "subjects"))
            return replace(memory, shown=(*memory.shown, shown))
        case "act":
            return memory.with_act(act_in(body, entry.seq, entry.at))
        case "closed":
            closed = Closed(
                text_of(body, "step"), text_of(body, "digest"), texts_of(body, "subjects"), entry.at
            )
            closed = replace(closed, seq=entry.seq)
            return replace(memory, closed={**memory.closed, closed.step: closed})
        case "offered":
            return replace(memory, offer=Offer(text_of(body, "version"), text_of(body, "digest")))
        case "migrated":
            return _migrated(memory, body)
        case _:
            return _read_life(memory, entry)


def _read_life(memory: Memory, entry: EntryLike) -> Memory:
    body = entry.body
    match entry.kind:
        case "life":
            subjects = {"keadaan": text_of(body, "state"), "lain": text_of(body, "other")}
            return memory.with_act(_noted(entry, LIFE, "", subjects))
        case "revoked":
            subjects = {"path": text_of(body, "path"), "blob": text_of(body, "blob")}
            return memory.with_act(_noted(entry, REVOKED, text_of(body, "decision"), subjects))
        case "issue_gone":
            return replace(memory, issue_gone=bool(body.get("gone")))
        case "inventory":
            digest = text_of(body, "digest")
            return replace(memory, inventory=digest, inventory_at=entry.at, inventory_seq=entry.seq)
        case _:
            return _read_hosting(memory, entry)


def _migrated(memory: Memory, body: Mapping[str, object]) -> Memory:
    """The memory under the new version: what was decided on an old digest counts for its new one.

    A step that is not taken along was never complete there. Otherwise one that stays complete once it was
    (``binding: {content: until_closed}``) would be so by what somebody decided on under another rule.
    """
    pairs = body.get("carried", {})
    digests = {
        (str(step), str(pair[0])): str(pair[1])
        for step, pair in (pairs.items() if isinstance(pairs, Mapping) else ())
        if isinstance(pair, (list, tuple))
    }
    acts = tuple(replace(act, digest=digests.get((act.step, act.digest), act.digest)) for act in memory.acts)
    closed = {
        step: replace(one, digest=digests[step, one.digest])
        for step, one in memory.closed.items()
        if (step, one.digest) in digests
    }
    pinned = replace(
        memory, version=text_of(body, "version"), sop_digest=text_of(body, "sop_digest"), offer=None
    )
    return replace(pinned, acts=acts, closed=closed)


def _read_hosting(memory: Memory, entry: EntryLike) -> Memory:
    body = entry.body
    match entry.kind:
        case "merge_intended":
            number = number_of(body, "merge_request")
            texts = {key: str(value) for key, value in body.items()}
            return replace(memory, intended={**memory.intended, number: texts})
        case "admitted":
            admissions = memory.admissions | {number_of(body, "merge_request")}
            if body.get("removed"):
                memory = replace(memory, admissions=admissions)
                return _taken_away(memory, text_of(body, "path"), text_of(body, "decision"))
            admission = Admission(
                path=text_of(body, "path"),
                blob=text_of(body, "blob"),
                sha=text_of(body, "sha"),
                decision=text_of(body, "decision"),
                merge_request=number_of(body, "merge_request"),
                merge_sha=text_of(body, "merge_sha"),
                until=text_of(body, "until"),
            )
            return _admitting(replace(memory, admissions=admissions), admission)
        case "applied":
            decision = text_of(body, "decision")
            left = {path: one for path, one in memory.down.items() if one != decision}
            if len(left) < len(memory.down):
                return replace(memory, down=left)
            return replace(memory, applied=decision)
        case "finished":
            return replace(memory, finished=True)
        case "answered":
            about = text_of(body, "about")
            noticed = {**memory.noticed, about: entry.at} if about.startswith(_NOTICES) else memory.noticed
            return replace(memory, answered=memory.answered | {about}, noticed=noticed)
        case "forged_status":
            return replace(memory, forged=(*memory.forged, forged_in(body)))
        case "turn":
            return replace(memory, turns=with_turn(memory.turns, turn_in(body)))
        case "reminded":
            told = (text_of(body, "step"), text_of(body, "since"), text_of(body, "what"))
            return replace(memory, reminded=memory.reminded | {told})
        case _:
            return memory


def with_turn(turns: tuple[Turn, ...], turn: Turn) -> tuple[Turn, ...]:
    """A turn written again, since the calendar moved its due moment, stands in place of what it was."""
    last = turns[-1] if turns else None
    again = last is not None and (last.step, last.turn, last.since) == (turn.step, turn.turn, turn.since)
    return (*(turns[:-1] if again else turns), turn)


def _admitting(memory: Memory, admission: Admission) -> Memory:
    """With the newest admission last, and nothing of its path waited for any more."""
    others = {path: one for path, one in memory.names.items() if path != admission.path}
    down = {path: one for path, one in memory.down.items() if path != admission.path}
    names = {**others, admission.path: admission}
    return replace(memory, admitted=admission, names=names, down=down)


def _taken_away(memory: Memory, path: str, decision: str) -> Memory:
    """Without the file at ``path`` and no other; until it was seen gone, it is waited for."""
    names = {one: held for one, held in memory.names.items() if one != path}
    newest = next(reversed(list(names.values())), None)
    return replace(memory, names=names, admitted=newest, down={**memory.down, path: decision})


def _overtaken(memory: Memory, path: str, decision: str) -> Memory:
    """A revocation overtakes every merge that was meant before it and is not admitted yet.

    Otherwise a merge in flight would bring the name back a moment after it was taken down.
    """
    kept = {
        number: intent
        for number, intent in memory.intended.items()
        if intent.get("path") != path or number in memory.admissions
    }
    return _taken_away(replace(memory, intended=kept), path, decision)


def _noted(entry: EntryLike, step: str, digest: str, subjects: Mapping[str, str]) -> RuledAct:
    body = entry.body
    return RuledAct(
        act=text_of(body, "act"),
        step=step,
        ruling="noted",
        digest=digest,
        subjects=subjects,
        account=number_of(body, "account"),
        body=text_of(body, "body"),
        seq=entry.seq,
        at=entry.at,
    )
