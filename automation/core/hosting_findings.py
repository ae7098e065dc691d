"""What is said of a hosting merge request: its findings, and the rules on which files it may change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from automation.core.errors import Where
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual

CHECK = "hosting_request_is_valid"

_PATH = re.compile(r"permohonan/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.yaml")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that a merge request changes; ``old_path`` is the path on the base branch."""

    path: str
    kind: Literal["added", "modified", "deleted", "renamed"]
    old_path: str = ""


def no_fork(fork: bool) -> Finding:
    """A fork's branch is outside our protection and its pushers are not known to us."""
    if not fork:
        return passed("no_fork", Where())
    return finding(
        "no_fork",
        Outcome.FAIL,
        Bilingual("Merge request berasal dari fork.", "The merge request comes from a fork."),
        Bilingual(
            "Buat cabang di proyek hosting sendiri, lalu buka merge request dari sana.",
            "Make a branch in the hosting project itself and open the merge request from there.",
        ),
    )


def one_file_only(changes: Sequence[FileChange]) -> Finding:
    """A rename is two changes: it would free one name and take another in a single decision."""
    if len(changes) == 1 and changes[0].kind != "renamed":
        return passed("one_file_only", Where(file=changes[0].path))
    listed = ", ".join(ascii(change.path)[1:-1] for change in changes[:5]) or "-"
    return finding(
        "one_file_only",
        Outcome.FAIL,
        Bilingual(
            f"Merge request harus mengubah tepat satu berkas tanpa mengganti namanya;"
            f" yang ini mengubah {len(changes)}: {listed}.",
            f"A merge request must change exactly one file without renaming it;"
            f" this one changes {len(changes)}: {listed}.",
        ),
        Bilingual("Satu permintaan, satu merge request.", "One request, one merge request."),
    )


def right_path(change: FileChange) -> Finding:
    """Exactly ``permohonan/<one label>.yaml``, in the one spelling."""
    moved = change.old_path not in {"", change.path}
    if _PATH.fullmatch(change.path) and not moved:
        return passed("path", Where(file=change.path))
    return finding(
        "path",
        Outcome.FAIL,
        Bilingual(
            f"Berkas {change.path!a} bukan permohonan/<nama>.yaml dengan nama satu label DNS.",
            f"The file {change.path!a} is not permohonan/<nama>.yaml with one DNS label.",
        ),
        Bilingual(
            "Taruh permintaan di permohonan/<nama>.yaml, huruf kecil.",
            "Put the request at permohonan/<nama>.yaml, lower case.",
        ),
    )


def passed(key: str, where: Where) -> Finding:
    """What holds, in its standing words."""
    return finding(key, Outcome.PASS, _PASSES[key], where=where)


_PASSES = {
    "no_fork": Bilingual("Cabang ada di proyek hosting sendiri.", "The branch is in the hosting project."),
    "one_file_only": Bilingual("Tepat satu berkas diubah.", "Exactly one file is changed."),
    "path": Bilingual("Berkas ada di tempatnya.", "The file stands where it should."),
    "syntax": Bilingual("Isi berkas lengkap dan baku.", "The file is complete and canonical."),
    "parent_domain": Bilingual("Domain induk ada dalam kebijakan.", "The parent domain is in the policy."),
    "forbidden_name": Bilingual("Nama tidak dicadangkan.", "The name is not reserved."),
    "owner": Bilingual("Pemilik adalah perangkat daerah.", "The owner is an agency."),
    "upstream": Bilingual("Hulu ada dalam kebijakan.", "The upstream is in the policy."),
    "public_ip": Bilingual(
        "Alamat IP publik beralasan atau tidak diminta.", "Public IP is reasoned or unasked."
    ),
    "name_is_free": Bilingual("Nama tidak dipegang kasus lain.", "No other case holds the name."),
    "owner_unchanged": Bilingual("Pemegang nama tetap.", "The holder of the name stays."),
    "case_matches": Bilingual("Kasus cocok.", "The case matches."),
    "sha_reachable": Bilingual(
        "Commit ada di cabang utama aplikasi.", "The commit is on the default branch."
    ),
}


def finding(
    key: str, outcome: Outcome, seen: Bilingual, remedy: Bilingual = Bilingual("", ""), where: Where = Where()
) -> Finding:
    """One finding of :data:`CHECK`."""
    return Finding(check=CHECK, outcome=outcome, seen=seen, remedy=remedy, where=where, key=key)
