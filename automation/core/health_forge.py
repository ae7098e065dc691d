"""Health of the way to the forge: address, version, clock, account, token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from automation.core.errors import ForgeRefused
from automation.core.health import Check, Diagnosis, Unread, listed
from automation.core.rights import TOO_MUCH, lacking
from automation.core.text import Bilingual

OLDEST: Mapping[str, tuple[int, int]] = {"GitLab": (17, 0), "GitHub Enterprise Server": (3, 17)}
"""What laik was held against: the vendors' documents and schemas of these versions and newer."""

CLOCK_WARN, CLOCK_FAIL = 60.0, 300.0  # seconds
EXPIRY_DAYS = 14
_LOCAL = re.compile(r"http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$)")
_VERSION = re.compile(r"(?P<name>\D+?) (?P<major>\d+)\.(?P<minor>\d+)")


class AccountView(Protocol):
    """An account of the forge."""

    @property
    def username(self) -> str:
        """Its name."""


class TokenView(Protocol):
    """What the forge says of a token."""

    @property
    def kind(self) -> str:
        """``personal``, ``project``, ``group``, ``app`` or ``unknown``."""

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """What it may do; None where the forge does not say."""

    @property
    def expires(self) -> date | None:
        """Its last day, or None."""


@dataclass(frozen=True, slots=True)
class ForgeFacts:
    """What was read of the forge. ``drift``: our clock minus the forge's, in seconds."""

    kind: Literal["gitlab", "github"]
    url: str
    today: date
    version: str | Unread
    drift: float | Unread
    me: AccountView | Unread
    token: TokenView | Unread


def judge_forge(facts: ForgeFacts) -> Iterator[Diagnosis]:
    """Every check of this theme."""
    yield _reachable(facts)
    yield _address(facts.url)
    yield _version(facts.version, facts.url)
    yield _clock(facts.drift)
    yield _valid(facts)
    yield _scopes(facts)
    yield _expiry(facts)


def _reachable(facts: ForgeFacts) -> Diagnosis:
    check = Check("forge_reachable", facts.url)
    asked = (facts.version, facts.drift, facts.me)
    problems = [one.why for one in asked if isinstance(one, Unread)]
    if len(problems) < len(asked) or any(isinstance(one, ForgeRefused) and one.status for one in problems):
        return check.ok("Forge menjawab.", "The forge answers.")
    return check.failed(problems[0])


def _address(url: str) -> Diagnosis:
    check = Check("forge_address", url)
    if not url:
        return check.after("settings_complete")
    if url.startswith("https://") or _LOCAL.match(url):
        return check.ok("Alamat forge terlindung.", "The forge's address is a protected one.")
    return check.fail(
        Bilingual(
            "LAIK_URL bukan https: token terkirim tanpa pengamanan di jaringan.",
            "LAIK_URL is not https: the token travels unprotected.",
        ),
        Bilingual("Pakai alamat https://.", "Use the https:// address."),
    )


def _version(version: str | Unread, url: str) -> Diagnosis:
    check = Check("forge_version", url)
    if isinstance(version, Unread):
        return check.unread(version)
    found = _VERSION.match(version)
    if version == "GitHub":
        return check.ok("GitHub.com.", "GitHub.com.")
    if found is None or found["name"] not in OLDEST:
        return check.unknown(
            Bilingual(
                f"Versi forge tidak dikenali: {version}.", f"The forge's version is not known: {version}."
            ),
            Bilingual("Jalankan 'laik doctor --live'.", "Run 'laik doctor --live'."),
        )
    oldest = OLDEST[found["name"]]
    if (int(found["major"]), int(found["minor"])) < oldest:
        wanted = f"{found['name']} {oldest[0]}.{oldest[1]}"
        return check.warn(
            Bilingual(f"{version} lebih tua dari {wanted}.", f"{version} is older than {wanted}."),
            Bilingual(
                "Perbarui forge; sampai itu, buktikan dengan 'laik doctor --live'.",
                "Upgrade the forge; until then, prove it with 'laik doctor --live'.",
            ),
        )
    return check.ok(f"{version}.", f"{version}.")


def _clock(drift: float | Unread) -> Diagnosis:
    check = Check("clock")
    if isinstance(drift, Unread):
        return check.unread(drift)
    told = f"{abs(drift):.0f}"
    if abs(drift) <= CLOCK_WARN:
        return check.ok(f"Selisih jam dengan forge {told} detik.", f"The clocks differ by {told} seconds.")
    message = Bilingual(
        f"Jam mesin ini {told} detik {'di depan' if drift > 0 else 'di belakang'} jam forge.",
        f"This machine's clock is {told} seconds {'ahead of' if drift > 0 else 'behind'} the forge's.",
    )
    remedy = Bilingual(
        "Nyalakan penyelarasan waktu (timedatectl set-ntp true) di kedua mesin.",
        "Switch on time synchronisation (timedatectl set-ntp true) on both machines.",
    )
    return check.fail(message, remedy) if abs(drift) > CLOCK_FAIL else check.warn(message, remedy)


def _valid(facts: ForgeFacts) -> Diagnosis:
    check = Check("token_valid", _setting(facts))
    if isinstance(facts.me, Unread):
        refused = isinstance(facts.me.why, ForgeRefused)
        return check.failed(facts.me.why) if refused else check.unread(facts.me)
    return check.ok(f"Token milik {facts.me.username}.", f"The token is of {facts.me.username}.")


def _scopes(facts: ForgeFacts) -> Diagnosis:
    check = Check("token_scopes", _setting(facts))
    if isinstance(facts.token, Unread):
        return check.unread(facts.token)
    scopes = facts.token.scopes
    if scopes is None:
        return check.unknown(
            Bilingual(
                "Forge tidak menyebut hak token ini (begitu untuk token fine-grained).",
                "The forge does not tell this token's rights (so it is with fine-grained tokens).",
            ),
            Bilingual("Buktikan dengan 'laik doctor --live'.", "Prove them with 'laik doctor --live'."),
        )
    missing = lacking(facts.kind, facts.token.kind, scopes)
    if missing:
        return check.fail(
            Bilingual(
                f"Token tidak memiliki hak: {listed(missing)}.", f"The token lacks: {listed(missing)}."
            ),
            Bilingual(
                "Buat token baru dengan hak itu, atau setujui izin App itu di halaman pemasangannya.",
                "Make a new token with these scopes, or accept them on the App's installation page.",
            ),
        )
    more = sorted(TOO_MUCH & set(scopes))
    if more:
        return check.warn(
            Bilingual(
                f"Token lebih berkuasa dari perlunya: {listed(more)}.",
                f"The token may do too much: {listed(more)}.",
            ),
            Bilingual("Buat token baru tanpa hak itu.", "Make a new token without these scopes."),
        )
    return check.ok(f"Hak token: {listed(scopes, 20)}.", f"The token's rights: {listed(scopes, 20)}.")


def _expiry(facts: ForgeFacts) -> Diagnosis:
    check = Check("token_expiry", _setting(facts))
    if isinstance(facts.token, Unread):
        return check.unread(facts.token)
    if facts.token.kind == "app":
        return check.ok("Token App diperbarui sendiri.", "An App's tokens are renewed by themselves.")
    ends = facts.token.expires
    if ends is None and facts.token.kind == "unknown":
        return check.unknown(
            Bilingual(
                "Forge tidak menyebut masa berlaku token.", "The forge does not tell when the token expires."
            ),
            Bilingual("Lihat di halaman token.", "Look at the page of tokens."),
        )
    if ends is None:
        return check.ok("Token tanpa masa berlaku.", "The token has no expiry.")
    left = (ends - facts.today).days
    remedy = Bilingual(
        "Buat token baru, tulis ke berkas token, lalu mulai ulang laik.",
        "Make a new token, write it to the token file, then restart laik.",
    )
    if left <= 0:
        return check.fail(
            Bilingual(f"Token habis masa pada {ends}.", f"The token expired on {ends}."), remedy
        )
    if left < EXPIRY_DAYS:
        return check.warn(
            Bilingual(
                f"Token habis masa {left} hari lagi ({ends}).", f"The token expires in {left} days ({ends})."
            ),
            remedy,
        )
    return check.ok(f"Token berlaku sampai {ends}.", f"The token is good until {ends}.")


def _setting(facts: ForgeFacts) -> str:
    app = not isinstance(facts.token, Unread) and facts.token.kind == "app"
    return "LAIK_APP_KEY_FILE" if app else "LAIK_TOKEN_FILE"
