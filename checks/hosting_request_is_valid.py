"""The hosting request is valid: one file, canonical, its name free or held by this very case."""

from __future__ import annotations

from automation.core.evidence import HOSTING, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.hosting import CHECK, HostingEvidence, HostingRules, judge_change
from automation.core.text import Bilingual

NEEDS = (HOSTING,)
POLICY = ("induk_domain", "nama_terlarang", "hulu", "perangkat_daerah", "nama_server")


def judge(view: EvidenceView, _subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """Findings on the case's open hosting merge request (SOP Lombok Tengah, steps 14 and 15)."""
    (evidence,) = view.need(HOSTING)
    if evidence.state is State.ABSENT:
        return (
            Finding(
                check=CHECK,
                outcome=Outcome.PENDING,
                seen=Bilingual(
                    "Belum ada merge request permintaan hosting.", "There is no hosting merge request yet."
                ),
                remedy=Bilingual(
                    "Buka merge request dengan satu berkas permohonan/<nama>.yaml di proyek hosting.",
                    "Open a merge request with one file permohonan/<nama>.yaml in the hosting project.",
                ),
                key="present",
            ),
        )
    value = evidence.value
    if evidence.state is not State.PRESENT or not isinstance(value, HostingEvidence):
        return (_unjudged(evidence.problem),)
    try:
        rules = HostingRules.from_slice(view.policy)
    except KeyError as missing:
        name = str(missing.args[0])
        return (_unjudged(Bilingual(f"Kebijakan tanpa {name}.", f"The policy lacks {name}.")),)
    return judge_change(
        value.changes,
        base=value.base,
        head_text=value.head_text,
        case_key=value.case_key,
        case_agency=value.case_agency,
        policy=rules,
        reachable=value.reachable,
        fork=value.fork,
    )


def _unjudged(problem: Bilingual) -> Finding:
    """Not known is not valid: the gate stays closed."""
    return Finding(
        check=CHECK,
        outcome=Outcome.ERROR,
        seen=Bilingual(
            f"Permintaan hosting tidak dapat dinilai. {problem.id}".strip(),
            f"The hosting request could not be judged. {problem.en}".strip(),
        ),
        remedy=Bilingual("Tunggu penyelarasan berikutnya.", "Wait for the next reconciliation."),
        key="present",
    )
