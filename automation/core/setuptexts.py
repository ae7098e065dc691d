"""What the lines of the plan of setting up say, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from automation.core.setup import DEVELOPER, MAINTAINER, ProjectWish
from automation.core.text import Bilingual

EXISTS = Bilingual("sudah ada", "exists")
NEW_PRIVATE = Bilingual("privat", "private")
POLICY_COUNTS = Bilingual(
    "sudah ada dan berlaku; tidak ditulis ulang", "exists and counts; not written again"
)
NOT_IN_FORCE = Bilingual(
    "bukan kebijakan yang berlaku menurut buku besar: dua pemilik belum menyetujuinya; lihat laik policy"
    " show",
    "not the policy in force by the ledger: two owners have not agreed to it; see laik policy show",
)
NO_POLICY = Bilingual(
    "proyek berisi, tetapi tanpa laik.yaml; tambahkan lewat merge request (isi awal: laik template render"
    " kendali)",
    "the project has content but no laik.yaml; add it by merge request (first content: laik template render"
    " kendali)",
)
NO_RIGHTS = Bilingual(
    "akun laik bukan Maintainer atau Owner di sini; beri akses Owner pada grupnya",
    "laik's account is no Maintainer or Owner here; make it Owner of the group",
)
NO_PERSON = Bilingual(
    "tidak ada akun bernama itu, atau akun bot; perbaiki namanya (awal.yaml, atau kebijakan bila sudah ada)",
    "no account of that name, or a bot's; mend the name (awal.yaml, or the policy where there is one)",
)
HOOK = Bilingual("webhook dengan rahasia", "webhook with its secret")
HOOK_ANEW = Bilingual("dibuat ulang dengan rahasia baru", "made anew with a new secret")
HOOK_SECRET = Bilingual(
    "rahasia webhook, hanya terbaca pemilik berkas", "the webhooks' secret, for the file's owner alone"
)
STATE_FOLDER = Bilingual("catatan, cermin, dan singgahan", "ledger, mirrors and caches")
SETTINGS = Bilingual("setelan untuk laik serve", "settings for laik serve")
OPEN_TO_OTHERS = Bilingual(
    "terbaca akun lain; jalankan chmod go= atasnya", "others can read it; run chmod go= on it"
)


def rights_missing(names: Sequence[str]) -> Bilingual:
    """The token lacks rights."""
    listing = ", ".join(names)
    return Bilingual(
        f"token tidak punya hak: {listing}; tambahkan (SETUP.id.md, bagian hak token)",
        f"the token lacks the rights: {listing}; add them (SETUP.md, section on rights)",
    )


def organisation_by_hand(url: str) -> Bilingual:
    """An organisation that only people can make."""
    return Bilingual(
        f"organisasi belum ada, atau laik belum terpasang di sana; buat di {url}/organizations/new, lalu"
        " pasang GitHub App laik di sana atau jadikan akun laik pemiliknya",
        f"there is no such organisation, or laik is not installed there; make it at {url}/organizations/new,"
        " then install laik's GitHub App there or make laik's account an owner",
    )


def no_parent(path: str) -> Bilingual:
    """A group whose parent is absent."""
    return Bilingual(
        f"grup induk {path} tidak ada atau tidak terlihat oleh akun laik; buat, lalu beri akses Owner",
        f"its parent {path} is absent or out of laik's sight; make it, then give laik Owner access",
    )


def foreign(key: str) -> Bilingual:
    """A project that somebody else made."""
    return Bilingual(
        "sudah ada dan bukan buatan laik; dibiarkan. Bila memang untuk laik, awali deskripsinya dengan"
        f" [laik {key}], atau pilih grup lain",
        "exists and was not made by laik; left alone. If it is meant for laik, begin its description with"
        f" [laik {key}], or choose another group",
    )


def other_bot(named: str, own: str) -> Bilingual:
    """A policy for another account."""
    return Bilingual(
        f"menyebut akun bot {named}, tetapi token ini milik {own}; pakai token akun itu",
        f"names the bot {named}, but this token is of {own}; use that account's token",
    )


def other_place(path: str) -> Bilingual:
    """A policy for another control project."""
    return Bilingual(f"menyebut proyek kendali lain: {path}", f"names another control project: {path}")


def policy_differs(stands: str, asked: str, url: str) -> Bilingual:
    """The answers were changed after the policy had been written."""
    return Bilingual(
        f"berlaku: {stands}; awal.yaml: {asked}. awal.yaml tidak mengubah kebijakan; ubah laik.yaml lewat"
        f" merge request pada {url}",
        f"counts: {stands}; awal.yaml: {asked}. awal.yaml does not change the policy; change laik.yaml by"
        f" merge request at {url}",
    )


def first_files(count: int) -> Bilingual:
    """The first commit."""
    return Bilingual(f"isi pertama, {count} berkas", f"first content, {count} files")


def labels(count: int) -> Bilingual:
    """The labels."""
    return Bilingual(f"{count} label", f"{count} labels")


def board(name: str, columns: int) -> Bilingual:
    """The board."""
    return Bilingual(f"papan {name}, {columns} kolom", f"board {name}, {columns} columns")


def protection(wish: ProjectWish) -> Bilingual:
    """The default branch's protection."""
    push, merge = _level(wish.push), _level(wish.merge)
    checks = ", ".join(wish.checks)
    return Bilingual(
        f"cabang utama: push {push.id}, gabung {merge.id}" + (f", wajib hijau {checks}" if checks else ""),
        f"default branch: push {push.en}, merge {merge.en}" + (f", {checks} must be green" if checks else ""),
    )


def role(name: str) -> Bilingual:
    """A member's role, as GitLab names it."""
    return Bilingual(f"sebagai {name.title()}", f"as {name.title()}")


def not_named(role_name: str) -> Bilingual:
    """A member whom the policy does not name."""
    return Bilingual(
        f"{role_name.title()}, tidak disebut kebijakan; cabut bila tidak perlu",
        f"{role_name.title()}, not named in the policy; take it away unless needed",
    )


def settings_differ(names: Sequence[str]) -> Bilingual:
    """``laik.env`` says otherwise than the answers."""
    listing = ", ".join(names)
    return Bilingual(
        f"sudah ada dan berbeda pada {listing}; ubah sendiri, atau pindahkan lalu jalankan lagi",
        f"exists and differs in {listing}; change it yourself, or move it away and run this again",
    )


def _level(number: int) -> Bilingual:
    if number == 0:
        return Bilingual("tidak seorang pun", "nobody")
    name = {DEVELOPER: "Developer", MAINTAINER: "Maintainer"}[number]
    return Bilingual(f"mulai {name}", f"from {name}")
