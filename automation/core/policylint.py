"""Whether cases could still be decided under a policy: one that would lock everyone out is refused.

Looked at is every act that an offered SOP asks for, in every agency of the policy, and the approval of
hosting. A policy is at fault where nobody could ever give such an act: because nobody holds a role that may,
because all who hold one are barred (laik's own account, and the builders of the application, who may not
judge their own work), or because fewer persons hold the roles than must agree. Roles of single cases (the
vendor, a joint team) are named in the case, so a policy cannot lock them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from automation.core.policy import Policy
from automation.core.procedure import Procedure, Role, Step
from automation.core.procedure_flow import Problem
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class _Act:
    """One act that must be possible: which roles may give it, how many persons, one for each role or any."""

    what: Bilingual
    roles: tuple[str, ...]
    persons: int
    each: bool


def lockouts(policy: Policy, procedures: Mapping[str, Procedure]) -> tuple[Problem, ...]:
    """Why some case could never go on, each with the dotted path of its place in ``laik.yaml``.

    Args:
        policy: read and found well-formed; SOPs it offers that ``procedures`` lacks are not looked at.
        procedures: all installed SOPs by id.
    """
    # One fault a place and reason, however many acts and agencies it stops.
    stopped: dict[tuple[str, Bilingual], dict[Bilingual, None]] = {}
    for procedure in (procedures[one] for one in policy.sop if one in procedures):
        for act in _acts(procedure):
            for agency in list(policy.perangkat_daerah) or [""]:
                for fault in _locked(policy, procedure, act, agency):
                    stopped.setdefault(fault, {})[act.what] = None
    locked = [(place, _told_stopped(why, tuple(acts))) for (place, why), acts in stopped.items()]
    return (*_bots(policy), *locked)


def cautions(policy: Policy, procedures: Mapping[str, Procedure]) -> tuple[Problem, ...]:
    """What locks nobody out and still may: hosting that hangs on one person.

    Who opened a hosting request or pushed to it may not approve it, so that one person's own request would
    wait for ever.
    """
    found: list[Problem] = []
    for procedure in (procedures[one] for one in policy.sop if one in procedures):
        act = _hosting_act(procedure)
        holders = _holders(policy, act.roles, "") - {policy.bot.casefold()} if act else frozenset()
        if act and len(holders) == 1:
            found.append((_place(act.roles[0], ""), _told_single(procedure, act.roles)))
    return tuple(dict.fromkeys(found))


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
    return _Act(what, rule.approved_by, 1, each=False)


def _act_of(procedure: Procedure, step: Step) -> _Act | None:
    """None where somebody named in the case may give it."""
    in_case, sop = _in_case(procedure), procedure.id
    builders = {role.id for role in procedure.roles if role.builds}
    if step.act is None:
        return None
    read = all(actor.basis == "inferred" for actor in step.actors.responsible)
    actors = (*step.actors.responsible, *step.actors.involved) if read else ()
    named = [actor.role for actor in actors if actor.role not in builders]
    each = step.act.agree == "each"
    # An actor that is only a reading is not enforced until the region confirms it; until then any role that
    # the SOP names for the step may act.
    roles = tuple(dict.fromkeys(step.act.by if each else (*step.act.by, *named)))
    here = tuple(role for role in roles if role not in in_case)
    if not here or (len(here) < len(roles) and not each):
        return None
    persons = step.act.persons - (len(roles) - len(here))
    what = Bilingual(
        f"langkah {step.number} ({step.key}) SOP {sop}", f"step {step.number} ({step.key}) of SOP {sop}"
    )
    return _Act(what, here, max(persons, 1), each)


def _locked(policy: Policy, procedure: Procedure, act: _Act, agency: str) -> Iterator[Problem]:
    barred = _barred(policy, procedure, act, agency)
    asked = [(role,) for role in act.roles] if act.each else [act.roles]
    for roles in asked:
        holders = _holders(policy, roles, agency)
        home = _home(procedure, roles[0], agency)
        if not holders:
            yield _place(roles[0], home), _told_nobody(roles, home)
        elif not holders - barred:
            yield _place(roles[0], home), _told_barred(roles, holders)
    able = {role: _holders(policy, (role,), agency) - barred for role in act.roles}
    several = len(frozenset().union(*able.values())) if not act.each else _persons(able)
    if all(able.values() if act.each else [several]) and several < act.persons:
        home = _home(procedure, act.roles[0], agency)
        yield _place(act.roles[0], home), _told_few(act, several)


def _barred(policy: Policy, procedure: Procedure, act: _Act, agency: str) -> frozenset[str]:
    """Laik itself, and the SOP's own builders unless the act is theirs."""
    builders = [role.id for role in procedure.roles if role.builds and role.id not in act.roles]
    return _holders(policy, tuple(builders), agency) | {policy.bot.casefold()}


def _holders(policy: Policy, roles: tuple[str, ...], agency: str) -> frozenset[str]:
    return frozenset[str]().union(*(policy.holders(role, agency) for role in roles))


def _home(procedure: Procedure, role: str, agency: str) -> str:
    """The agency whose role it is; empty for a role of the office."""
    declared: Role | None = next((one for one in procedure.roles if one.id == role), None)
    return agency if declared is not None and declared.scope == "perangkat_daerah" else ""


def _place(role: str, agency: str) -> str:
    return f"perangkat_daerah.{agency}.peran.{role}" if agency else f"peran.{role}"


def _persons(able: Mapping[str, frozenset[str]]) -> int:
    """How many of the roles can be filled by different persons at once (a maximum matching)."""
    filled: dict[str, str] = {}

    def fill(role: str, seen: set[str]) -> bool:
        for person in sorted(able[role]):
            if person in seen:
                continue
            seen.add(person)
            if person not in filled or fill(filled[person], seen):
                filled[person] = role
                return True
        return False

    return sum(fill(role, set()) for role in able)


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


def _told_few(act: _Act, able: int) -> Bilingual:
    return Bilingual(
        f"Perlu {act.persons} orang yang berbeda, dan hanya {able} yang dapat. Tambahkan pemegang peran.",
        f"It takes {act.persons} different persons, and only {able} could act. Name more holders.",
    )


def _told_bot(role: str, account: str) -> Bilingual:
    return Bilingual(
        f"Akun laik '{account}' tidak boleh memegang peran '{role}': tindakannya tidak pernah dihitung. Ganti"
        " dengan akun orang.",
        f"laik's account '{account}' must not hold the role '{role}': its acts never count. Name a person's"
        " account instead.",
    )


def _told_single(procedure: Procedure, roles: tuple[str, ...]) -> Bilingual:
    named = " / ".join(roles)
    return Bilingual(
        f"Hosting SOP {procedure.id} disetujui satu orang saja ({named}): permintaan yang ia buka atau ubah"
        " sendiri tidak dapat disetujui siapa pun. Tambahkan pemegang kedua.",
        f"Hosting in SOP {procedure.id} hangs on one person ({named}): nobody could approve a request that"
        " this person opened or pushed to. Name a second holder.",
    )
