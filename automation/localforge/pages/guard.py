"""Who may see the pages: a browser on this machine that was pointed at this machine, nobody else.

The pages ask for no token and show private projects, so two attacks are shut out here:

* a neighbour on the network, when the forge listens on more than loopback: only loopback peers are answered;
* DNS rebinding: a hostile site lets its own name point to 127.0.0.1, and the browser then believes that the
  pages belong to that site and lets its scripts read them. Such a request names the site as its ``Host``.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.types import Scope

_HOSTS = re.compile(rb"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE)
_PROXIED = {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"}


def is_local(scope: Scope) -> bool:
    """Whether an HTTP request comes from this machine and calls it by its own name."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or not _HOSTS.fullmatch(hosts[0]):
        return False
    # Through a proxy the peer is the proxy: who really asks is somewhere else.
    if any(name in _PROXIED for name, _ in scope["headers"]):
        return False
    return _is_loopback(scope.get("client"))


def _is_loopback(client: tuple[str, int] | None) -> bool:
    if client is None:
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
