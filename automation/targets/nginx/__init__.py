"""Virtual hosts for nginx: one a request, from one closed template; checked as a whole tree."""

from automation.targets.nginx.check import check_tree
from automation.targets.nginx.render import DEFAULT_OPTIONS, NAME_HEADER, NginxOptions, proof_of, render_tree

__all__ = ["DEFAULT_OPTIONS", "NAME_HEADER", "NginxOptions", "check_tree", "proof_of", "render_tree"]
