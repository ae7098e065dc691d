"""``laik serve``: receive webhooks, work cases, sweep now and then."""

from __future__ import annotations

import click

from automation.core.errors import LaikError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat yang didengar.")
@click.option("--port", default=8642, show_default=True, help="Porta yang didengar.")
def command(host: str, port: int) -> None:
    """Terima webhook dan kerjakan kasus sampai dihentikan (Ctrl-C).

    Mula-mula label, papan, dan webhook proyek kendali, hosting, dan rahasia dibuat sejauh belum ada.
    """
    import uvicorn

    from automation.reconciler import EVERYTHING
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        made = laik.organise()
        if made:
            click.echo(f"Disiapkan pada forge: {made} label, daftar papan, dan webhook.")
    except LaikError as problem:  # a forge that is down for a moment must not keep laik from starting
        click.echo(problem.explain("id"), err=True)
        click.echo(problem.explain("en"), err=True)
    laik.queue.put(EVERYTHING)
    laik.worker.start()
    click.echo(
        f"laik mendengar di http://{host}:{port} (webhook: /webhook/{laik.settings.forge}, kesehatan: /sehat)"
    )
    try:
        uvicorn.run(laik.web, host=host, port=port, log_level="warning", access_log=False)
    finally:
        laik.close()
