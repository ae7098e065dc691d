"""Writing what a command made into a file that the caller named."""

from __future__ import annotations

from pathlib import Path

from automation.core.errors import RenderFailed, Where
from automation.core.text import Bilingual


def write_out(path: Path, content: bytes) -> None:
    """Write the whole file, or nothing: a file that was there stays until the new one is complete.

    Raises:
        RenderFailed: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.sebagian")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as failure:
        partial.unlink(missing_ok=True)
        reason = failure.strerror or type(failure).__name__
        raise RenderFailed(
            Bilingual(f"Berkas tidak dapat ditulis: {reason}.", f"The file cannot be written: {reason}."),
            remedy=Bilingual(
                "Periksa foldernya ada dan boleh ditulis.",
                "See that its folder exists and may be written to.",
            ),
            where=Where(file=str(path)),
        ) from None
