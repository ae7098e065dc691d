"""``python -m automation`` is ``laik``."""

from __future__ import annotations

from automation.cli import main

main()
