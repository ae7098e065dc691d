"""Admission of policy: what it takes for another ``laik.yaml`` to come into force.

The policy says who may decide, so it comes into force as a name does (architecture, decision 2): by a merge
request, by two of its owners, and by an entry in the ledger. Until then the policy that was admitted last
stays in force, whatever stands on the branch.

The attack: whoever can merge or push in ``kendali`` (one Maintainer alone, an administrator of the forge, a
stolen token) gives himself every role. So a merge by itself brings nothing into force. Owners are those of
the policy in force, never of the one being judged, and are kept by account number: a name that was given up
and taken again is somebody else's. Each agreement binds to exactly this content over exactly that policy;
the owner who proposes a change may agree to it, and one person counts once, so nobody changes it alone.

Comments can be edited and deleted by others than who wrote them. So an act that was answered as not counting
never counts later, and a refusal stays until its giver agrees anew, whatever becomes of its comment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from automation.core.act import Act, nearest
from automation.core.codes import APPROVE, REJECT, code_for, typed
from automation.core.digest import digest_of
from automation.core.memory import EntryLike, Memory
from automation.core.policy import Policy
from automation.core.rulingauthority import bind
from automation.core.rulingwords import EDITED, needs_reason
from automation.core.setupanswers import leaves
from automation.core.text import Bilingual

KIND = "policy"
ABOUT = STEP = "kebijakan"
OWNERS_NEEDED = 2
SAID = "dikatakan"

AdmissionWay = Literal["first", "owners", "operator"]
"""``first``: the ledger knew none before; ``operator``: by hand, on laik's own machine."""
WAYS: frozenset[str] = frozenset(get_args(AdmissionWay))


@dataclass(frozen=True, slots=True)
class StandingPolicy:
    """The policy in force, as the ledger has it.

    ``digest`` is the hex SHA-256 of its text, ``blob`` its git blob id, ``owners`` are account numbers,
    ``acts`` the ids of the acts by which it was agreed to.
    """

    seq: int
    digest: str
    blob: str
    owners: frozenset[int]
    way: str
    at: datetime
    merge_request: int = 0
    acts: frozenset[str] = frozenset()


def standing_policy(entries: Iterable[EntryLike]) -> StandingPolicy | None:
    """The policy admitted last; None while the ledger knows none."""
    found = None
    for entry in entries:
        if entry.kind == KIND:
            body = entry.body
            found = StandingPolicy(
                entry.seq,
                str(body["digest"]),
                str(body["blob"]),
                frozenset(_numbers(body["owners"])),
                str(body["way"]),
                entry.at,
                int(str(body["merge_request"])),
                frozenset(_acts(body["agreed"])),
            )
    return found


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A policy that somebody wants in force.

    Attributes:
        digest: hex SHA-256 of its text; empty where the file was taken away.
        blob: its git blob id.
        owners: account numbers of the owners it names.
        problems: why it could not come into force, whoever agrees.
    """

    digest: str
    blob: str
    owners: tuple[int, ...]
    problems: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """An owner's word for a change: account number and name, the act, and the hash of its comment."""

    account: int
    name: str
    act: str
    body: str


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """What a change amounts to.

    Attributes:
        digest: what an agreement binds to.
        agreed: the owners who agree, each once.
        refused: refusals that the ledger does not remember yet.
        replies: the acts that do not count, with the reason.
        problems: what keeps the change from coming into force, whoever agrees.
    """

    digest: str
    agreed: tuple[Agreement, ...]
    refused: tuple[Act, ...]
    replies: tuple[tuple[Act, Bilingual], ...]
    problems: tuple[Bilingual, ...]

    @property
    def admissible(self) -> bool:
        """Whether nothing is against it and enough different owners agreed."""
        return not self.problems and len(self.agreed) >= OWNERS_NEEDED


def bound_digest(change: PolicyChange, standing: StandingPolicy) -> str:
    """What an agreement binds to: this text and these accounts, over that one entry of the ledger.

    Two attacks: history is put back to a merge that two owners once agreed to, after the policy went on and
    came back to the text of then (so the entry's number counts, and not its text alone); and the name of an
    owner who is to come is given up and taken by another between agreement and merge (so accounts count).
    """
    return digest_of([STEP, change.digest, sorted(set(change.owners)), standing.digest, standing.seq])


def judge(
    change: PolicyChange, standing: StandingPolicy, acts: Sequence[Act], memory: Memory
) -> PolicyVerdict:
    """Hold a change against what was said on its merge request.

    Args:
        change: the policy that is wanted.
        standing: the policy in force, whose owners count.
        acts: of the merge request, in their order (:func:`automation.core.act.acts_of`).
        memory: what the ledger remembers under the policy's key: codes that were shown, refusals, answers.
    """
    digest = bound_digest(change, standing)
    words = _remembered(memory, digest)
    ruled = {one.act for one in memory.acts} | memory.answered
    refused: list[Act] = []
    replies: list[tuple[Act, Bilingual]] = []
    for act in acts:
        if act.id in ruled:
            continue
        reply = _not_counted(act, change, digest, standing, memory)
        if reply is not None:
            replies.append((act, reply))
            continue
        agrees = act.command.verb == APPROVE
        if not agrees:
            refused.append(act)
        last = words.get(act.account_id)
        # Of two contradictory words in one second the refusal counts: the result is less approved.
        if last is None or last.at < act.at or (last.agreement and not agrees):
            words[act.account_id] = _Word(act.at, _agreement(act) if agrees else None)
    agreed = tuple(word.agreement for word in words.values() if word.agreement)
    return PolicyVerdict(digest, agreed, tuple(refused), tuple(replies), change.problems)


class _Word(NamedTuple):
    """An owner's last word: when by the forge's clock, and the agreement; None where he refused."""

    at: datetime
    agreement: Agreement | None


def _remembered(memory: Memory, digest: str) -> dict[int, _Word]:
    """Refusals of this very change, as the ledger has them."""
    words: dict[int, _Word] = {}
    for one in memory.acts:
        if (one.step, one.ruling, one.digest) == (STEP, "refused", digest):
            at = datetime.fromisoformat(one.subjects[SAID])
            if one.account not in words or words[one.account].at < at:
                words[one.account] = _Word(at, None)
    return words


def refusal_entry(act: Act, digest: str) -> Mapping[str, object]:
    """The entry (kind ``act``) that keeps a refusal, with the forge's time of it."""
    return {
        "act": act.id,
        "step": STEP,
        "ruling": "refused",
        "digest": digest,
        "subjects": {SAID: act.at.isoformat()},
        "account": act.account_id,
        "body": act.body_digest,
    }


def _agreement(act: Act) -> Agreement:
    return Agreement(act.account_id, act.account, act.id, act.body_digest)


def line_to_agree(memory: Memory, digest: str, verb: str = APPROVE) -> str:
    """The comment that agrees to a change, or takes that back (``tolak``), ready to paste."""
    line = f"@laik {verb} {ABOUT} {code_for(memory, STEP, digest)}"
    return line if verb == APPROVE else f"{line} <alasan>"


def _not_counted(
    act: Act, change: PolicyChange, digest: str, standing: StandingPolicy, memory: Memory
) -> Bilingual | None:
    """Why an act does not count; None when it does."""
    command = act.command
    # A refusal may have been edited: to count it can only make the result less approved.
    if act.edited and command.verb != REJECT:
        return EDITED
    if command.verb not in {APPROVE, REJECT} or command.about != ABOUT:
        return _usage(act, "" if change.problems else line_to_agree(memory, digest))
    if act.account_id not in standing.owners:
        return NOT_AN_OWNER
    if change.problems:
        return UNFIT
    paste = line_to_agree(memory, digest, command.verb)
    if command.lacks_reason:
        return needs_reason(paste)
    bound = bind(act, STEP, digest, paste, memory)
    return bound if isinstance(bound, Bilingual) else None


NOT_AN_OWNER = Bilingual(
    "Hanya pemilik kebijakan yang berlaku ('pemilik_kebijakan') yang dapat menyetujui perubahannya.",
    "Only an owner of the policy in force ('pemilik_kebijakan') can agree to a change of it.",
)


UNFIT = Bilingual(
    "Kebijakan ini belum dapat berlaku; alasannya ada pada kartu. Kode untuk menyetujuinya tampil sesudah"
    " diperbaiki.",
    "This policy cannot come into force yet; the card says why. The code to agree to it is shown once that is"
    " mended.",
)


def _usage(act: Act, line: str) -> Bilingual:
    guess = nearest(act.command.verb) if not act.command.known else None
    hint = (f" Maksud Anda `{typed(guess)}`?", f" Did you mean `{typed(guess)}`?") if guess else ("", "")
    paste = (f" Tempelkan: `{line}`", f" Paste: `{line}`") if line else ("", "")
    return Bilingual(
        f"Di sini hanya perubahan kebijakan yang diputuskan.{hint[0]}{paste[0]}",
        f"Only a change of the policy is decided here.{hint[1]}{paste[1]}",
    )


# ---- entries


def first_entry(change: PolicyChange) -> Mapping[str, object]:
    """The entry by which a ledger begins to know a policy: as it stood on the protected branch."""
    return _entry(change, before="", way="first")


def operator_entry(change: PolicyChange, standing: StandingPolicy | None) -> Mapping[str, object]:
    """The entry of an admission by hand."""
    return _entry(change, before=standing.digest if standing else "", way="operator")


def owners_entry(
    change: PolicyChange,
    standing: StandingPolicy,
    verdict: PolicyVerdict,
    *,
    merge_request: int,
    merge_sha: str,
    merged_by: int,
) -> Mapping[str, object]:
    """The entry of an admission by owners: who agreed by which act, and by whom the forge says it was merged.

    Raises:
        ValueError: the verdict does not admit it (a defect of the caller).
    """
    if not verdict.admissible:
        raise ValueError("a change of policy that is not admissible")
    return {
        **_entry(change, before=standing.digest, way="owners"),
        "merge_request": merge_request,
        "merge_sha": merge_sha,
        "merged_by": merged_by,
        "agreed": [
            {"account": one.account, "act": one.act, "body": one.body}
            for one in sorted(verdict.agreed, key=lambda one: one.account)
        ],
    }


def _entry(change: PolicyChange, *, before: str, way: AdmissionWay) -> dict[str, object]:
    return {
        "digest": change.digest,
        "blob": change.blob,
        "before": before,
        "owners": sorted(set(change.owners)),
        "way": way,
        "merge_request": 0,
        "merge_sha": "",
        "merged_by": 0,
        "agreed": [],
    }


def _acts(agreed: object) -> list[str]:
    listed = agreed if isinstance(agreed, list | tuple) else ()
    return [str(one["act"]) for one in listed if isinstance(one, Mapping)]


def _numbers(value: object) -> list[int]:
    return [int(str(one)) for one in value] if isinstance(value, list | tuple) else []


# ---- differences


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of the policy that would say something else; hostile text, empty where there is nothing."""

    key: str
    before: str
    after: str


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """What would change, by dotted key in order.

    Of a list each value that is new or gone is told by itself: at the end of a long one nobody would see it.
    """
    old, new = (dict(leaves(one.model_dump(mode="json"), lists=False)) for one in (before, after))
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return tuple(one for key in keys for one in _differing(key, old.get(key), new.get(key)))


def _differing(key: str, old: object, new: object) -> Iterator[Difference]:
    if not (isinstance(old, list | None) and isinstance(new, list | None)):
        yield Difference(key, _told(old), _told(new))
        return
    was, now = [_told(one) for one in old or ()], [_told(one) for one in new or ()]
    gone, come = Counter(was) - Counter(now), Counter(now) - Counter(was)
    yield from (Difference(key, one, "") for one in gone.elements())
    yield from (Difference(key, "", one) for one in come.elements())
    if not gone and not come:
        yield Difference(key, _told(old), _told(new))  # only their order, or a list that is empty


def _told(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_told(inner)}" for key, inner in value.items())
    return "" if value is None else str(value)
