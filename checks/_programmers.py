"""The programmers that the plan asks for, read by the two checks that judge them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from checks._schema import Strict, Written

PLANNED = "kebutuhan_programmer"


class Programmers(Strict):
    """``rencana/kebutuhan-programmer.yaml``: how many, and what they must know."""

    format: Literal["laik/kebutuhan-programmer/1"]
    jumlah: Annotated[int, Field(strict=True, ge=1, le=50)]
    keahlian: tuple[Written, ...] = Field(min_length=1, max_length=50)
    alasan: Written
