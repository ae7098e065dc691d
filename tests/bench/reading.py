"""Reading documents: the strict YAML loader beside the parser it stands on."""

from __future__ import annotations

from collections.abc import Iterator

from ruamel.yaml import YAML

from automation.core.yamltext import load_mapping
from tests.bench.timing import Measure, medians

DOCUMENTS = 100
REQUEST = """\
format: laik/hosting/1
nama: antrean{number}
induk: contoh.go.id
kasus: PA-2026-{number:04}
pemilik: dinkes
sha: 0123456789abcdef0123456789abcdef01234567
layanan: [subdomain, hosting]
hulu: peladen_1
penanggung_jawab:
  administratif: {{jabatan: Sekretaris, unit: Dinas Kesehatan}}
  teknis: {{jabatan: Pranata Komputer, unit: Dinas Kesehatan}}
keterangan: Antrean puskesmas untuk warga
"""


def yaml_strict() -> Iterator[Measure]:
    """Documents a second, places of every key included; the peer keeps no places and refuses less."""
    texts = [REQUEST.format(number=number) for number in range(1, DOCUMENTS + 1)]

    def strict() -> None:
        for text in texts:
            load_mapping(text, path="permohonan/x.yaml")

    def plain() -> None:
        for text in texts:
            YAML(typ="safe", pure=True).load(text)

    times = medians(5, strict=strict, plain=plain)
    rate, peer = DOCUMENTS / times["strict"], DOCUMENTS / times["plain"]
    yield Measure("yaml_strict_load", rate, "documents/s", "ruamel.yaml safe, pure", peer, rate / peer)
