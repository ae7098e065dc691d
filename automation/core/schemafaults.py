"""What pydantic finds wrong with a file's shape, said in both languages.

Only what the schema says is repeated (names of keys, allowed values, limits), never the value that was
given: the file may be hostile, and messages are shown to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from automation.core.text import Bilingual

_PLAIN: Mapping[str, Bilingual] = {
    "missing": Bilingual("wajib ada", "is required"),
    "extra_forbidden": Bilingual("kunci ini tidak dikenal", "this key is unknown"),
    "string_type": Bilingual("harus berupa teks", "must be text"),
    "int_type": Bilingual("harus berupa bilangan bulat", "must be a whole number"),
    "int_parsing": Bilingual("harus berupa bilangan bulat", "must be a whole number"),
    "int_from_float": Bilingual("harus berupa bilangan bulat", "must be a whole number"),
    "bool_type": Bilingual("harus true atau false", "must be true or false"),
    "bool_parsing": Bilingual("harus true atau false", "must be true or false"),
    "date_type": Bilingual("harus berupa tanggal (TTTT-BB-HH)", "must be a date (YYYY-MM-DD)"),
    "date_parsing": Bilingual("harus berupa tanggal (TTTT-BB-HH)", "must be a date (YYYY-MM-DD)"),
    "date_from_datetime_parsing": Bilingual(
        "harus berupa tanggal (TTTT-BB-HH)", "must be a date (YYYY-MM-DD)"
    ),
    "tuple_type": Bilingual("harus berupa daftar", "must be a list"),
    "list_type": Bilingual("harus berupa daftar", "must be a list"),
    "mapping_type": Bilingual("harus berupa pasangan kunci: nilai", "must be a mapping of key: value"),
    "dict_type": Bilingual("harus berupa pasangan kunci: nilai", "must be a mapping of key: value"),
    "model_type": Bilingual("harus berupa pasangan kunci: nilai", "must be a mapping of key: value"),
    "model_attributes_type": Bilingual(
        "harus berupa pasangan kunci: nilai", "must be a mapping of key: value"
    ),
}

_LIMITED: Mapping[str, Bilingual] = {
    "string_pattern_mismatch": Bilingual("tidak berpola {pattern}", "must match {pattern}"),
    "string_too_short": Bilingual(
        "paling sedikit {min_length} huruf", "must have {min_length} letters at least"
    ),
    "string_too_long": Bilingual(
        "paling banyak {max_length} huruf", "must have {max_length} letters at most"
    ),
    "too_short": Bilingual("paling sedikit {min_length} butir", "must have {min_length} items at least"),
    "too_long": Bilingual("paling banyak {max_length} butir", "must have {max_length} items at most"),
    "greater_than_equal": Bilingual("paling kecil {ge}", "must be {ge} at least"),
    "less_than_equal": Bilingual("paling besar {le}", "must be {le} at most"),
}


def said(fault: Mapping[str, Any], faults: list[Any]) -> Bilingual:
    """One fault of ``faults`` (pydantic's error details, with context) in both languages.

    An unknown key that looks like one that is missing beside it is a key written wrong, and is told so.
    """
    kind, limits = str(fault["type"]), fault.get("ctx") or {}
    if kind == "extra_forbidden":
        return _unknown_key(fault, faults)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "literal_error":
        expected = str(limits.get("expected", ""))
        return Bilingual(
            f"harus salah satu dari {expected.replace(' or ', ' atau ')}", f"must be one of {expected}"
        )
    if kind in _LIMITED:
        told = _LIMITED[kind]
        return Bilingual(told.id.format_map(limits), told.en.format_map(limits))
    return Bilingual(str(fault["msg"]), str(fault["msg"]))


def _unknown_key(fault: Mapping[str, Any], faults: list[Any]) -> Bilingual:
    *parent, key = fault["loc"]
    missing = [
        str(other["loc"][-1])
        for other in faults
        if other["type"] == "missing" and list(other["loc"][:-1]) == parent
    ]
    plain = _PLAIN["extra_forbidden"]
    near = get_close_matches(str(key), missing, n=1)
    if not near:
        return plain
    return Bilingual(
        f"{plain.id}; mungkin maksudnya '{near[0]}'", f"{plain.en}; perhaps '{near[0]}' was meant"
    )
