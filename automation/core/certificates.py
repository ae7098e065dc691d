"""The certificates of ``laik.yaml``: one pair for each parent domain, and what is wrong with them.

A wildcard certificate covers exactly one label below its domain (RFC 9525, 6.3), and a name is exactly one
label below its parent (:data:`automation.core.hosting_request.LABEL`). So a pair belongs to a parent domain
and to the names right below it: that of ``contoh.go.id`` is never given to ``desaku.desa.contoh.go.id``,
whose parent is ``desa.contoh.go.id``. With another domain's certificate no browser would open the site, and
HSTS would keep it closed; without one it is served over HTTP, and its card says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from automation.core.text import Bilingual

if TYPE_CHECKING:
    from automation.core.policy import HostingPolicy

Problem = tuple[str, Bilingual]
"""The dotted path of a place in ``laik.yaml``, and what is wrong there and how it is mended."""

_FILE = re.compile(r"/[A-Za-z0-9._/-]+")
_MANY, _PLAIN, _KEY = "hosting.sertifikat_induk", "hosting.sertifikat", "hosting.kunci_sertifikat"


class CertificatePair(BaseModel):
    """Where a certificate and its key lie on the web server, as absolute paths."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sertifikat: str = ""
    kunci: str = ""

    @property
    def whole(self) -> bool:
        """Whether both are named; half a pair serves nothing."""
        return bool(self.sertifikat and self.kunci)


def certificate_problems(hosting: HostingPolicy) -> Iterator[Problem]:
    """Why a policy's certificates cannot be taken as they are written; each would leave sites unreachable."""
    yield from pair_problems(hosting)
    plain = hosting.plain_pair
    parents = ", ".join(hosting.induk_domain)
    if plain is not None and hosting.sertifikat_induk:
        yield _PLAIN, _TWICE
    elif plain is not None and len(set(hosting.induk_domain)) > 1:
        yield _PLAIN, _told_unassigned(parents)
    for domain in hosting.sertifikat_induk:
        if domain not in hosting.induk_domain:
            yield f"{_MANY}.{domain}", _told_no_parent(domain, parents)


def pair_problems(hosting: HostingPolicy) -> Iterator[Problem]:
    """What is wrong with each pair by itself: half of it, or a path that nginx is not given."""
    if hosting.plain_pair is not None:
        yield from _of_pair(hosting.plain_pair, _PLAIN, _KEY)
    for domain, pair in hosting.sertifikat_induk.items():
        place = f"{_MANY}.{domain}"
        yield from _of_pair(pair, f"{place}.sertifikat", f"{place}.kunci")


def _of_pair(pair: CertificatePair, certificate: str, key: str) -> Iterator[Problem]:
    written = ((certificate, pair.sertifikat, key), (key, pair.kunci, certificate))
    for place, path, other in written:
        if not path:
            # The half that is there has the line; a pair of nothing is placed at its domain.
            yield (other if pair.sertifikat or pair.kunci else place), _told_half(place)
        elif _FILE.fullmatch(path) is None:
            yield place, _told_path(place)


def plain_http(hosting: HostingPolicy) -> tuple[str, ...]:
    """The parent domains whose names are served over plain HTTP only, in the policy's order."""
    return tuple(one for one in dict.fromkeys(hosting.induk_domain) if hosting.pair_for(one) is None)


def told_plain_http(parents: tuple[str, ...]) -> Bilingual:
    """That names below ``parents`` are served over HTTP only, and why; for people who read a plan or card."""
    named = ", ".join(parents)
    return Bilingual(
        f"HTTP saja: kebijakan tidak menyebut sertifikat bagi {named}.",
        f"HTTP only: the policy names no certificate for {named}.",
    )


_TWICE = Bilingual(
    "'sertifikat' dan 'sertifikat_induk' tertulis keduanya. Pakai 'sertifikat_induk' saja.",
    "Both 'sertifikat' and 'sertifikat_induk' are written. Keep 'sertifikat_induk' alone.",
)


def _told_half(place: str) -> Bilingual:
    return Bilingual(
        f"Pasangan sertifikat tidak lengkap: '{place}' tidak ada. Tulis jalurnya, atau hapus pasangannya;"
        " namanya lalu disajikan HTTP saja.",
        f"Half a pair of certificate and key: '{place}' is not there. Write its path, or take the pair out;"
        " the names are then served over HTTP only.",
    )


def _told_path(place: str) -> Bilingual:
    return Bilingual(
        f"'{place}' harus jalur mutlak pada peladen web, tanpa spasi dan tanda khusus, misalnya"
        " /etc/ssl/laik/wildcard.pem.",
        f"'{place}' must be an absolute path on the web server without spaces or special characters, such as"
        " /etc/ssl/laik/wildcard.pem.",
    )


def _told_unassigned(parents: str) -> Bilingual:
    return Bilingual(
        f"'sertifikat' tidak menyebut domain induknya, padahal ada beberapa ({parents}). Pindahkan ke"
        " 'sertifikat_induk', satu pasangan untuk tiap domain induk; sertifikat yang memuat beberapa domain"
        " ditulis pada masing-masing, dan domain induk tanpa pasangan disajikan HTTP saja.",
        f"'sertifikat' does not say of which parent domain it is, and there are several ({parents}). Move it"
        " to 'sertifikat_induk', a pair for each parent domain; a certificate that covers several is written"
        " at each of them, and a parent domain without a pair is served over HTTP only.",
    )


def _told_no_parent(domain: str, parents: str) -> Bilingual:
    return Bilingual(
        f"'{domain}' pada 'sertifikat_induk' bukan domain induk (yang ada: {parents}). Perbaiki namanya,"
        " hapus pasangannya, atau tambahkan domain itu ke 'induk_domain'.",
        f"'{domain}' in 'sertifikat_induk' is no parent domain (there are: {parents}). Mend the name, take"
        " the pair out, or add the domain to 'induk_domain'.",
    )
