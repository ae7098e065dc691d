from __future__ import annotations

from tests.checks.prose import WrittenDocument


class TestSimilarApplications(WrittenDocument):
    check = "similar_applications_are_presented"
    path = "dokumen/presentasi-awal/aplikasi-sejenis.md"
