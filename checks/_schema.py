"""Strict models of YAML documents, and their faults as findings in two languages.

Custom texts stand here rather than pydantic's, which are English and speak to programmers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from automation.core.documents import YamlDocument
from automation.core.errors import Where
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import failed, has_placeholder

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _written(value: str) -> str:
    if has_placeholder(value):
        raise PydanticCustomError("placeholder", "placeholder")
    if not any(ch.isalnum() for ch in value):
        raise PydanticCustomError("string_too_short", "nothing written")
    return value


def _day(value: object) -> object:
    """Only ``YYYY-MM-DD``: numbers would be read as seconds since 1970, times would be cut off."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and has_placeholder(value):
        raise PydanticCustomError("placeholder", "placeholder")
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", "no real date")


Written = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_written)
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
AccountName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=255), AfterValidator(_written)
]
Day = Annotated[date, BeforeValidator(_day)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
DigestStart = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32,64}$")]

_FAULTS: Mapping[str, Bilingual] = {
    "missing": Bilingual("belum diisi", "is missing"),
    "extra_forbidden": Bilingual("tidak dikenal", "is not known"),
    "placeholder": Bilingual("masih 'ISI DI SINI'", "is still 'ISI DI SINI'"),
    "string_type": Bilingual("harus teks; beri tanda kutip", "must be text; put it in quotes"),
    "string_too_short": Bilingual("kosong", "is empty"),
    "string_too_long": Bilingual("terlalu panjang", "is too long"),
    "too_short": Bilingual("paling sedikit satu", "needs at least one"),
    "too_long": Bilingual("terlalu banyak", "has too many"),
    "day": Bilingual("harus tanggal nyata YYYY-MM-DD", "must be a real date YYYY-MM-DD"),
}
_OTHER = Bilingual("bentuknya salah", "has the wrong form")


def parsed(
    check: str, document: YamlDocument, model: type[Model], *, who: Bilingual
) -> Model | tuple[Finding, ...]:
    """``document`` as a ``model``, or one FAIL for each fault, keyed by the dotted key."""
    try:
        return model.model_validate(document.data)
    except ValidationError as failure:
        faults = _telling(failure.errors(include_url=False, include_input=False))
        return tuple(_finding(check, document, fault, who) for fault in faults[:50])


def _telling(faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "needs at least one" where an item is there and itself at fault: pydantic tells both."""
    above = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    return [fault for fault in faults if fault["type"] != "too_short" or fault["loc"] not in above]


def field_fault(
    check: str, document: YamlDocument, dotted: str, seen: Bilingual, remedy: Bilingual
) -> Finding:
    """A FAIL at one key of a YAML document."""
    line, column = document.mark(dotted)
    return failed(check, seen, remedy, where=Where(file=document.path, line=line, column=column), key=dotted)


def _finding(check: str, document: YamlDocument, fault: ErrorDetails, who: Bilingual) -> Finding:
    dotted = ".".join(str(part) for part in fault["loc"])
    wrong = _worded(fault["type"], fault.get("ctx", {}))
    return field_fault(
        check,
        document,
        dotted,
        Bilingual(f"{dotted}: {wrong.id}.", f"{dotted}: {wrong.en}."),
        Bilingual(
            f"{who.id} memperbaiki kunci '{dotted}'.", f"Mend the key '{dotted}'; to be done by {who.en}."
        ),
    )


def _worded(kind: str, context: Mapping[str, Any]) -> Bilingual:
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        return Bilingual(
            f"harus salah satu dari {expected.replace(' or ', ' atau ')}", f"must be one of {expected}"
        )
    return _FAULTS.get(kind, _OTHER)
