"""Judging one hosting merge request against the names in use.

The owner of a name is read from the admitted set, never from the merge request's copy of the file:
rewriting ``pemilik`` or ``kasus`` in the file would otherwise make its author the owner. A change or a
removal belongs to the case that holds the name; everybody else asks for another name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from automation.core.errors import LaikError, Where
from automation.core.finding import Finding, Outcome
from automation.core.hosting_admitted import (
    AdmittedEntry,
    Deviation,
    Registry,
    ServePlan,
    duplicates,
    plan_serving,
)
from automation.core.hosting_findings import (
    CHECK,
    FileChange,
    finding,
    no_fork,
    one_file_only,
    passed,
    right_path,
)
from automation.core.hosting_reading import ReadRequest, examine_request, read_admitted, read_request
from automation.core.hosting_request import FOLDER, HostingRequest
from automation.core.hosting_rules import HostingRules
from automation.core.policy import Policy
from automation.core.text import Bilingual

__all__ = [
    "CHECK",
    "FOLDER",
    "AdmittedEntry",
    "Deviation",
    "FileChange",
    "HostingEvidence",
    "HostingRequest",
    "HostingRules",
    "Registry",
    "ServePlan",
    "duplicates",
    "judge_change",
    "plan_serving",
    "read_admitted",
    "read_request",
]

_FAULT_KEYS = ("parent_domain", "forbidden_name", "owner", "upstream", "public_ip")


@dataclass(frozen=True, slots=True)
class HostingEvidence:
    """The value of the evidence ``hosting``: the open hosting merge request of the case.

    Attributes:
        changes: all files it changes.
        base: the admitted requests (the owners on the base branch).
        head_text: the request file at the merge request's head; None when it is deleted or not there.
        case_key: the case that is judged.
        case_agency: the agency key of that case.
        reachable: whether ``sha`` is reachable from the protected default branch of the case's own
            application; None when that could not be found out.
        fork: whether the merge request comes from another project.
    """

    changes: tuple[FileChange, ...]
    base: Registry
    head_text: bytes | None
    case_key: str
    case_agency: str
    reachable: bool | None
    fork: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """What all the judges below look at."""

    change: FileChange
    held: AdmittedEntry | None
    holder: str
    case_key: str
    case_agency: str
    reachable: bool | None

    @property
    def where(self) -> Where:
        return Where(file=self.change.path, case=self.case_key)


def judge_change(
    changes: Sequence[FileChange],
    *,
    base: Registry,
    head_text: bytes | None,
    case_key: str,
    case_agency: str,
    policy: Policy | HostingRules,
    reachable: bool | None,
    fork: bool,
) -> tuple[Finding, ...]:
    """Findings of :data:`CHECK` on one merge request, told apart by ``key``; never empty, never raising.

    Keys: ``no_fork``, ``one_file_only``, ``path``; for a removal ``owner_unchanged``; else ``syntax``,
    ``parent_domain``, ``forbidden_name``, ``owner``, ``upstream``, ``public_ip``, ``name_is_free``,
    ``owner_unchanged``, ``case_matches``, ``sha_reachable``. See :class:`HostingEvidence` for arguments.
    """
    source, single = no_fork(fork), one_file_only(changes)
    if not single.holds:
        return source, single
    change = changes[0]
    place = right_path(change)
    if not place.holds:
        return source, single, place
    held, holder = base.by_path.get(change.path), base.holder(change.path)
    judged = _Change(change, held, holder, case_key, case_agency, reachable)
    if change.kind == "deleted":
        return source, single, place, _removal(judged)
    return source, single, place, *_content(judged, base, head_text, HostingRules.of(policy))


def _content(
    judged: _Change, base: Registry, head_text: bytes | None, rules: HostingRules
) -> Iterator[Finding]:
    if head_text is None:
        yield finding(
            "syntax",
            Outcome.ERROR,
            Bilingual("Isi berkas tidak dapat dibaca.", "The file's content could not be read."),
            where=judged.where,
        )
        return
    try:
        read = examine_request(head_text, judged.change.path, policy=rules)
    except LaikError as refusal:
        yield finding("syntax", Outcome.FAIL, refusal.message, refusal.remedy, refusal.where)
        yield from _held_by_another(judged)
        return
    yield from _values(read)
    stolen = tuple(_held_by_another(judged))
    yield from stolen
    if read.request is not None:
        yield _name_is_free(judged, base, read.request)
        if not stolen:
            yield _owner_unchanged(judged, read.request)
        yield _case_matches(judged, read)
        yield _sha_reachable(judged, read)


def _values(read: ReadRequest) -> Iterator[Finding]:
    """One finding a fault; one PASS a group without any."""
    failed = set()
    for fault in read.faults:
        key = fault.key if fault.key in _FAULT_KEYS else "syntax"
        failed.add(key)
        yield finding(key, Outcome.FAIL, fault.message, fault.remedy, read.where(fault))
    for key in ("syntax", *_FAULT_KEYS):
        if key not in failed:
            yield passed(key, Where(file=read.document.path))


def _held_by_another(judged: _Change) -> Iterator[Finding]:
    """The owner rule, before and whatever the merge request's copy says."""
    if judged.holder in {"", judged.case_key}:
        return
    name = judged.held.request.fqdn if judged.held is not None else judged.change.path
    yield finding(
        "owner_unchanged",
        Outcome.FAIL,
        Bilingual(
            f"{name} dipegang kasus {judged.holder}; kasus {judged.case_key} tidak boleh mengubahnya.",
            f"{name} is held by case {judged.holder}; case {judged.case_key} may not change it.",
        ),
        Bilingual(
            "Ajukan perubahan melalui kasus pemegangnya, atau pilih nama lain.",
            "Ask for the change through the case that holds it, or choose another name.",
        ),
        judged.where,
    )


def _name_is_free(judged: _Change, base: Registry, request: HostingRequest) -> Finding:
    holder = base.by_name.get(request.nama)
    if holder is None or holder.case == judged.case_key:
        return passed("name_is_free", judged.where)
    return finding(
        "name_is_free",
        Outcome.FAIL,
        Bilingual(
            f"Nama {request.nama} sudah dipakai ({holder.request.fqdn}, kasus {holder.case}).",
            f"The name {request.nama} is in use ({holder.request.fqdn}, case {holder.case}).",
        ),
        Bilingual("Pilih nama lain.", "Choose another name."),
        judged.where,
    )


def _owner_unchanged(judged: _Change, request: HostingRequest) -> Finding:
    """``pemilik`` is the agency of the case, and the agency that held the name before."""
    held = judged.held
    expected = held.request.pemilik if held is not None else judged.case_agency
    if request.pemilik == expected == judged.case_agency:
        return passed("owner_unchanged", judged.where)
    return finding(
        "owner_unchanged",
        Outcome.FAIL,
        Bilingual(
            f"pemilik tertulis {request.pemilik}; seharusnya {expected}"
            f" (perangkat daerah kasus: {judged.case_agency}).",
            f"pemilik says {request.pemilik}; it should be {expected}"
            f" (the case's agency: {judged.case_agency}).",
        ),
        Bilingual(
            "Kembalikan pemilik; perpindahan nama antarinstansi memerlukan kasus baru.",
            "Put the owner back; moving a name between agencies needs a case of its own.",
        ),
        judged.where,
    )


def _case_matches(judged: _Change, read: ReadRequest) -> Finding:
    assert read.request is not None  # noqa: S101 - the caller has looked
    line, column = read.document.mark("kasus")
    where = Where(file=judged.change.path, line=line, column=column, case=judged.case_key)
    if read.request.kasus == judged.case_key:
        return passed("case_matches", where)
    return finding(
        "case_matches",
        Outcome.FAIL,
        Bilingual(
            f"kasus tertulis {read.request.kasus}, padahal yang dinilai {judged.case_key}.",
            f"kasus says {read.request.kasus}, but {judged.case_key} is judged.",
        ),
        Bilingual("Tulis kunci kasus sendiri.", "Write the case's own key."),
        where,
    )


def _sha_reachable(judged: _Change, read: ReadRequest) -> Finding:
    assert read.request is not None  # noqa: S101 - the caller has looked
    line, column = read.document.mark("sha")
    where = Where(file=judged.change.path, line=line, column=column, case=judged.case_key)
    short = read.request.sha[:12]
    if judged.reachable:
        return passed("sha_reachable", where)
    if judged.reachable is None:
        return finding(
            "sha_reachable",
            Outcome.ERROR,
            Bilingual(
                f"Belum dapat dipastikan apakah commit {short} ada di cabang utama aplikasi kasus ini.",
                f"It could not be found out whether commit {short} is on this case's default branch.",
            ),
            Bilingual("Tunggu penyelarasan berikutnya.", "Wait for the next reconciliation."),
            where,
        )
    return finding(
        "sha_reachable",
        Outcome.FAIL,
        Bilingual(
            f"Commit {short} tidak tercapai dari cabang utama terlindung aplikasi kasus ini.",
            f"Commit {short} is not reachable from the protected default branch of this case's application.",
        ),
        Bilingual(
            "Gabungkan commit itu ke cabang utama aplikasi, atau tulis commit yang sudah di sana.",
            "Merge that commit into the application's default branch, or name one that is there.",
        ),
        where,
    )


def _removal(judged: _Change) -> Finding:
    if judged.holder == judged.case_key != "":
        return passed("owner_unchanged", judged.where)
    holder = judged.holder or "-"
    return finding(
        "owner_unchanged",
        Outcome.FAIL,
        Bilingual(
            f"{judged.change.path} bukan milik kasus {judged.case_key} (pemegang: {holder});"
            " tidak boleh dihapus.",
            f"{judged.change.path} does not belong to case {judged.case_key}; it may not remove it.",
        ),
        Bilingual(
            "Hanya kasus yang memegang nama itu yang boleh menghapusnya.",
            "Only the case that holds the name may remove it.",
        ),
        judged.where,
    )
