"""The life of a case beside its steps: withdrawn, duplicate, suspended, closed by hand; and a name revoked.

A case that is not *running* decides nothing and has nothing merged in its name; what it did stays done, its
case file stays where it is, and a name that is served stays served until it is removed or revoked.

================  =======================================  ==========================================
line              by whom                                  what follows
================  =======================================  ==========================================
tarik kasus       the agency's head or team while no name  *ditarik*; the issue is closed
                  is served; the ICT head at any time
duplikat <KEY>    any office role                          *duplikat* of that other case; closed
buka kasus        whoever may do what is taken back        running again; the issue is opened
tunda kasus       ICT head, head of division or section    *ditunda*; the clock stands still
lanjut kasus      the same                                 running again
cabut <name>      the ICT head, whatever the case's state  the name is taken down at once
ajukan            the agency's head or team, any office    the application's record is proposed for the
inventaris        role, once the case is finished          inventory once more
================  =======================================  ==========================================

The state is read from the acts in the ledger, in their order, and from nothing else: a comment that is
edited or deleted afterwards changes neither a withdrawal nor a revocation.

A **revocation** overtakes everything before it: merges that were intended and not admitted yet are never
admitted, and approvals of open hosting requests lapse, since every digest of a hosting request covers the
revocations before it (``Memory.revocations``). So only a request approved anew restores a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from automation.core.act import Act
from automation.core.bench import Ruled
from automation.core.finding import Finding, Outcome
from automation.core.hosting_findings import CHECK
from automation.core.hosting_request import CASE, FOLDER, LABEL
from automation.core.memory import INVENTORY, LIFE, REVOKED, Memory, RuledAct
from automation.core.orphannames import Orphan, rule_orphan
from automation.core.policy import digest_of
from automation.core.procedure import Procedure
from automation.core.text import Bilingual
from automation.core.verbs import VERBS

State = Literal["berjalan", "ditarik", "duplikat", "ditunda"]
ENDED: frozenset[str] = frozenset({"ditarik", "duplikat"})
CASE_WORD, INVENTORY_WORD = "kasus", "inventaris"
_TO_INVENTORY = ("ajukan", INVENTORY_WORD)
OWNERS = frozenset({"owner_head", "owner_team"})
ICT_HEAD = frozenset({"ict_head"})
SUSPENDERS = frozenset({"ict_head", "division_head", "section_head"})
_TO: Mapping[str, State] = {
    "tarik": "ditarik",
    "duplikat": "duplikat",
    "tunda": "ditunda",
    "buka": "berjalan",
    "lanjut": "berjalan",
}
_FROM: Mapping[str, frozenset[str]] = {
    "tarik": frozenset({"berjalan", "ditunda"}),
    "duplikat": frozenset({"berjalan", "ditunda"}),
    "tunda": frozenset({"berjalan"}),
    "buka": ENDED,
    "lanjut": frozenset({"ditunda"}),
}


@dataclass(frozen=True, slots=True)
class Life:
    """Where a case stands beside its steps.

    ``act`` is the last act that changed it, None while nobody did; ``other`` the case a duplicate names;
    ``closed_by_hand`` that its issue was closed by somebody while the case runs, which pauses it.
    """

    state: State = "berjalan"
    act: RuledAct | None = None
    other: str = ""
    closed_by_hand: bool = False

    @property
    def running(self) -> bool:
        """Whether anything may be decided."""
        return self.state == "berjalan" and not self.closed_by_hand

    @property
    def ended(self) -> bool:
        """Whether its issue should be closed: withdrawn, or a duplicate."""
        return self.state in ENDED

    @property
    def word(self) -> str:
        """Its state in one word, for lists and labels."""
        return "issue_ditutup" if self.state == "berjalan" and self.closed_by_hand else self.state


@dataclass(frozen=True, slots=True)
class Docket:
    """What a line about the whole case is ruled on.

    ``accounts`` are by role, casefolded; ``closed_by_hand`` as in :class:`Life`; ``cases`` keys
    of others that lead on (:func:`leads_on`); ``asked`` path and blob of the open hosting request;
    ``orphans`` names of cases without their issue, by path; ``passed_on`` whether another case has taken
    the application over.
    """

    procedure: Procedure
    memory: Memory
    accounts: Mapping[str, frozenset[str]]
    closed_by_hand: bool = False
    cases: frozenset[str] = frozenset()
    asked: tuple[str, str] = ("", "")
    orphans: Mapping[str, Orphan] = field(default_factory=dict)
    passed_on: bool = False


def life_of(memory: Memory, *, closed_by_hand: bool = False) -> Life:
    """The state that the acts in memory amount to."""
    last = next((act for act in reversed(memory.acts) if act.step == LIFE), None)
    word = last.subjects.get("keadaan", "") if last is not None else ""
    state: State = next((one for one in _TO.values() if one == word), "berjalan")
    other = last.subjects.get("lain", "") if last is not None else ""
    return Life(state, last, other, closed_by_hand and not memory.finished)


def hands_over(former: Memory, agency: str) -> bool:
    """Whether another case of ``agency`` may go on with the application of a former case.

    One whose issue was deleted can neither be finished nor withdrawn any more, and would keep it for ever.
    """
    return former.agency == agency and (former.finished or former.issue_gone or life_of(former).ended)


def leads_on(other: Memory) -> bool:
    """Whether people who are sent to that case find one that goes on, or went on to its end.

    Two cases that call each other duplicates would send them round and round.
    """
    return other.is_case and not other.issue_gone and not life_of(other).ended


def rule_life(act: Act, docket: Docket) -> Ruled | None:
    """The ruling on an act that speaks of the whole case, or on any act while the case does not run.

    None leaves the act to the steps. Never raises for what people write.
    """
    verb = act.command.verb
    if act.edited or not act.command.known or VERBS[verb].use in {"ask", "note"}:
        return None
    if act.source == "issue" and verb == "cabut":
        return _rule_revocation(act, docket)
    if act.source == "issue" and docket.memory.finished and (verb, act.command.about) == _TO_INVENTORY:
        return _rule_inventory(act, docket)
    speaks_of_case = verb == "duplikat" or (verb in _TO and act.command.about == CASE_WORD)
    if act.source == "issue" and speaks_of_case:
        return _rule_change(act, docket)
    life = life_of(docket.memory, closed_by_hand=docket.closed_by_hand)
    if act.source != "issue" or life.running or docket.memory.finished:
        return (
            None  # a request to remove a name is decided all the same, so the hosting gate has the word there
        )
    return _void(act, standstill(life))


def _rule_change(act: Act, docket: Docket) -> Ruled:
    verb, other = act.command.verb, act.command.about.upper()
    life = life_of(docket.memory)
    problem = (
        _not_by(act, docket, _who_may(verb, life, docket))
        or _not_now(verb, life, docket)
        or (_no_duplicate(other, docket) if verb == "duplikat" else None)
        or (_needs_reason(f"@laik {verb} {act.command.about} <alasan>") if act.command.lacks_reason else None)
    )
    if problem is not None:
        return _void(act, problem)
    subjects = {"keadaan": _TO[verb], "lain": other if verb == "duplikat" else ""}
    return Ruled(act, "noted", LIFE, "", subjects, None)


def _who_may(verb: str, life: Life, docket: Docket) -> tuple[str, ...]:
    """Roles (ids) that may say so in this case as it stands."""
    roles = docket.procedure.roles
    if verb in {"tunda", "lanjut"}:
        return tuple(role.id for role in roles if role.archetype in SUSPENDERS)
    if verb == "duplikat" or (verb == "buka" and life.state == "duplikat"):
        return tuple(role.id for role in roles if role.scope == "dinas" and not role.builds)
    allowed = ICT_HEAD if docket.memory.names else ICT_HEAD | OWNERS
    return tuple(role.id for role in roles if role.archetype in allowed)


def _not_by(act: Act, docket: Docket, roles: tuple[str, ...]) -> Bilingual | None:
    """Deny by default; never the builder of the very application, whatever else he holds."""
    account = act.account.casefold()
    builders = (role.id for role in docket.procedure.roles if role.builds)
    builds = any(account in docket.accounts.get(role, frozenset()) for role in builders)
    if not builds and any(account in docket.accounts.get(role, frozenset()) for role in roles):
        return None
    labels = {role.id: role.label for role in docket.procedure.roles}
    named = ", ".join(labels[role] for role in roles) or "(tidak ada pada SOP ini)"
    return Bilingual(
        f"Hanya pemegang peran {named} yang dapat melakukan ini pada kasus sebagaimana keadaannya sekarang."
        " Bila Anda memegangnya, minta Diskominfo mencatat akun Anda pada kebijakan.",
        f"Only a holder of the role {named} can do this while the case stands as it does."
        " If you hold it, ask the ICT agency to name your account in the policy.",
    )


def _not_now(verb: str, life: Life, docket: Docket) -> Bilingual | None:
    if docket.memory.finished:
        return Bilingual(
            "Kasus ini sudah selesai dan tetap selesai. Nama yang tersaji dihapus melalui merge request pada"
            " proyek hosting, atau diturunkan Kepala Diskominfo dengan `@laik cabut <subdomain> <alasan>`.",
            "This case is finished and stays so. A served name is removed by a merge request in the hosting"
            " project, or taken down by the ICT head with `@laik cabut <subdomain> <reason>`.",
        )
    if life.state in _FROM[verb]:
        return None
    return Bilingual(
        f"Keadaan kasus sekarang '{life.state}', jadi perintah ini tidak mengubah apa pun."
        " Yang dapat dilakukan ada pada kartu.",
        f"The case is '{life.state}' now, so this changes nothing. The card says what can be done.",
    )


def _no_duplicate(other: str, docket: Docket) -> Bilingual | None:
    if re.fullmatch(CASE, other) is None or other not in docket.cases:
        return Bilingual(
            "Sebut kunci kasus lain yang ada dan tidak ditarik atau duplikat, misalnya"
            " `@laik duplikat PA-2026-0042 <alasan>`.",
            "Name another case that exists and is neither withdrawn nor a duplicate, as in"
            " `@laik duplikat PA-2026-0042 <reason>`.",
        )
    if docket.memory.names:
        return Bilingual(
            "Kasus ini memegang nama yang tersaji; hapus atau cabut nama itu dahulu.",
            "This case holds a name that is served; remove or revoke that name first.",
        )
    return None


def _rule_revocation(act: Act, docket: Docket) -> Ruled:
    """Take a name down, whatever the state of the case.

    A name that is merged and not admitted yet counts, and so does one that is asked for: its approval may
    have been given a moment ago, and would be worth nothing to him who comes a moment late.
    """
    label = act.command.about.partition(".")[0]
    path = f"{FOLDER}{label}.yaml"
    roles = tuple(role.id for role in docket.procedure.roles if role.archetype in ICT_HEAD)
    problem = _not_by(act, docket, roles)
    if problem is None and re.fullmatch(LABEL, label) is None:
        problem = _not_held(docket)
    blob = _blob_at(path, docket)
    orphan = docket.orphans.get(path) if not blob else None
    if problem is None and not blob and orphan is None:
        problem = _not_held(docket)
    if problem is None and act.command.lacks_reason:
        problem = _needs_reason(f"@laik cabut {label} <alasan>")
    if problem is not None:
        return _void(act, problem)
    if orphan is not None:
        return rule_orphan(act, path, orphan)
    decision = digest_of(["cabut", act.id, path, blob])
    return Ruled(act, "noted", REVOKED, decision, {"path": path, "blob": blob}, None)


def _rule_inventory(act: Act, docket: Docket) -> Ruled:
    """Have the record proposed once more; while a case has steps to go the words are a step's, if any's."""
    allowed = (one.id for one in docket.procedure.roles if one.scope == "dinas" or one.archetype in OWNERS)
    problem = _not_by(act, docket, tuple(allowed))
    if problem is None and docket.passed_on:
        problem = Bilingual(
            "Kasus lain sudah melanjutkan aplikasi ini; datanya pada inventaris ditulis dari kasus itu.",
            "Another case goes on with this application; its record in the inventory is written from there.",
        )
    if problem is not None:
        return _void(act, problem)
    told = Bilingual(
        "Data aplikasi diajukan sekali lagi untuk inventaris bila yang sudah digabungkan berbeda; merge"
        " request yang masih terbuka tidak diajukan dua kali.",
        "The application's record is proposed for the inventory once more where what is merged differs; a"
        " merge request that is still open is not made twice.",
    )
    return Ruled(act, "noted", INVENTORY, "", {}, told)


def _blob_at(path: str, docket: Docket) -> str:
    memory = docket.memory
    held = memory.names.get(path)
    if held is not None:
        return held.blob
    waiting = [
        intent["blob"]
        for number, intent in memory.intended.items()
        if intent.get("path") == path and number not in memory.admissions and intent.get("blob")
    ]
    asked = [docket.asked[1]] if docket.asked[0] == path and docket.asked[1] else []
    return [*asked, *waiting, ""][0]


def _not_held(docket: Docket) -> Bilingual:
    held = ", ".join(path.removeprefix(FOLDER).removesuffix(".yaml") for path in docket.memory.names) or "-"
    return Bilingual(
        f"Kasus ini tidak memegang nama itu; yang dipegang: {held}.",
        f"This case does not hold that name; it holds: {held}.",
    )


def standstill(life: Life) -> Bilingual:
    """Why nothing is decided now, and who can change that."""
    match life.word:
        case "ditarik":
            return Bilingual(
                "Kasus ini ditarik; tidak ada yang diputuskan."
                " Dibuka lagi dengan `@laik buka kasus <alasan>`.",
                "This case is withdrawn; nothing is decided."
                " It is reopened with `@laik buka kasus <reason>`.",
            )
        case "duplikat":
            return Bilingual(
                f"Kasus ini duplikat {life.other}; lanjutkan di sana."
                " Dibuka lagi dengan `@laik buka kasus <alasan>`.",
                f"This case is a duplicate of {life.other}; go on there."
                " It is reopened with `@laik buka kasus <reason>`.",
            )
        case "ditunda":
            return Bilingual(
                "Kasus ini ditunda; tidak ada yang diputuskan. Dilanjutkan dengan `@laik lanjut kasus`.",
                "This case is suspended; nothing is decided. It is resumed with `@laik lanjut kasus`.",
            )
        case _:
            return Bilingual(
                "Issue kasus ini ditutup, jadi kasusnya berhenti di tempatnya. Siapa pun yang berhak dapat"
                " membuka kembali issue ini; kasus lalu berlanjut, dan perintah ditulis ulang.",
                "This case's issue is closed, so the case rests where it is. Whoever may can reopen the"
                " issue; the case then goes on, and the command is written anew.",
            )


def hosting_stop(life: Life) -> tuple[Finding, ...]:
    """Why nothing is merged in the name of a case that does not run; empty while it runs."""
    if life.running:
        return ()
    why = standstill(life)
    remedy = Bilingual("Lihat kartu kasus.", "See the case's card.")
    return (Finding(check=CHECK, outcome=Outcome.FAIL, seen=why, remedy=remedy, key="case_runs"),)


def entry_of(ruled: Ruled) -> tuple[str, dict[str, object]] | None:
    """Kind and body of the ledger entry for an act about the case or a name; None for every other act.

    One entry says both that the act was ruled on and what came of it: of two, a crash could lose the second.
    """
    if ruled.ruling != "noted" or ruled.step not in {LIFE, REVOKED}:
        return None
    body: dict[str, object] = {
        "act": ruled.act.id,
        "account": ruled.act.account_id,
        "body": ruled.act.body_digest,
    }
    if ruled.step == LIFE:
        body |= {"state": ruled.subjects["keadaan"], "other": ruled.subjects["lain"]}
        return "life", body
    return "revoked", body | {**ruled.subjects, "decision": ruled.digest}


def named_cases(acts: Iterable[Act], memory: Memory) -> frozenset[str]:
    """Keys that new ``duplikat`` lines name; whether those cases exist must be looked up."""
    ruled = memory.ruled()
    return frozenset(
        act.command.about.upper()
        for act in acts
        if act.command.verb == "duplikat"
        and act.id not in ruled
        and re.fullmatch(CASE, act.command.about.upper())
    )


def _needs_reason(line: str) -> Bilingual:
    return Bilingual(f"Sertakan alasannya. Tempelkan: `{line}`", f"Give the reason. Paste: `{line}`")


def _void(act: Act, reply: Bilingual) -> Ruled:
    return Ruled(act, "void", "", "", {}, reply)
