"""Health of the webhooks of one project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from automation.core.health import Check, Diagnosis, Unread, listed, skipped
from automation.core.text import Bilingual

HOOK_CHECKS = ("hook_present", "hook_enabled", "hook_events", "hook_tls", "hook_delivery")

_SERVE = Bilingual(
    "Mulai ulang 'laik serve' (memasang dan memperbaiki webhook), atau jalankan 'laik init'.",
    "Restart 'laik serve' (it sets and mends webhooks), or run 'laik init'.",
)


class HookView(Protocol):
    """A webhook."""

    @property
    def url(self) -> str:
        """Where it sends to."""

    @property
    def events(self) -> tuple[str, ...]:
        """What it tells of."""

    @property
    def enabled(self) -> bool:
        """Whether the forge delivers to it."""

    @property
    def why(self) -> str:
        """The forge's word on why not, or on the last delivery that failed."""

    @property
    def verifies_tls(self) -> bool:
        """Whether certificates are looked at."""


@dataclass(frozen=True, slots=True)
class HookWish:
    """The webhook a project should have, beside those it has. ``url`` is empty where none is wanted."""

    url: str
    events: tuple[str, ...]
    found: Sequence[HookView] | Unread


def judge_address(url: str, secrets: int, *, local: bool) -> Iterator[Diagnosis]:
    """The address and secret that webhooks get; ``local``: the address is this machine's own."""
    check = Check("hook_address", "LAIK_HOOK_URL")
    if not url:
        yield check.warn(
            Bilingual(
                "LAIK_HOOK_URL kosong: laik hanya menyapu tiap 15 menit.",
                "LAIK_HOOK_URL is empty: laik sweeps every 15 minutes alone.",
            ),
            Bilingual(
                "Isi dengan alamat laik yang dapat dijangkau forge.",
                "Set it to laik's address as the forge reaches it.",
            ),
        )
        return
    if not url.startswith("https://") and not local:
        yield check.fail(
            Bilingual(
                "LAIK_HOOK_URL bukan https: rahasia webhook terkirim tanpa pengamanan.",
                "LAIK_HOOK_URL is not https: the hook's secret travels unprotected.",
            ),
            Bilingual("Pakai alamat https://.", "Use an https:// address."),
        )
    else:
        yield check.ok("Alamat webhook terisi.", "The webhooks' address is set.")
    secret = Check("hook_secret", "LAIK_HOOK_SECRET_FILE")
    if not secrets:
        yield secret.fail(
            Bilingual(
                "Rahasia webhook belum ada: setiap kejadian akan ditolak.",
                "There is no secret for webhooks: every event will be refused.",
            ),
            Bilingual(
                "Isi LAIK_HOOK_SECRET_FILE (dibuat oleh 'laik init').",
                "Set LAIK_HOOK_SECRET_FILE ('laik init' makes it).",
            ),
        )
    elif secrets > 1:
        yield secret.warn(
            Bilingual(
                f"{secrets} rahasia webhook berlaku; yang lama masih membuka pintu.",
                f"{secrets} secrets of webhooks are good; the old ones still open the door.",
            ),
            Bilingual(
                "Hapus baris lama setelah semua webhook, juga pada repositori kasus, memakai yang baru.",
                "Remove the old lines once all webhooks, those of cases' repositories too, use the new one.",
            ),
        )
    else:
        yield secret.ok(
            "Rahasia webhook terisi; cocok tidaknya di forge hanya terlihat dari kiriman (hook_delivery).",
            "The secret is set; whether the forge has the same one shows only in deliveries (hook_delivery).",
        )


def judge_hooks(where: str, wish: HookWish) -> Iterator[Diagnosis]:
    """The checks of one project's hooks; none where no hook is wanted."""
    if not wish.url:
        return
    check = Check("hook_present", where)
    if isinstance(wish.found, Unread):
        yield check.unread(wish.found)
        yield from skipped(HOOK_CHECKS[1:], "hook_present", where)
        return
    ours = [hook for hook in wish.found if hook.url == wish.url]
    if not ours:
        yield check.fail(
            Bilingual(f"Tidak ada webhook ke {wish.url}.", f"There is no webhook to {wish.url}."),
            _SERVE,
        )
        yield from skipped(HOOK_CHECKS[1:], "hook_present", where)
        return
    yield check.ok("Webhook ada.", "The webhook is there.")
    # Where there are doubles, one that works is enough: each event is worked once whatever comes twice.
    hook = next((one for one in ours if one.enabled), ours[0])
    yield _enabled(Check("hook_enabled", where), hook)
    yield _events(Check("hook_events", where), hook, wish.events)
    yield _tls(Check("hook_tls", where), hook)
    yield _delivery(Check("hook_delivery", where), hook)


def _enabled(check: Check, hook: HookView) -> Diagnosis:
    if hook.enabled:
        return check.ok("Webhook menyala.", "The webhook is on.")
    why = hook.why or "-"
    return check.fail(
        Bilingual(f"Forge mematikan webhook ini: {why}.", f"The forge switched this webhook off: {why}."),
        Bilingual(
            f"Pastikan laik terjangkau dari forge. {_SERVE.id}",
            f"Make sure that the forge reaches laik. {_SERVE.en}",
        ),
    )


def _events(check: Check, hook: HookView, wanted: tuple[str, ...]) -> Diagnosis:
    missing = [] if "*" in hook.events else [one for one in wanted if one not in hook.events]
    if missing:
        return check.fail(
            Bilingual(
                f"Webhook tidak memberitakan: {listed(missing)}.",
                f"The webhook does not tell of: {listed(missing)}.",
            ),
            _SERVE,
        )
    return check.ok("Webhook memberitakan semua yang perlu.", "The webhook tells of all that is needed.")


def _tls(check: Check, hook: HookView) -> Diagnosis:
    if hook.verifies_tls:
        return check.ok("Sertifikat diperiksa.", "Certificates are looked at.")
    return check.fail(
        Bilingual(
            "Webhook tidak memeriksa sertifikat: rahasianya dapat terkirim ke penyadap.",
            "The webhook does not look at certificates: its secret may go to an eavesdropper.",
        ),
        Bilingual(
            "Nyalakan 'SSL verification' pada webhook itu.", "Switch on 'SSL verification' in that webhook."
        ),
    )


def _delivery(check: Check, hook: HookView) -> Diagnosis:
    if hook.enabled and hook.why:
        return check.warn(
            Bilingual(f"Kiriman terakhir gagal: {hook.why}.", f"The last delivery failed: {hook.why}."),
            Bilingual(
                "401: rahasia di forge berbeda dari LAIK_HOOK_SECRET_FILE; lainnya: laik tidak terjangkau"
                " saat itu. Hilang setelah kiriman berikutnya berhasil.",
                "401: the forge's secret differs from LAIK_HOOK_SECRET_FILE; else: laik could not be reached"
                " then. It goes once the next delivery goes well.",
            ),
        )
    if not hook.enabled:
        return check.after("hook_enabled")
    return check.ok(
        "Tidak ada kiriman gagal yang diceritakan forge.", "The forge tells of no failed delivery."
    )
