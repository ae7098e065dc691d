"""The verbs people may use in ``@laik <verb> ...``, in Indonesian with an English alias.

Which verb decides what is data of the SOP (``act`` of its steps); what a verb is *for* is here. The words are
those of the source SOPs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Use = Literal["decide", "case", "note", "ask"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A known verb.

    ``use``: ``decide`` takes a way out of a step, ``case`` speaks of the whole case, ``note`` is recorded and
    decides nothing, ``ask`` is answered. ``needs_reason``: it sends back, takes away or records words, and is
    nothing without them.
    """

    name: str
    english: str
    needs_reason: bool = False
    use: Use = "decide"


_KNOWN = (
    Verb("ajukan", "submit"),
    Verb("agenda", "register"),
    Verb("setuju", "approve"),
    Verb("sahkan", "legalise"),
    Verb("koreksi", "correct"),
    Verb("terima", "accept"),
    Verb("lengkap", "complete"),
    Verb("tersedia", "available"),
    Verb("tunjuk", "appoint"),
    Verb("buat_project", "create_project"),
    Verb("banding", "compare"),
    Verb("catat", "record"),
    Verb("nyatakan_aman", "declare_safe"),
    Verb("disposisi", "dispose"),
    Verb("lanjut", "resume"),
    Verb("revisi", "revise", needs_reason=True),
    Verb("tolak", "reject", needs_reason=True),
    Verb("temuan", "finding", needs_reason=True),
    Verb("belum_lengkap", "incomplete", needs_reason=True),
    Verb("tidak_tersedia", "unavailable", needs_reason=True),
    Verb("tidak_sesuai", "mismatch", needs_reason=True),
    Verb("kecualikan", "waive", needs_reason=True, use="case"),
    Verb("tunda", "suspend", needs_reason=True, use="case"),
    Verb("tarik", "withdraw", needs_reason=True, use="case"),
    Verb("duplikat", "duplicate", needs_reason=True, use="case"),
    Verb("buka", "reopen", needs_reason=True, use="case"),
    Verb("cabut", "revoke", needs_reason=True, use="case"),
    Verb("migrasi", "migrate", use="case"),
    Verb("undang", "invite", needs_reason=True, use="note"),
    Verb("hadir", "attend", needs_reason=True, use="note"),
    Verb("monev", "monitor", needs_reason=True, use="note"),
    Verb("delegasi", "delegate", use="ask"),
    Verb("status", "state", use="ask"),
    Verb("bantuan", "help", use="ask"),
)
VERBS: Mapping[str, Verb] = MappingProxyType(
    {word: verb for verb in _KNOWN for word in (verb.name, verb.english)}
)
"""Every known verb by its Indonesian name and its English alias."""
