"""The doorkeeper: hosting merge requests that no case's desk takes get a card saying why.

Nothing is lost: a request file that cannot be read, or names no accepted case, is refused by name, and the
next request goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from automation.bots.desk import card_marker
from automation.bots.explainer import remarks, stranger_summary
from automation.core.finding import Finding
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Change, Place, PostStatus, WriteCard
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Stranger:
    """A hosting merge request without a desk: where it is, its head, why, and what was found in it.

    ``path`` is its request file, empty when there is not exactly one at the head.
    """

    place: Place
    head_sha: str
    reason: Bilingual
    findings: tuple[Finding, ...]
    postable: bool
    path: str = ""


def stranger_key(place: Place) -> str:
    """The key of its card; no case key looks like it."""
    return f"hosting-{place.iid}"


def settled_card(place: Place) -> str:
    """What the card says once a case's desk has taken the request after all."""
    told = "\n### Permintaan hosting ini dinilai\n\nKeadaannya ada pada kartu kasusnya, pada halaman ini.\n"
    return outgoing([card_marker(stranger_key(place)), told])


def retired_card(marker: str) -> str:
    """What a case's card says while its request cannot be judged; ``marker`` is laik's own."""
    told = "\n### Tidak dinilai\n\nPermintaan ini sekarang tidak dapat diproses; lihat kartu di bawah.\n"
    return outgoing([marker, told])


def wishes(stranger: Stranger) -> list[Change]:
    """One card, and a failed status on the head where laik can post one."""
    parts: list[str | Untrusted] = [
        card_marker(stranger_key(stranger.place)),
        "\n### Permintaan hosting ini tidak dapat diproses\n\n",
        Untrusted(stranger.reason.id),
        "\n\n",
    ]
    for finding in stranger.findings:
        if not finding.holds:
            parts.extend(["- ", Untrusted(finding.seen.id), " ", Untrusted(finding.remedy.id)])
            place = str(finding.where)
            parts.extend([" (", Untrusted(place), ")\n"] if place else ["\n"])
    changes: list[Change] = [WriteCard(stranger.place, outgoing(parts), None)]
    if stranger.postable:
        changes.extend(_statuses(stranger))
    return changes


def _statuses(stranger: Stranger) -> list[PostStatus]:
    """Both say why; the remarks stand once."""
    summary = stranger_summary(stranger.reason, stranger.findings)
    placed = remarks(stranger.findings, stranger.path)
    project_id, sha = stranger.place.project_id, stranger.head_sha
    return [
        PostStatus(project_id, sha, context, "failed", "Tidak diproses", "", summary, said)
        for context, said in (("laik/hosting", placed), ("laik/sop", ()))
    ]
