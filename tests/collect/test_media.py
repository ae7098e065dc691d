from __future__ import annotations

import pytest

from automation.collect.media import media_of


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"", "blank"),
        (b"%PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"GIF89a", "gif"),
        (b"RIFF\0\0\0\0WEBPVP8", "webp"),
        (b"PK\x03\x04", "office"),
        (b'<?xml version="1.0"?><svg width="3"/>', "svg"),
        (b"<!DOCTYPE html><p>Halaman beranda", "html"),
        ("Catatan rapat dengan huruf é".encode(), "text"),
        (b"  \n\t ", "blank"),
        (b"# \n\nISI DI  SINI\n", "blank"),
        (b"<!-- petunjuk yang panjang sekali -->", "blank"),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer"),
        (b"\x7fELF\0\0", "unknown"),
        (b"\xff\xfea\0b\0", "unknown"),
    ],
)
def test_a_file_is_what_its_content_says(content, media):
    assert media_of(content) == media


def test_a_character_cut_in_two_at_the_end_of_the_part_looked_at_does_no_harm():
    assert media_of(b"a " + ("é" * 150_000).encode()) == "text"
