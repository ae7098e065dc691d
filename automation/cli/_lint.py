"""What the two lints (``laik sop lint``, ``laik policy lint``) say of one file, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import click

from automation.core.errors import Fault, LaikError
from automation.core.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class LintResult:
    """One file: refused with its faults, or sound (``praise``, ``summary``) with remarks, each with place."""

    file: str
    refusal: LaikError | None = None
    praise: Bilingual = Bilingual("baik", "sound")
    summary: Mapping[str, object] = field(default_factory=dict)
    remarks: tuple[Fault, ...] = ()

    def as_data(self) -> dict[str, object]:
        """The same as plain values: ``line`` and ``column`` count from 1, 0 where there is no place."""
        if self.refusal is None:
            remarks = [_placed(remark) for remark in self.remarks]
            return {"file": self.file, "ok": True, **self.summary, "remarks": remarks}
        return {
            "file": self.file,
            "ok": False,
            "line": self.refusal.where.line,
            "column": self.refusal.where.column,
            "error": {language: self.refusal.explain(language) for language in ("id", "en")},
            "faults": [_placed(fault) for fault in _faults(self.refusal)],
            "remedy": {"id": self.refusal.remedy.id, "en": self.refusal.remedy.en},
        }


def show_result(result: LintResult, language: Language) -> None:
    """One line a fault on stderr, or the praise and one line a remark on stdout."""
    if result.refusal is not None:
        for fault in _faults(result.refusal):
            click.echo(f"{fault.where}: {fault.message.inlanguage(language)}", err=True)
        click.echo(result.refusal.remedy.inlanguage(language), err=True)
        return
    click.echo(f"{result.file}: {result.praise.inlanguage(language)}")
    word = Bilingual("catatan", "remark").inlanguage(language)
    for remark in result.remarks:
        place = f"{remark.where.line}:{remark.where.column}"
        click.echo(f"  {place}: {word}: {remark.message.inlanguage(language)}")


def _faults(refusal: LaikError) -> tuple[Fault, ...]:
    return refusal.faults or (Fault(refusal.where, refusal.message),)


def _placed(fault: Fault) -> dict[str, object]:
    return {
        "line": fault.where.line,
        "column": fault.where.column,
        "id": fault.message.id,
        "en": fault.message.en,
    }
