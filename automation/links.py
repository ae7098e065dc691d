"""Links: what the store knows of where a case lives, so that an event or a changed project leads to it.

Written before anything else of a run and compared first, so that a run at rest costs one query. The ledger
stays the truth about repositories; a link that was lost is made again here from it.
"""

from __future__ import annotations

from automation.observe.case import Seen
from automation.store.links import Link, LinkKind, Links


def hold_links(links: Links, seen: Seen) -> None:
    """Link a case to its issue, its repositories and its open hosting merge request, as they are now."""
    key = seen.intake.key
    held = {one.kind: one for one in links.of_case(key)}
    for link in _wished(seen):
        # What another case has stays theirs until its own run lets go of it: a merge request can name
        # another case with every push, and a repository is never taken.
        taken = link.kind != "aplikasi" and links.case_of(link.project_id, link.iid) not in {None, key}
        if held.get(link.kind) != link and not taken:
            links.set(key, link.kind, link.project_id, link.iid)
    if "hosting_mr" in held and seen.hosting_request is None:
        links.remove(key, "hosting_mr")


def _wished(seen: Seen) -> list[Link]:
    key, place = seen.intake.key, seen.intake.place
    kinds: dict[str, LinkKind] = {"berkas": "berkas", "aplikasi": "aplikasi"}
    wished = [Link(key, "issue", place.project_id, place.iid)]
    for name, project in seen.intake.memory.projects.items():
        if name in kinds:
            wished.append(Link(key, kinds[name], project))
    if seen.hosting_request is not None:
        wished.append(Link(key, "hosting_mr", *seen.hosting_request))
    return wished
