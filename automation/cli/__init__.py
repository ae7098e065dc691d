"""The command line: one file a verb, imported only when that verb is called.

Exit codes: 0 fine, 1 expected refusal, 2 usage, 3 unexpected, 130 interrupted. This module is one of the
doors: here, and only here and at the web's edge, any exception is caught.
"""

from __future__ import annotations

import importlib
import sys
import traceback

import click

from automation.core.errors import LaikError

VERBS = {
    "case": ("automation.cli.case", "Kasus: daftar, isi, riwayat."),
    "check": ("automation.cli.check", "Pemeriksaan: daftar, penjelasan, jalankan pada klon."),
    "demo": ("automation.cli.demo", "Peragaan lengkap: dari permohonan sampai subdomain tersaji."),
    "doctor": ("automation.cli.doctor", "Periksa pemasangan: setelan, token, perlindungan, webhook."),
    "dossier": ("automation.cli.dossier", "Berkas bukti satu kasus: susun, periksa tanpa jaringan."),
    "forge": ("automation.cli.forge", "Forge bawaan sebagai server tersendiri, untuk mencoba."),
    "hosting": ("automation.cli.hosting", "Permintaan hosting: periksa, rencana, terapkan."),
    "init": ("automation.cli.init", "Siapkan laik pada forge; rencananya ditunjukkan dahulu."),
    "ledger": ("automation.cli.ledger", "Buku besar: kunci, tanda tangan, periksa."),
    "policy": ("automation.cli.policy", "Kebijakan (laik.yaml): periksa, yang berlaku."),
    "reconcile": ("automation.cli.reconcile", "Selaraskan satu kasus atau semuanya."),
    "scan": ("automation.cli.scan", "Pemindaian keamanan laik atas satu commit."),
    "serve": ("automation.cli.serve", "Terima webhook dan kerjakan kasus; yang belum ada disiapkan dahulu."),
    "sop": ("automation.cli.sop", "SOP: daftar, isi, periksa, bagan, dokumen resmi."),
    "template": ("automation.cli.template", "Templat proyek: daftar, bentuk, perbarui."),
}


class LazyVerbs(click.Group):
    """A click group whose commands are modules, loaded on use: ``laik --help`` stays light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, by name."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command; its module is imported now."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing any."""
        with formatter.section("Perintah"):
            formatter.write_dl([(verb, VERBS[verb][1]) for verb in self.list_commands(ctx)])


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="laik")
def laik() -> None:
    """Laik: SOP pengembangan aplikasi pemerintah daerah sebagai alur GitOps."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; the exit code (see the module docstring)."""
    try:
        code = laik.main(arguments, standalone_mode=False)
    except click.ClickException as refusal:
        refusal.show()
        return refusal.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Dihentikan. / Interrupted.", err=True)
        return 130
    except LaikError as refusal:
        click.echo(refusal.explain("id"), err=True)
        click.echo(refusal.explain("en"), err=True)
        return 1
    except Exception:  # noqa: BLE001 - the door: a defect is shown whole, never half
        traceback.print_exc()
        click.echo(
            "Kesalahan tak terduga; laporkan teks di atas. / Unexpected error; please report the text above.",
            err=True,
        )
        return 3
    return code if isinstance(code, int) else 0
