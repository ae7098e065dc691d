"""Whether cases could still be decided under a policy: one that would lock everyone out is refused.

Looked at is whether the policy itself can still be changed, every act that an offered SOP asks for, in every
agency of the policy, and the approval of hosting. A policy is at fault where nobody could ever give such an
act: because nobody holds a role that may, because all who hold one are barred (laik's own account, and the
builders of the application, who may not judge their own work), because fewer persons hold the roles than
must agree, or because one person alone would have to dispose of a hosting request and approve it. Roles of
single cases (the vendor, a joint team) are named in the case, so a policy cannot lock them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from automation.core.authority import (
    Roles,
    Voice,
    builders,
    deciders,
    disposed_apart,
    may_build_and_act,
    missing_voices,
    seats_of,
    unit_of,
)
from automation.core.certificates import plain_http, told_plain_http
from automation.core.confirmation import confirm
from automation.core.policy import Policy
from automation.core.policyadmission import OWNERS_NEEDED
from automation.core.procedure import HumanAct, Procedure, Role, Step
from automation.core.procedure_flow import Problem
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class _Act:
    """One act that must be possible: which roles may give it; ``step`` says how many must agree."""

    what: Bilingual
    roles: tuple[str, ...]
    step: Step | None = None

    @property
    def human(self) -> HumanAct | None:
        """The act of the step; None for the approval of hosting."""
        return self.step.act if self.step is not None else None

    @property
    def seats(self) -> tuple[tuple[str, ...], ...]:
        """Which roles will do for each seat that must be filled by somebody."""
        step, human = self.step, self.human
        if step is None or human is None or human.agree != "each":
            return (self.roles,)
        return tuple(tuple(one for one in self.roles if seat in seats_of(step, (one,))) for seat in human.by)


def lockouts(policy: Policy, procedures: Mapping[str, Procedure], today: date) -> tuple[Problem, ...]:
    """Why some case could never go on, each with the dotted path of its place in ``laik.yaml``.

    Args:
        policy: read and found well-formed; SOPs it offers that ``procedures`` lacks are not looked at.
        procedures: all installed SOPs by id.
        today: an acting official whose term ended before it will never act again.
    """
    whole, policy = policy, _from(policy, today)
    # One fault a place and reason, however many acts and agencies it stops.
    stopped: dict[tuple[str, Bilingual], dict[Bilingual, None]] = {}
    for procedure in _offered(policy, procedures):
        for agency in list(policy.perangkat_daerah) or [""]:
            held = _held(policy, procedure, agency)
            for act in _acts(procedure):
                for fault in _locked(policy, procedure, held, act, agency):
                    stopped.setdefault(fault, {})[act.what] = None
            for fault, what in _alone(policy, procedure, held, agency):
                stopped.setdefault(fault, {})[what] = None
    locked = [(place, _told_stopped(why, tuple(acts))) for (place, why), acts in stopped.items()]
    return (*_owners(whole), *_bots(whole), *locked)


def _from(policy: Policy, today: date) -> Policy:
    """The policy without officials whose term is over; one that begins later will act one day."""
    return policy.model_copy(update={"pejabat": tuple(one for one in policy.pejabat if one.sampai >= today)})


def cautions(policy: Policy, procedures: Mapping[str, Procedure], today: date) -> tuple[Problem, ...]:
    """What locks nobody out and still may: hosting that hangs on one person; and a certificate left out.

    Who opened a hosting request or pushed to it may not approve it, so that one person's own request would
    wait for ever. Not counted are those without whom nobody could dispose of it, who do not approve it then.
    """
    found: list[Problem] = []
    policy = _from(policy, today)
    for procedure in _offered(policy, procedures):
        act = _hosting_act(procedure)
        held = _held(policy, procedure, "")
        _, free = _approvers(policy, procedure, held, act, "") if act else (frozenset(), frozenset())
        if act and len(free) == 1:
            found.append((_place(act.roles[0], ""), _told_single(procedure, "".join(free))))
    return tuple(dict.fromkeys([*found, *_partly_plain(policy)]))


def _partly_plain(policy: Policy) -> Iterator[Problem]:
    """A parent domain without a certificate beside others that have one: perhaps forgotten."""
    hosting = policy.hosting
    without = plain_http(hosting)
    if without and len(without) < len(set(hosting.induk_domain)):
        yield "hosting.induk_domain", told_plain_http(without)


def _offered(policy: Policy, procedures: Mapping[str, Procedure]) -> Iterator[Procedure]:
    """The SOPs of the policy as it enforces them."""
    for name in policy.sop:
        if name in procedures:
            yield confirm(procedures[name], policy.penegakan.get(name))


def _held(policy: Policy, procedure: Procedure, agency: str) -> Roles:
    """Who holds the roles in a case of this agency; acting officials count, whenever they act."""
    acting = policy.acting_in(agency)
    return {
        role.id: policy.holders(role.id, agency) | {one.account for one in acting if one.role == role.id}
        for role in procedure.roles
        if role.scope != "kasus"
    }


def _acts(procedure: Procedure) -> tuple[_Act, ...]:
    """Every act that people of the policy give, the approval of hosting last."""
    acts = [_act_of(procedure, step) for step in procedure.steps]
    return tuple(act for act in (*acts, _hosting_act(procedure)) if act is not None)


def _in_case(procedure: Procedure) -> frozenset[str]:
    return frozenset(role.id for role in procedure.roles if role.scope == "kasus")


def _hosting_act(procedure: Procedure) -> _Act | None:
    rule = procedure.hosting
    if rule is None or _in_case(procedure) & set(rule.approved_by):
        return None
    what = Bilingual(f"persetujuan hosting SOP {procedure.id}", f"the approval of hosting in {procedure.id}")
    return _Act(what, rule.approved_by)


def _act_of(procedure: Procedure, step: Step) -> _Act | None:
    """None where somebody named in the case may give it."""
    roles = deciders(step)
    alone = step.act is not None and (step.act.agree == "each" or step.act.persons > 1)
    if step.act is None or (_in_case(procedure) & set(roles) and not alone):
        return None
    what = Bilingual(
        f"langkah {step.number} ({step.key}) SOP {procedure.id}",
        f"step {step.number} ({step.key}) of SOP {procedure.id}",
    )
    return _Act(what, roles, step)


def _locked(policy: Policy, procedure: Procedure, held: Roles, act: _Act, agency: str) -> Iterator[Problem]:
    barred = _barred(policy, procedure, held, act.roles)
    in_case = _in_case(procedure)
    here = tuple(role for role in act.roles if role not in in_case)
    for roles in (seat for seat in act.seats if in_case.isdisjoint(seat)):
        holders = _holders(held, roles)
        place = _place(roles[0], _home(procedure, roles[0], agency))
        if not holders:
            yield place, _told_nobody(roles, _home(procedure, roles[0], agency))
            return
        if not holders - barred:
            yield place, _told_barred(roles, holders)
            return
    missing = _missing(procedure, held, barred, act, agency)
    if act.human is not None and missing and here:
        yield _place(here[0], _home(procedure, here[0], agency)), _told_few(act.human, len(missing))


def _barred(policy: Policy, procedure: Procedure, held: Roles, roles: tuple[str, ...]) -> frozenset[str]:
    """Laik's own account, and who builds the application where the act is not the builder's own."""
    own = may_build_and_act(procedure, roles)
    return frozenset({policy.bot.casefold()}) | (frozenset() if own else builders(procedure, held))


def _alone(
    policy: Policy, procedure: Procedure, held: Roles, agency: str
) -> Iterator[tuple[Problem, Bilingual]]:
    """Whether every approver of hosting is wanted for the disposition, which is another's to give."""
    step, approval = disposed_apart(procedure), _hosting_act(procedure)
    if step is None or approval is None:
        return
    approving, free = _approvers(policy, procedure, held, approval, agency)
    if approving and not free:
        place = _place(approval.roles[0], _home(procedure, approval.roles[0], agency))
        yield (place, _told_alone(step, approving)), approval.what


def _approvers(
    policy: Policy, procedure: Procedure, held: Roles, approval: _Act, agency: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Who may approve hosting; and of them those without whom the disposition can be given as well."""
    approving = _holders(held, approval.roles) - _barred(policy, procedure, held, approval.roles)
    step = disposed_apart(procedure)
    disposition = _act_of(procedure, step) if step is not None else None
    if disposition is None:
        return approving, approving
    barred = _barred(policy, procedure, held, disposition.roles)
    if _missing(procedure, held, barred, disposition, agency):
        return approving, approving  # a fault of its own
    without = {one: _missing(procedure, held, barred | {one}, disposition, agency) for one in approving}
    return approving, frozenset(one for one, missing in without.items() if not missing)


def _missing(
    procedure: Procedure, held: Roles, barred: frozenset[str], act: _Act, agency: str
) -> tuple[str, ...]:
    """Which seats of an act stay empty whoever sits down; none for the approval of hosting."""
    voices = _voices(procedure, held, barred, act, agency)
    return missing_voices(act.human, voices) if act.human is not None else ()


def _voices(procedure: Procedure, held: Roles, barred: frozenset[str], act: _Act, agency: str) -> list[Voice]:
    """Everyone of the policy who could speak, and persons for each role that the case itself fills."""
    people = sorted(_holders(held, act.roles) - barred)
    voices = [
        Voice(
            at,
            _seated(act, (role for role in act.roles if name in held.get(role, frozenset()))),
            unit_of(name, procedure, held, agency),
        )
        for at, name in enumerate(people)
    ]
    # A role of the case may be held by as many as the act wants, each of a unit of their own.
    named = [role for role in act.roles if role in _in_case(procedure)]
    named *= act.human.persons if act.human is not None else 1
    more = (Voice(len(people) + at, _seated(act, (role,)), f"kasus-{at}") for at, role in enumerate(named))
    return [*voices, *more]


def _seated(act: _Act, roles: Iterable[str]) -> frozenset[str]:
    return seats_of(act.step, roles) if act.step is not None else frozenset(roles)


def _holders(held: Roles, roles: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(held.get(role, frozenset()) for role in roles))


def _home(procedure: Procedure, role: str, agency: str) -> str:
    """The agency whose role it is; empty for a role of the office."""
    declared: Role | None = next((one for one in procedure.roles if one.id == role), None)
    return agency if declared is not None and declared.scope == "perangkat_daerah" else ""


def _place(role: str, agency: str) -> str:
    return f"perangkat_daerah.{agency}.peran.{role}" if agency else f"peran.{role}"


def _owners(policy: Policy) -> Iterator[Problem]:
    """With fewer than two owners nobody could ever change the policy again, this mistake included."""
    owners = {one.casefold() for one in policy.pemilik_kebijakan} - {policy.bot.casefold()}
    if len(owners) < OWNERS_NEEDED:
        yield (
            "pemilik_kebijakan",
            Bilingual(
                f"Perubahan kebijakan disetujui {OWNERS_NEEDED} pemilik yang berbeda, di sini hanya"
                f" {len(owners)} (akun laik tidak dihitung).",
                f"A change of the policy is agreed to by {OWNERS_NEEDED} different owners, here there are"
                f" only {len(owners)} (laik's own account does not count).",
            ),
        )


def _bots(policy: Policy) -> Iterator[Problem]:
    """Acts of laik's account are never read, so a role it holds is held by nobody."""
    groups = {"peran": policy.peran} | {
        f"perangkat_daerah.{key}.peran": agency.peran for key, agency in policy.perangkat_daerah.items()
    }
    for group, roles in groups.items():
        for role, accounts in roles.items():
            for at, account in enumerate(accounts):
                if account.casefold() == policy.bot.casefold():
                    yield f"{group}.{role}.{at}", _told_bot(role, account)
    for at, official in enumerate(policy.pejabat):
        if official.akun.casefold() == policy.bot.casefold():
            yield f"pejabat.{at}.akun", _told_bot(official.peran, official.akun)


def _told_stopped(why: Bilingual, acts: tuple[Bilingual, ...]) -> Bilingual:
    return Bilingual(
        f"{why.id} Yang terkunci: {', '.join(act.id for act in acts)}.",
        f"{why.en} Locked: {', '.join(act.en for act in acts)}.",
    )


def _told_nobody(roles: tuple[str, ...], agency: str) -> Bilingual:
    named, where = " / ".join(roles), f" ({agency})" if agency else ""
    return Bilingual(
        f"Tidak ada pemegang peran {named}{where}; tulis akunnya di sini.",
        f"Nobody holds the role {named}{where}; name an account here.",
    )


def _told_barred(roles: tuple[str, ...], holders: frozenset[str]) -> Bilingual:
    named, who = " / ".join(roles), ", ".join(sorted(holders))
    return Bilingual(
        f"Peran {named} hanya dipegang {who}, yang tidak boleh memutuskan: akun laik atau pembangun."
        " Tambahkan orang lain.",
        f"The role {named} is held by {who} alone, who may not decide: laik's account, or a builder of the"
        " application. Name somebody else too.",
    )


def _told_few(act: HumanAct, missing: int) -> Bilingual:
    apart = Bilingual(" dari unit yang berbeda", " of different units") if act.units else Bilingual("", "")
    return Bilingual(
        f"Perlu {act.persons} orang yang berbeda{apart.id}; kurang {missing}. Tambahkan pemegang peran.",
        f"It takes {act.persons} different persons{apart.en}; {missing} missing. Name more holders.",
    )


def _told_alone(step: Step, approving: Iterable[str]) -> Bilingual:
    named = ", ".join(sorted(approving))
    return Bilingual(
        f"Disposisi (langkah {step.number}) dan persetujuan hosting diberikan orang yang berbeda, di sini"
        f" tidak ada orang lain daripada {named}. Tambahkan pemegang peran.",
        f"The disposition (step {step.number}) and the approval of hosting are different persons', here there"
        f" is nobody besides {named}. Name another holder.",
    )


def _told_bot(role: str, account: str) -> Bilingual:
    return Bilingual(
        f"Akun laik '{account}' tidak boleh memegang peran '{role}': tindakannya tidak pernah dihitung. Ganti"
        " dengan akun orang.",
        f"laik's account '{account}' must not hold the role '{role}': its acts never count. Name a person's"
        " account instead.",
    )


def _told_single(procedure: Procedure, account: str) -> Bilingual:
    return Bilingual(
        f"Hosting SOP {procedure.id} hanya dapat disetujui {account}: permintaan yang ia buka atau ubah"
        " sendiri tidak dapat disetujui siapa pun. Tambahkan pemegang kedua.",
        f"Hosting in SOP {procedure.id} hangs on {account} alone: nobody could approve a request that this"
        " person opened or pushed to. Name a second holder.",
    )
