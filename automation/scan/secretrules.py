"""Secrets in any text file: keys, tokens, passwords, database addresses.

Every pattern is bounded and is tried line by line on lines of limited length, so a hostile file costs time
in proportion to its size. The secret itself never leaves here: messages are fixed, and the snippet that a
fingerprint is made of has it covered.
"""
# ruff: noqa: SIM905 - word lists read best as words

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

from automation.scan.records import RawFlaw, Rule
from automation.scan.sources import PROSE

LINE = 4000  # characters looked at together; a longer line is cut, with an overlap
OVERLAP = 400
MOVE = (
    "Pindahkan ke variabel lingkungan atau variabel CI yang tertutup, lalu ganti rahasianya: "
    "riwayat git menyimpannya."
)


@dataclass(frozen=True, slots=True)
class Token:
    """A secret with a form of its own; the group ``rahasia``, or all of it, is the secret."""

    rule: str
    severity: str
    pattern: re.Pattern[str]
    name_id: str
    name_en: str


TOKENS = (
    Token(
        "secret-aws",
        "kritis",
        re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Z0-9])"),
        "Kunci AWS",
        "An AWS key",
    ),
    Token(
        "secret-aws",
        "kritis",
        re.compile(
            r"(?i)aws.{0,20}secret.{0,20}[=:]\s{0,5}['\"]?(?P<rahasia>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
        ),
        "Kunci AWS",
        "An AWS key",
    ),
    Token(
        "secret-github",
        "kritis",
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,255})"),
        "Token GitHub",
        "A GitHub token",
    ),
    Token(
        "secret-gitlab",
        "kritis",
        re.compile(r"\bgl(?:pat|dt|rt|ptt|agent|soat|cbt|oas|ft|imt)-[A-Za-z0-9_-]{20,255}"),
        "Token GitLab",
        "A GitLab token",
    ),
    Token(
        "secret-token",
        "kritis",
        re.compile(
            r"\bxox[baprs]-[A-Za-z0-9-]{20,255}|\bsk_live_[A-Za-z0-9]{16,255}|\bAIza[0-9A-Za-z_-]{35}\b|\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"
        ),
        "Token layanan",
        "A service token",
    ),
    Token(
        "secret-jwt",
        "tinggi",
        re.compile(r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,2000}"),
        "Token JWT",
        "A JWT",
    ),
    Token(
        "secret-laravel-key",
        "kritis",
        re.compile(r"\bbase64:(?P<rahasia>[A-Za-z0-9+/]{43}=)"),
        "APP_KEY Laravel",
        "A Laravel APP_KEY",
    ),
    Token(
        "secret-url",
        "tinggi",
        re.compile(r"\b[a-z][a-z0-9+]{1,20}://[^\s:/@'\"<>]{0,64}:(?P<rahasia>[^\s@'\"/<>]{3,128})@[\w.\[-]"),
        "Alamat berisi kata sandi",
        "An address with a password",
    ),
)
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?P<after>.{0,80})")
KEY_BODY = re.compile(r"[A-Za-z0-9+/]{40}")
DOCUMENTED = frozenset({"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})

NAMES = (
    r"[\w.-]{0,40}(?:passwords?|passwd|pwd|kata_?sandi|sandi|secret|api_?key|access_?key|auth_?token|access_?token"
    r"|private_?key|app_?key|encryption_?key|signing_?key|bot_?token)[\w]{0,20}"
)
# Every one of NAMES holds one of these. Looking for them first is eighty times faster than looking for names
# at every letter, and megabytes of nothing in a repository would keep laik from all other cases.
HINT = re.compile(r"(?i)passw|pwd|sandi|secret|key|token")
QUOTED = re.compile(
    rf"(?i)(?P<nama>{NAMES})['\"]?\]?\s{{0,20}}(?:=>|:=|={{1,3}}|:)\s{{0,20}}(?P<kutip>['\"`])(?P<rahasia>[^'\"`\s]{{6,200}})(?P=kutip)"
)
DEFINED = re.compile(
    rf"(?i)define\(\s{{0,5}}['\"](?P<nama>{NAMES})['\"]\s{{0,5}},\s{{0,5}}['\"](?P<rahasia>[^'\"\s]{{6,200}})['\"]"
)
ATTRIBUTE = re.compile(
    rf"(?i)name=['\"](?P<nama>{NAMES})['\"]\s{{1,5}}value=['\"](?P<rahasia>[^'\"\s]{{6,200}})['\"]"
)
PLAIN = re.compile(
    rf"(?i)^\s{{0,40}}(?:-\s|export\s)?\s{{0,4}}(?P<nama>{NAMES})\s{{0,4}}[:=]\s{{0,4}}(?P<rahasia>[^\s'\"#]{{6,200}})\s{{0,20}}(?:#.{{0,200}})?$"
)
PLAIN_ENDINGS = frozenset("yml yaml ini conf cnf cfg properties toml sh bash".split())
PASSWORD_NAME = re.compile(r"(?i)(?:.*(?:^|[_.-]))?(?:db_?)?(?:password|passwd|pwd|pass|kata_?sandi|sandi)$")
REFERENCE = re.compile(
    r"\$\{?\w|\{\{|<[\w -]+>|%\w+%|^\$|^env\(|^process\.env|^(?:https?|file)://|^/[\w./-]*$|^\*+$|^\.+$|^[xX]{3,}$|^#|->|::|\(|\|"
)
WORDS = re.compile(r"[A-Za-z_.:-]+")


def _rule(token: Token) -> Rule:
    return Rule(
        token.rule,
        token.severity,
        f"{token.name_id} tertulis di berkas.",
        f"{token.name_en} stands in a file.",
        MOVE,
    )


PRIVATE = Rule(
    "secret-private-key",
    "kritis",
    "Kunci privat tertulis di berkas.",
    "A private key stands in a file.",
    MOVE,
)
PASSWORD = Rule(
    "secret-password",
    "tinggi",
    "Kata sandi atau kunci rahasia tertulis di berkas.",
    "A password or secret key stands in a file.",
    MOVE,
)
WEAK_PASSWORD = Rule(
    "secret-password-word",
    "sedang",
    "Kata sandi berupa kata biasa tertulis di berkas.",
    "A plain-word password stands in a file.",
    MOVE,
)
RULES = (*{token.rule: _rule(token) for token in TOKENS}.values(), PRIVATE, PASSWORD, WEAK_PASSWORD)


def find(path: str, ending: str, text: str) -> tuple[RawFlaw, ...]:
    """All secrets in one text file, one a rule and line."""
    found: dict[tuple[str, int], RawFlaw] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        following = lines[number] if number < len(lines) else ""
        for rule, secret in _in_line(line, following, ending):
            flaw = _flaw(rule, path, number, line, secret)
            found.setdefault((rule.id, number), flaw)
    return tuple(found.values())


def _flaw(rule: Rule, path: str, number: int, line: str, secret: str) -> RawFlaw:
    covered = line.replace(secret, "***")[:LINE]
    return RawFlaw(rule.id, rule.severity, path, number, covered, rule.message_id, rule.message_en)


def _in_line(line: str, following: str, ending: str) -> Iterator[tuple[Rule, str]]:
    for start in range(0, max(len(line), 1), LINE - OVERLAP):
        part = line[start : start + LINE]
        yield from _tokens(part)
        yield from _private_key(part, following)
        yield from _assigned(part, ending)


def _tokens(part: str) -> Iterator[tuple[Rule, str]]:
    for token in TOKENS:
        for match in token.pattern.finditer(part):
            secret = match.groupdict().get("rahasia") or match[0]
            made_up = token.rule == "secret-url" and (is_reference(secret) or is_placeholder(secret))
            if secret not in DOCUMENTED and not made_up and len(set(secret)) > 4:
                yield _rule(token), secret


def _private_key(part: str, following: str) -> Iterator[tuple[Rule, str]]:
    for match in PRIVATE_KEY.finditer(part):
        if KEY_BODY.search(match["after"]) or KEY_BODY.search(following) or "Proc-Type" in following:
            yield PRIVATE, match["after"] or match[0]


def _assigned(part: str, ending: str) -> Iterator[tuple[Rule, str]]:
    if ending in PROSE or HINT.search(part) is None:
        return  # documentation explains passwords; tokens in it still count
    patterns = [QUOTED, DEFINED, ATTRIBUTE, *([PLAIN] if ending in PLAIN_ENDINGS else [])]
    for pattern in patterns:
        for match in pattern.finditer(part):
            rule = _judge(match["nama"], match["rahasia"])
            if rule:
                yield rule, match["rahasia"]


def _judge(name: str, value: str) -> Rule | None:
    """Which rule a named value breaks: none for references, placeholders and words that describe."""
    if is_reference(value) or is_placeholder(value) or value in DOCUMENTED:
        return None
    if looks_random(value):
        return PASSWORD
    if PASSWORD_NAME.fullmatch(name) and value.isalpha() and value.lower() not in DESCRIBING:
        return WEAK_PASSWORD
    return None


DESCRIBING = frozenset(
    "hashed required nullable string confirmed encrypted password passwords username optional undefined "
    "boolean number object hidden visible default current sometimes present filled text users "
    "admins database".split()
)


def is_reference(value: str) -> bool:
    """A value that points somewhere else: a variable, an environment lookup, a path, a rule list."""
    return REFERENCE.search(value) is not None


def is_placeholder(value: str) -> bool:
    """``your-password``, ``ganti_saya``, ``changeme``: letters and dashes that say "fill me in".

    Only words without digits or signs qualify, so that ``contoh-R4hasia!`` stays a secret.
    """
    words = re.fullmatch(r"[A-Za-z _.-]+", value)
    starts = (
        "your",
        "isi",
        "ganti",
        "change",
        "contoh",
        "example",
        "placeholder",
        "todo",
        "insert",
        "replace",
        "dummy",
    )
    return bool(words) and value.lower().startswith(
        (*starts, "secret", "password", "rahasia", "null", "none", "xxx")
    )


def looks_random(value: str) -> bool:
    """Whether a value is no plain word: letters with digits or signs, or long and irregular."""
    if len(value) < 6 or (WORDS.fullmatch(value) and (len(value) < 24 or _entropy(value) < 4.2)):
        return False
    has_letter, has_digit = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    return (has_letter and (has_digit or len(value) >= 8)) or (has_digit and len(value) >= 10)


def _entropy(value: str) -> float:
    """Shannon entropy in bits a character."""
    shares = [value.count(one) / len(value) for one in set(value)]
    return -sum(share * log2(share) for share in shares)
