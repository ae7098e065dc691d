from __future__ import annotations

from tests.checks.prose import WrittenDocument


class TestTestDocumentation(WrittenDocument):
    check = "test_documentation_is_attached"
    path = "dokumen/pengujian/laporan-pengujian.md"
