"""What a proposed policy amounts to: its owners, and everything that keeps it from coming into force."""

from __future__ import annotations

from automation.core.errors import LaikError
from automation.core.policy import Known, Policy, load_policy
from automation.core.policyadmission import PolicyChange
from automation.core.policylint import lockouts
from automation.core.text import Bilingual
from automation.forges.base import Forge
from automation.inforce import POLICY_FILE, change_to
from automation.observe.office import OfficeReader


def judged_change(
    forge: Forge, reader: OfficeReader, standing: Policy | None, text: bytes, known: Known
) -> PolicyChange:
    """A policy's text with everything that keeps it from coming into force, whoever agrees.

    Args:
        forge: to look up owners and projects.
        reader: of the office.
        standing: the policy in force; places that it names already are not looked up again.
        text: of the policy that is wanted.
        known: what this installation has.
    """
    try:
        policy = load_policy(text, path=POLICY_FILE, known=known)
    except LaikError as problem:
        place = f"{problem.where}: " if str(problem.where) else ""
        told = Bilingual(f"{place}{problem.message.id}", f"{place}{problem.message.en}")
        return change_to(text, (), (told,))
    named = reader.in_force.owners_of(policy, forge.find_user, reader.me)
    owners = tuple(dict.fromkeys(user.id for user in named.values() if user is not None))
    problems = [said for _, said in lockouts(policy, known.procedures)]
    problems += [_no_owner(name) for name, user in named.items() if user is None]
    problems += [_other_bot(policy.bot)] if policy.bot.casefold() != reader.me.username.casefold() else []
    problems += [_no_place(path) for path in _places(policy, standing) if not _is_there(forge, path)]
    return change_to(text, owners, tuple(problems))


def _places(policy: Policy, standing: Policy | None) -> list[tuple[str, bool]]:
    """(path, whether it is a group) of what the policy names anew: without it every case would stop."""
    wanted, before = policy.proyek.model_dump(), standing.proyek.model_dump() if standing else {}
    return [
        (path, key in {"berkas", "aplikasi"})
        for key, path in wanted.items()
        if key != "kendali" and before.get(key) != path
    ]


def _is_there(forge: Forge, place: tuple[str, bool]) -> bool:
    path, group = place
    return (forge.find_group(path) if group else forge.find_project(path)) is not None


def _no_place(place: tuple[str, bool]) -> Bilingual:
    path, group = place
    return Bilingual(
        f"{'Grup' if group else 'Proyek'} '{path}' tidak ada, atau laik tidak dapat membukanya.",
        f"There is no {'group' if group else 'project'} '{path}', or laik cannot open it.",
    )


def _no_owner(name: str) -> Bilingual:
    return Bilingual(
        f"Pemilik kebijakan '{name}' bukan akun orang di forge ini, atau nama itu tercatat sebagai milik"
        " akun lain.",
        f"The policy's owner '{name}' is no person's account on this forge, or the name is kept for another"
        " account.",
    )


def _other_bot(name: str) -> Bilingual:
    return Bilingual(
        f"Kunci 'bot' menyebut '{name}', bukan akun laik; semua kasus akan berhenti.",
        f"The key 'bot' names '{name}', which is not laik's account; every case would stop.",
    )
