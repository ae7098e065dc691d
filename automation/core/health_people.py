"""Health of the people in the policy: roles, accounts, who is let in, owners."""

from __future__ import annotations

from collections.abc import Mapping

from automation.core.health import Check, Diagnosis, Unread, listed
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.text import Bilingual

ENOUGH_OWNERS = 2


def judge_roles(control: str, policy: Policy, procedures: Mapping[str, Procedure]) -> Diagnosis:
    """Roles of single cases (vendor, joint team) are held through the case's own documents."""
    check = Check("policy_roles", f"{control}/laik.yaml")
    empty: dict[str, None] = {}
    for procedure in (procedures[one] for one in policy.sop if one in procedures):
        for role in procedure.roles:
            if role.scope == "kasus":
                continue
            agencies = [""] if role.scope == "dinas" else list(policy.perangkat_daerah)
            for agency in agencies:
                if not policy.holders(role.id, agency):
                    empty[f"{agency}.{role.id}" if agency else role.id] = None
    if empty:
        return check.fail(
            Bilingual(
                f"Peran tanpa pemegang: {listed(empty)}; kasus akan menunggu di langkahnya.",
                f"Roles that nobody holds: {listed(empty)}; cases will wait at their steps.",
            ),
            Bilingual(
                "Isi akunnya pada 'peran' atau 'perangkat_daerah' di laik.yaml.",
                "Name accounts under 'peran' or 'perangkat_daerah' in laik.yaml.",
            ),
        )
    return check.ok("Setiap peran ada pemegangnya.", "Every role is held by somebody.")


def judge_accounts(accounts: Mapping[str, bool | None] | Unread, where: str) -> Diagnosis:
    """A name that nobody has is a danger where people sign up: whoever takes it has the role."""
    check = Check("policy_accounts", where)
    if isinstance(accounts, Unread):
        return check.unread(accounts)
    absent = [name for name, person in accounts.items() if person is None]
    bots = [name for name, person in accounts.items() if person is False]
    if absent or bots:
        told = listed([*absent, *(f"{name} (bot)" for name in bots)])
        return check.fail(
            Bilingual(
                f"Pemegang peran tanpa akun orang di forge: {told}; siapa pun yang mendaftar dengan nama itu"
                " mendapat perannya.",
                f"Role holders without a person's account on the forge: {told}; whoever signs up by that name"
                " gets the role.",
            ),
            Bilingual(
                "Perbaiki ejaan akunnya pada laik.yaml, atau hapus dari peran itu.",
                "Mend the account's spelling in laik.yaml, or take it out of the role.",
            ),
        )
    return check.ok("Semua pemegang peran punya akun.", "All role holders have an account.")


def judge_outsiders(outsiders: tuple[str, ...] | Unread, control: str) -> Diagnosis:
    """Who holds a role and cannot comment."""
    check = Check("role_membership", control)
    if isinstance(outsiders, Unread):
        return check.unread(outsiders)
    if outsiders:
        return check.warn(
            Bilingual(
                f"Pemegang peran bukan anggota proyek kendali: {listed(outsiders)}; mereka tidak dapat"
                " berkomentar pada kasus.",
                f"Role holders who are no members of the control project: {listed(outsiders)}; they"
                " cannot comment on cases.",
            ),
            Bilingual(
                "Undang mereka sebagai Guest (GitLab) atau read (GitHub), dan terima undangannya.",
                "Invite them as Guest (GitLab) or read (GitHub), and let them accept.",
            ),
        )
    return check.ok("Semua pemegang peran anggota proyek kendali.", "All role holders are members there.")


def judge_owners(owners: tuple[str, ...] | Unread, policy: Policy | Unread | None, control: str) -> Diagnosis:
    """Two at least: named in the policy, who agree to its changes, and on the forge, who merge them."""
    check = Check("policy_owners", control)
    named = policy.pemilik_kebijakan if isinstance(policy, Policy) else None
    if named is not None and len({one.casefold() for one in named}) < ENOUGH_OWNERS:
        return check.fail(
            Bilingual(
                f"Pemilik pada kebijakan ('pemilik_kebijakan'): {len(named)}. Tanpa dua pemilik perubahan"
                " kebijakan hanya dapat diputuskan dengan tangan di mesin laik.",
                f"Owners named in the policy ('pemilik_kebijakan'): {len(named)}. Without two, a change of it"
                " can only be admitted by hand on laik's machine.",
            ),
            Bilingual(
                "Tulis dua akun di sana, gabungkan, lalu jalankan 'laik policy admit' di mesin laik.",
                "Name two accounts there, merge it, then run 'laik policy admit' on laik's machine.",
            ),
        )
    if isinstance(owners, Unread):
        return check.unread(owners)
    merging = {one.casefold() for one in owners}
    shut_out = [one for one in named or () if one.casefold() not in merging]
    if shut_out:
        return check.warn(
            Bilingual(
                f"Pemilik kebijakan yang bukan Maintainer proyek kendali: {listed(shut_out)}; merge request"
                " mungkin tidak terbuka baginya.",
                f"Owners of the policy who are no Maintainers of the control project: {listed(shut_out)};"
                " its merge requests may be closed to them.",
            ),
            Bilingual("Jadikan mereka Maintainer di sana.", "Make them Maintainers there."),
        )
    if len(owners) < ENOUGH_OWNERS:
        return check.warn(
            Bilingual(
                f"Pemilik kebijakan (Maintainer proyek kendali ke atas) selain laik: {len(owners)}."
                " Perubahan kebijakan perlu dua pasang mata, dan satu akun dapat hilang.",
                f"Owners of the policy (Maintainers of the control project and above) beside laik:"
                f" {len(owners)}. A change of policy wants two pairs of eyes, and one account can be lost.",
            ),
            Bilingual(
                "Jadikan sekurangnya dua orang Maintainer di sana.",
                "Make at least two people Maintainers there.",
            ),
        )
    return check.ok(f"Pemilik kebijakan: {listed(owners)}.", f"Owners of the policy: {listed(owners)}.")
