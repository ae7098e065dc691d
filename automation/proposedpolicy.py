"""What a proposed policy amounts to: its owners, and everything that keeps it from coming into force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from automation.core.errors import InvalidPolicy, LaikError, Where
from automation.core.policy import Known, Policy, load_policy
from automation.core.policyadmission import (
    OWNERS_NEEDED,
    Difference,
    PolicyChange,
    StandingPolicy,
    differences,
    operator_entry,
)
from automation.core.policylint import lockouts
from automation.core.text import Bilingual
from automation.forges.base import Forge
from automation.inforce import POLICY_FILE, change_to, digest_of_text
from automation.observe.office import OfficeReader


@dataclass(frozen=True, slots=True)
class OnBranch:
    """The policy on the default branch beside the one in force.

    Attributes:
        place: the file's full name.
        text: what stands on the branch; None where no such file can be read.
        standing: the policy in force; None while the ledger knows none.
        in_force: its content; None where that cannot be read any more.
        change: what the text on the branch amounts to.
        differences: None where one of the two cannot be read.
    """

    place: str
    text: bytes | None
    standing: StandingPolicy | None
    in_force: Policy | None
    change: PolicyChange
    differences: tuple[Difference, ...] | None

    @property
    def differs(self) -> bool:
        """Whether the branch has another policy than the one in force."""
        return self.text is None or self.standing is None or digest_of_text(self.text) != self.standing.digest


def look_at_branch(forge: Forge, reader: OfficeReader, known: Known, now: datetime) -> OnBranch:
    """Both policies, held against each other.

    Raises:
        InvalidPolicy: there is no control project.
        ForgeUnreachable, ForgeRefused: the forge could not be asked.
    """
    control, mirror, text = reader.control()
    place, standing = f"{control.path}/{POLICY_FILE}", reader.in_force.standing()
    in_force = None
    if standing is not None:
        try:
            in_force = load_policy(reader.in_force.text(standing, mirror, path=place), path=place)
        except LaikError:  # lost, or of another time: then there is nothing to compare with
            in_force = None
    change = TAKEN_AWAY if text is None else judged_change(forge, reader, in_force, text, known, now)
    return OnBranch(place, text, standing, in_force, change, between(in_force, text))


def admit_by_hand(reader: OfficeReader, seen: OnBranch) -> StandingPolicy:
    """Bring into force what stands on the branch, by the word of who runs laik's machine.

    It is the way out where no two owners can agree any more, or the text in force is lost.

    Raises:
        InvalidPolicy: it could not be in force at all.
        LedgerConflict: another one came into force since ``seen``.
    """
    if seen.text is None or seen.change.problems:
        raise InvalidPolicy(
            Bilingual(
                " ".join(one.id for one in seen.change.problems),
                " ".join(one.en for one in seen.change.problems),
            ),
            remedy=Bilingual(
                f"Perbaiki {POLICY_FILE} pada cabang utama, lalu ulangi.",
                f"Mend {POLICY_FILE} on the default branch, then run this again.",
            ),
            where=Where(file=seen.place),
        )
    return reader.in_force.admit(seen.text, operator_entry(seen.change, seen.standing), over=seen.standing)


def between(in_force: Policy | None, text: bytes | None) -> tuple[Difference, ...] | None:
    """What a text would change; None where that cannot be told."""
    if in_force is None or text is None:
        return None
    try:
        return differences(in_force, load_policy(text))
    except LaikError:  # what is wrong with it is said elsewhere
        return None


def judged_change(
    forge: Forge, reader: OfficeReader, standing: Policy | None, text: bytes, known: Known, now: datetime
) -> PolicyChange:
    """A policy's text with everything that keeps it from coming into force, whoever agrees.

    Args:
        forge: to look up owners and projects.
        reader: of the office.
        standing: the policy in force; places that it names already are not looked up again.
        text: of the policy that is wanted.
        known: what this installation has.
        now: aware; officials whose term is over hold no role any more.
    """
    try:
        policy = load_policy(text, path=POLICY_FILE, known=known)
    except LaikError as problem:
        place = f"{problem.where}: " if str(problem.where) else ""
        told = Bilingual(f"{place}{problem.message.id}", f"{place}{problem.message.en}")
        return change_to(text, (), (told,))
    named = reader.in_force.owners_of(policy, forge.find_user, reader.me)
    owners = tuple(dict.fromkeys(user.id for user in named.values() if user is not None))
    problems = [said for _, said in lockouts(policy, known.procedures, policy.day_of(now))]
    problems += [_no_owner(name) for name, user in named.items() if user is None]
    problems += [_ONE_PERSON] if not problems and len(owners) < OWNERS_NEEDED else []
    problems += [_other_bot(policy.bot)] if policy.bot.casefold() != reader.me.username.casefold() else []
    problems += _confused(policy, reader.control_path)
    problems += [_no_place(place) for place in _places(policy, standing) if not _is_there(forge, place)]
    return change_to(text, owners, tuple(problems))


def _places(policy: Policy, standing: Policy | None) -> list[tuple[str, bool]]:
    """(path, whether it is a group) of what the policy names anew: without it every case would stop."""
    wanted, before = policy.proyek.model_dump(), standing.proyek.model_dump() if standing else {}
    return [
        (path, key in {"berkas", "aplikasi"})
        for key, path in wanted.items()
        if key != "kendali" and before.get(key) != path
    ]


def _confused(policy: Policy, control: str) -> list[Bilingual]:
    """Requests to the one project would be read as the other's, and secret reports be open to all."""
    paths = policy.proyek
    own = {one.casefold() for one in (paths.kendali, paths.hosting, paths.rahasia)}
    other = [_other_control(paths.kendali, control)] if paths.kendali.casefold() != control.casefold() else []
    return other if len(own) == 3 else [*other, _SAME]


def _is_there(forge: Forge, place: tuple[str, bool]) -> bool:
    path, group = place
    return (forge.find_group(path) if group else forge.find_project(path)) is not None


def _no_place(place: tuple[str, bool]) -> Bilingual:
    path, group = place
    return Bilingual(
        f"{'Grup' if group else 'Proyek'} '{path}' tidak ada, atau laik tidak dapat membukanya.",
        f"There is no {'group' if group else 'project'} '{path}', or laik cannot open it.",
    )


_ONE_PERSON = Bilingual(
    "Nama-nama pada 'pemilik_kebijakan' adalah akun yang sama.",
    "The names in 'pemilik_kebijakan' are one and the same account.",
)
_SAME = Bilingual(
    "'proyek.kendali', 'proyek.hosting', dan 'proyek.rahasia' harus tiga proyek yang berbeda.",
    "'proyek.kendali', 'proyek.hosting' and 'proyek.rahasia' must be three different projects.",
)


def _other_control(named: str, control: str) -> Bilingual:
    return Bilingual(
        f"Kunci 'proyek.kendali' menyebut '{named}', padahal kebijakan ini milik '{control}'.",
        f"The key 'proyek.kendali' names '{named}', while this policy is that of '{control}'.",
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


TAKEN_AWAY = change_to(
    None, (), (Bilingual(f"Berkas {POLICY_FILE} dihapus.", f"The file {POLICY_FILE} is taken away."),)
)
