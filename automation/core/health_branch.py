"""Health of a protected branch: levels, names, required checks and where they must come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from automation.core.health import Check, Diagnosis, Unread, listed, skipped
from automation.core.text import Bilingual

NONE, DEVELOPER, MAINTAINER = 0, 30, 40
GATE = "laik/sop"
PIPELINE = "pipeline"
Key = Literal["kendali", "hosting", "rahasia"]

_ALWAYS = ("branch_levels", "branch_force_push", "branch_by_name")
_PROTECT = Bilingual(
    "Jalankan 'laik init' lagi, atau atur di halaman perlindungan cabang.",
    "Run 'laik init' again, or set it on the page of branch protection.",
)


class ProtectionView(Protocol):
    """How a branch is protected; levels as GitLab numbers them."""

    @property
    def push(self) -> int:
        """The lowest level that may push."""

    @property
    def merge(self) -> int:
        """The lowest level that may merge."""

    @property
    def force_push(self) -> bool:
        """Whether history may be replaced."""

    @property
    def checks(self) -> Mapping[str, int | None]:
        """Required status -> the app it must come from."""

    @property
    def by_name(self) -> tuple[str, ...]:
        """Who may push or merge beside the levels."""


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """The default branch of one of the three projects; ``where`` is ``path:branch``.

    ``maintainers``: people with maintainer access, neither laik nor owners. ``trusted_names``: how protection
    may name laik itself and the owners, who could lift it anyhow. ``mergers``: who else a restriction may
    name where nobody pushes; on GitHub names decide who merges, and in ``kendali`` its maintainers agree to
    changes of the policy. ``app``: the app whose checks count, None where laik is no app.
    """

    key: Key
    where: str
    forge: Literal["gitlab", "github"]
    protection: ProtectionView | Unread | None
    maintainers: tuple[str, ...] | Unread
    trusted_names: frozenset[str]
    app: int | None
    mergers: frozenset[str] = frozenset()


def branch_checks(facts: BranchFacts) -> tuple[str, ...]:
    """The checks that a branch of that project has."""
    more = ("required_checks", "check_source") if facts.key == "hosting" else ()
    roles = ("merge_by_laik_alone",) if facts.key == "hosting" and facts.forge == "gitlab" else ()
    return ("branch_protected", *_ALWAYS, *roles, *more)


def judge_branch(facts: BranchFacts) -> Iterator[Diagnosis]:
    """Every check of this theme."""
    where = facts.where
    check, protection = Check("branch_protected", where), facts.protection
    if isinstance(protection, Unread):
        yield check.unread(protection)
        yield from skipped(branch_checks(facts)[1:], "branch_protected", where)
        return
    if protection is None:
        yield check.fail(
            Bilingual(
                "Cabang utama tidak dilindungi: siapa pun yang dapat menulis dapat mengubahnya.",
                "The default branch is not protected: whoever may write may change it.",
            ),
            _PROTECT,
        )
        yield from skipped(branch_checks(facts)[1:], "branch_protected", where)
        return
    yield check.ok("Cabang utama dilindungi.", "The default branch is protected.")
    yield _levels(facts.key, protection, where)
    yield _force_push(protection, where)
    yield _by_name(facts, protection, where)
    if facts.key == "hosting":
        if facts.forge == "gitlab":  # on GitHub names count, not roles
            yield _maintainers(facts)
        yield _required(facts, protection, where)
        yield _source(facts, protection, where)


def _levels(key: Key, protection: ProtectionView, where: str) -> Diagnosis:
    """The office pushes its own reports into ``rahasia``; the two others are moved by laik and owners."""
    check = Check("branch_levels", where)
    least = DEVELOPER if key == "rahasia" else MAINTAINER
    wide = [
        name
        for name, level in (("push", protection.push), ("merge", protection.merge))
        if NONE < level < least
    ]
    if wide:
        return check.fail(
            Bilingual(
                f"Terlalu banyak orang boleh {listed(wide)} ke cabang utama.",
                f"Too many people may {listed(wide)} into the default branch.",
            ),
            _PROTECT,
        )
    return check.ok("Tingkat push dan merge sesuai.", "The levels for pushing and merging fit.")


def _force_push(protection: ProtectionView, where: str) -> Diagnosis:
    check = Check("branch_force_push", where)
    if protection.force_push:
        return check.fail(
            Bilingual(
                "Force push diizinkan: riwayat dapat diganti.",
                "Force pushes are allowed: history can be replaced.",
            ),
            _PROTECT,
        )
    return check.ok("Force push ditolak.", "Force pushes are refused.")


def _by_name(facts: BranchFacts, protection: ProtectionView, where: str) -> Diagnosis:
    """Names beside the levels: on GitLab Premium or deploy keys; on GitHub a restriction is made of names."""
    check = Check("branch_by_name", where)
    # The same list also names who may push past a pull request: where somebody may, merging is no reason.
    trusted = facts.trusted_names | (facts.mergers if protection.push == NONE else frozenset())
    others = [name for name in protection.by_name if name.casefold() not in trusted]
    if others:
        return check.fail(
            Bilingual(
                f"Selain laik, cabang ini dapat diubah oleh: {listed(others)}.",
                f"Beside laik, this branch may be moved by: {listed(others)}.",
            ),
            Bilingual(
                "Keluarkan mereka dari perlindungan cabang; 'role:admin' berarti 'enforce admins' mati.",
                "Take them out of the branch's protection; 'role:admin' means that 'enforce admins' is off.",
            ),
        )
    named = [name for name in protection.by_name if name.casefold() in facts.mergers]
    if named:
        return check.ok(
            f"Selain laik, yang boleh menggabung: {listed(named)}.",
            f"Beside laik, these may merge: {listed(named)}.",
        )
    return check.ok("Tidak ada pengecualian bernama.", "There are no exceptions by name.")


def _maintainers(facts: BranchFacts) -> Diagnosis:
    check = Check("merge_by_laik_alone", facts.where)
    if isinstance(facts.maintainers, Unread):
        return check.unread(facts.maintainers)
    if facts.maintainers:
        return check.warn(
            Bilingual(
                f"Orang dengan akses Maintainer dapat menggabung tanpa laik: {listed(facts.maintainers)}."
                " Yang tersaji tetap hanya yang diputuskan, tetapi cabangnya menyimpang.",
                f"People with Maintainer access may merge past laik: {listed(facts.maintainers)}. Served is"
                " still what was decided alone, but the branch deviates.",
            ),
            Bilingual("Turunkan mereka ke Developer.", "Make them Developers."),
        )
    return check.ok("Hanya laik (dan pemilik) yang dapat menggabung.", "laik (and owners) alone may merge.")


def _required(facts: BranchFacts, protection: ProtectionView, where: str) -> Diagnosis:
    check = Check("required_checks", where)
    wanted = PIPELINE if facts.forge == "gitlab" else GATE
    if wanted in protection.checks:
        return check.ok(
            f"Wajib hijau: {listed(protection.checks)}.", f"Required: {listed(protection.checks)}."
        )
    setting = "'Pipelines must succeed'" if facts.forge == "gitlab" else f"'{GATE}'"
    return check.warn(
        Bilingual(
            f"{setting} tidak diwajibkan: pemilik dapat menggabung tanpa sengaja sebelum SOP terpenuhi.",
            f"{setting} is not required: an owner may merge by mistake before the SOP is satisfied.",
        ),
        _PROTECT,
    )


def _source(facts: BranchFacts, protection: ProtectionView, where: str) -> Diagnosis:
    """A status can be posted by whoever may push; only a check bound to the app proves that it is laik's."""
    check = Check("check_source", where)
    if facts.forge == "gitlab":
        return check.ok(
            "GitLab tidak mengikat status pada pembuatnya; pengaman laik adalah penggabungan dan buku besar.",
            "GitLab binds no status to its author; laik's guards are the merge and the ledger.",
        )
    if GATE not in protection.checks:
        return check.after("required_checks")
    found = protection.checks[GATE]
    if facts.app is None:
        return check.warn(
            Bilingual(
                f"laik memakai token, jadi '{GATE}' diterima dari siapa pun yang boleh push.",
                f"laik uses a token, so '{GATE}' counts from whoever may push.",
            ),
            Bilingual(
                "Pasang laik sebagai GitHub App (LAIK_APP_ID).", "Install laik as a GitHub App (LAIK_APP_ID)."
            ),
        )
    if found != facts.app:
        told = (
            Bilingual("sumber mana pun", "any source") if found is None else Bilingual(*[f"App {found}"] * 2)
        )
        return check.fail(
            Bilingual(
                f"'{GATE}' diterima dari {told.id}, seharusnya hanya dari App {facts.app}.",
                f"'{GATE}' counts from {told.en}; it should from App {facts.app} alone.",
            ),
            _PROTECT,
        )
    return check.ok(f"'{GATE}' hanya dari App {found}.", f"'{GATE}' from App {found} alone.")
