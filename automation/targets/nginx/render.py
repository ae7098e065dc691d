"""The nginx tree: ``nginx.conf`` and one ``vhosts/<name>.conf`` a request, from closed templates.

No checker of nginx sees an injection, so three guards stand in a row: a request's fields have narrow types
(:mod:`automation.core.hosting_request`), addresses come from the policy alone, and every single value is
held against one alphabet again at the moment it is written.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from automation.core.certificates import CertificatePair, pair_problems
from automation.core.errors import InvalidPolicy, RenderFailed, Where
from automation.core.hosting import HostingRequest
from automation.core.policy import HostingPolicy
from automation.core.text import Bilingual

NAME_HEADER = "X-Laik-Nama"

# No white space, no quotes, no ; { } $ # \ : nothing that ends a word or starts a block in nginx.
_SAFE = re.compile(r"[A-Za-z0-9._:/@\[\]-]*")


@dataclass(frozen=True, slots=True)
class NginxOptions:
    """Where nginx listens, and where ACME challenges lie; ``address`` empty means every address."""

    http_port: int = 80
    https_port: int = 443
    address: str = ""
    acme_root: str = "/var/lib/laik/acme"

    def listen(self, port: int) -> str:
        """The value of one ``listen`` directive."""
        return _door(self.address, port) if self.address else str(port)


DEFAULT_OPTIONS = NginxOptions()


def proof_of(request: HostingRequest) -> str:
    """What the virtual host of ``request`` answers in :data:`NAME_HEADER`: its name and commit."""
    return f"{request.fqdn}@{request.sha[:12]}"


def render_tree(
    requests: Iterable[HostingRequest], policy: HostingPolicy, *, options: NginxOptions = DEFAULT_OPTIONS
) -> Mapping[str, str]:
    """All files of the tree by relative path; the same input gives the same bytes.

    Raises:
        InvalidPolicy: a certificate path with characters beyond a plain absolute path, or half a pair.
        RenderFailed: a value would not stay inside its place.
    """
    _require_whole_pairs(policy)
    templates = _templates()
    shared = _shared(policy, options)
    files = {"nginx.conf": templates.get_template("nginx.conf.jinja").render(shared)}
    vhost = templates.get_template("vhost.conf.jinja")
    for request in requests:
        files[f"vhosts/{request.fqdn}.conf"] = vhost.render(shared | _own(request, policy))
    return files


def _shared(policy: HostingPolicy, options: NginxOptions) -> dict[str, str]:
    pairs = (policy.pair_for(parent) for parent in policy.induk_domain)
    return {
        "http": options.listen(options.http_port),
        "https": options.listen(options.https_port),
        "acme_root": options.acme_root,
        "name_header": NAME_HEADER,
        # The default HTTPS server refuses every handshake and shows its certificate to nobody: any will do.
        **_certificate(next((pair for pair in pairs if pair is not None), None)),
    }


def _certificate(pair: CertificatePair | None) -> dict[str, str]:
    """The paths as the templates take them; both empty for plain HTTP."""
    return {
        "certificate": pair.sertifikat if pair else "",
        "certificate_key": pair.kunci if pair else "",
    }


def _require_whole_pairs(policy: HostingPolicy) -> None:
    """Held again at the pen: a policy need not have come from a file."""
    for _, told in pair_problems(policy):
        raise InvalidPolicy(
            told,
            remedy=Bilingual(
                "Perbaiki bagian hosting pada laik.yaml.", "Mend the hosting part of laik.yaml."
            ),
            where=Where(file="laik.yaml"),
        )


def _own(request: HostingRequest, policy: HostingPolicy) -> dict[str, str]:
    upstream = policy.hulu.get(request.hulu)
    if upstream is None:
        raise RenderFailed(
            Bilingual(
                f"Hulu {request.hulu} tidak ada dalam kebijakan.",
                f"The upstream {request.hulu} is not in the policy.",
            ),
            remedy=Bilingual("Ubah permintaan atau kebijakan.", "Change the request or the policy."),
            where=Where(file=request.path, case=request.kasus),
        )
    return {
        "fqdn": request.fqdn,
        "case": request.kasus,
        "sha": request.sha,
        "proof": proof_of(request),
        "upstream": _door(upstream.alamat, upstream.port),
        **_certificate(policy.pair_for(request.induk)),
    }


def _door(address: str, port: int) -> str:
    shown = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    return f"{shown}:{port}"


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        finalize=_guarded,
        autoescape=False,  # noqa: S701 - no HTML; _guarded refuses what HTML escaping would only disguise
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _guarded(value: object) -> str:
    """One value as it is written, or a refusal: ``a.id; return 301 http://evil/`` ends here."""
    text = str(value)
    if _SAFE.fullmatch(text) is None:
        raise RenderFailed(
            Bilingual(
                f"Nilai {text!a} tidak boleh ditulis ke konfigurasi nginx.",
                f"The value {text!a} may not be written into nginx configuration.",
            ),
            remedy=Bilingual("Perbaiki nilai itu pada sumbernya.", "Mend that value at its source."),
        )
    return text
