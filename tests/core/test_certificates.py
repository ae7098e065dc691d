"""Certificates by parent domain: which names get one, and what is refused before it closes a site."""

from __future__ import annotations

import pytest

from automation.core.certificates import plain_http, told_plain_http
from automation.core.errors import InvalidPolicy
from automation.core.policy import HostingPolicy, load_policy
from tests.core.test_policy import TEXT

ONE, TWO = "[contoh.go.id]", "[contoh.go.id, desa.contoh.id]"
PLAIN = ("sertifikat: /etc/a.pem", "kunci_sertifikat: /etc/a.key")
OF_ONE = ("sertifikat_induk:", "  contoh.go.id: {sertifikat: /etc/a.pem, kunci: /etc/a.key}")


def written(parents: str, *lines: str) -> str:
    """A policy with these parent domains and these lines at the end of its hosting part."""
    text = TEXT.replace(f"induk_domain: {ONE}", f"induk_domain: {parents}")
    more = "".join(f"  {line}\n" for line in lines)
    return text.replace("pemilik_kebijakan:", f"{more}pemilik_kebijakan:")


def hosting(parents: str, *lines: str) -> HostingPolicy:
    return load_policy(written(parents, *lines)).hosting


def certificate(policy: HostingPolicy, parent: str) -> str | None:
    pair = policy.pair_for(parent)
    return pair.sertifikat if pair else None


def test_a_policy_without_certificates_serves_everything_over_http() -> None:
    policy = hosting(TWO)
    assert plain_http(policy) == ("contoh.go.id", "desa.contoh.id")
    told = told_plain_http(plain_http(policy))
    assert told.id == "HTTP saja: kebijakan tidak menyebut sertifikat bagi contoh.go.id, desa.contoh.id."
    assert told.en == "HTTP only: the policy names no certificate for contoh.go.id, desa.contoh.id."


def test_a_plain_pair_is_that_of_the_only_parent() -> None:
    policy = hosting(ONE, *PLAIN)
    assert certificate(policy, "contoh.go.id") == "/etc/a.pem"
    assert plain_http(policy) == ()


def test_empty_paths_are_no_certificate() -> None:
    assert plain_http(hosting(ONE, "sertifikat: ''", "kunci_sertifikat: ''")) == ("contoh.go.id",)


def test_each_parent_has_its_own_pair_and_one_without_is_served_over_http() -> None:
    policy = hosting(TWO, *OF_ONE)
    assert certificate(policy, "contoh.go.id") == "/etc/a.pem"
    assert plain_http(policy) == ("desa.contoh.id",)
    both = hosting(TWO, *OF_ONE, "  desa.contoh.id: {sertifikat: /etc/d.pem, kunci: /etc/d.key}")
    assert certificate(both, "desa.contoh.id") == "/etc/d.pem"
    assert plain_http(both) == ()


def test_a_wildcard_reaches_no_parent_further_down() -> None:
    """A wildcard covers one label: no browser takes that of contoh.go.id for desaku.desa.contoh.go.id."""
    policy = hosting("[contoh.go.id, desa.contoh.go.id]", *OF_ONE)
    assert plain_http(policy) == ("desa.contoh.go.id",)


HALF = [
    (ONE, PLAIN[:1], "laik.yaml:20:3", "hosting.kunci_sertifikat"),
    (ONE, PLAIN[1:], "laik.yaml:20:3", "hosting.sertifikat"),
    (
        TWO,
        (*OF_ONE, "  desa.contoh.id: {sertifikat: /etc/d.pem}"),
        "laik.yaml:22:22",
        "sertifikat_induk.desa.contoh.id.kunci",
    ),
    (
        TWO,
        (*OF_ONE, "  desa.contoh.id: {kunci: /etc/d.key}"),
        "laik.yaml:22:22",
        "sertifikat_induk.desa.contoh.id.sertifikat",
    ),
    (
        ONE,
        (OF_ONE[0], "  contoh.go.id: {}"),
        "laik.yaml:21:5",
        "sertifikat_induk.contoh.go.id.sertifikat",
    ),
]


@pytest.mark.parametrize(("parents", "lines", "place", "missing"), HALF)
def test_half_a_pair_is_refused_when_the_policy_is_read(
    parents: str, lines: tuple[str, ...], place: str, missing: str
) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        hosting(parents, *lines)
    assert str(refusal.value.where) == place
    assert f"{missing}' tidak ada. Tulis jalurnya, atau hapus pasangannya" in refusal.value.message.id
    assert f"{missing}' is not there. Write its path, or take the pair out" in refusal.value.message.en


def test_a_certificate_of_a_domain_that_is_no_parent_is_refused_by_line() -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        hosting(ONE, *OF_ONE, "  lain.id: {sertifikat: /etc/l.pem, kunci: /etc/l.key}")
    assert str(refusal.value.where) == "laik.yaml:22:5"
    assert "'lain.id' pada 'sertifikat_induk' bukan domain induk (yang ada: contoh.go.id)" in str(
        refusal.value
    )
    assert "'lain.id' in 'sertifikat_induk' is no parent domain" in refusal.value.message.en


def test_a_plain_pair_beside_several_parents_is_refused_by_line() -> None:
    """It would be one of theirs, and the sites of the others could be opened by no browser."""
    with pytest.raises(InvalidPolicy) as refusal:
        hosting(TWO, *PLAIN)
    assert str(refusal.value.where) == "laik.yaml:20:3"
    assert "(contoh.go.id, desa.contoh.id). Pindahkan ke 'sertifikat_induk'" in refusal.value.message.id
    assert "Move it to 'sertifikat_induk'" in refusal.value.message.en


def test_one_parent_has_no_two_certificates() -> None:
    with pytest.raises(InvalidPolicy, match="Pakai 'sertifikat_induk' saja"):
        hosting(ONE, *PLAIN, *OF_ONE)


@pytest.mark.parametrize("path", ["relatif.pem", "'/a b.pem'", "'/a.pem; evil'", "/"])
def test_a_path_that_nginx_is_not_given_is_refused_by_line(path: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        hosting(ONE, f"sertifikat: {path}", PLAIN[1])
    assert str(refusal.value.where) == "laik.yaml:20:3"
    assert "jalur mutlak pada peladen web" in refusal.value.message.id
    with pytest.raises(InvalidPolicy, match=r"contoh\.go\.id\.kunci' harus jalur mutlak"):
        hosting(ONE, OF_ONE[0], f"  contoh.go.id: {{sertifikat: /etc/a.pem, kunci: {path}}}")


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        hosting(TWO, PLAIN[0], "sertifikat_induk:", "  lain.id: {kunci: /etc/l.key}")
    assert [fault.where.line for fault in refusal.value.faults] == [20, 20, 22, 22]
