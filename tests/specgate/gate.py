"""The gate: what was seen at the door goes to the vendor's document it belongs to."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.specgate import packages
from tests.specgate.compact import gitlab_table
from tests.specgate.exchange import Exchange, Letter, Violation
from tests.specgate.graphqlspec import GraphQLSpec
from tests.specgate.hold import Holder
from tests.specgate.letters import hold_letter
from tests.specgate.operations import Operation, Table

HERE = Path(__file__).parent
GITLAB_STATUSES = "https://docs.gitlab.com/api/rest/troubleshooting/#status-codes"
GITHUB_STATUSES = "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"

GITLAB_ERRORS = dict.fromkeys((301, 400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 429), "message|error")
"""What every operation may answer (GITLAB_STATUSES); the body has one of these fields."""
GITHUB_ERRORS = dict.fromkeys((301, 307, 400, 401, 403, 404, 410, 413, 415, 422, 429), "message")
"""What every operation may answer (GITHUB_STATUSES)."""


@dataclass
class Tally:
    """What was held, for the line at the end."""

    exchanges: Counter[str] = field(default_factory=Counter)
    operations: dict[str, set[str]] = field(default_factory=dict)
    letters: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    unheld: int = 0

    def saw(self, source: str, name: str) -> None:
        self.exchanges[source] += 1
        self.operations.setdefault(source, set()).add(name)


class Gate:
    """Holds everything seen in a session.

    Attributes:
        tally: the counts so far.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self._allowed = json.loads((HERE / "allowed.json").read_text(encoding="utf-8"))["allowed"]

    @functools.cached_property
    def gitlab(self) -> Holder:
        return Holder(gitlab_table(), errors=GITLAB_ERRORS)

    @functools.cached_property
    def github(self) -> Holder | None:
        vendor = packages.vendor()
        if vendor is None:
            return None
        left_out = json.loads((HERE / "github" / "left_out.json").read_text(encoding="utf-8"))["left_out"]
        components = without_needed(vendor["rest"]["components"], left_out)
        return Holder(
            github_table(vendor["rest"]["operations"], components), errors=GITHUB_ERRORS, pardons=left_out
        )

    @functools.cached_property
    def graphql(self) -> GraphQLSpec | None:
        vendor = packages.vendor()
        return None if vendor is None else GraphQLSpec(vendor["graphql"])

    def hold(
        self, seen: Iterable[Exchange | Letter], *, refused_may_be_wrong: bool = False
    ) -> list[Violation]:
        """What is wrong in what was seen; what the allow-list names is left out and counted.

        Args:
            seen: exchanges and letters.
            refused_may_be_wrong: a request that the forge refuses (400, 404, 405, 422) may break the schema;
                for tests which send wrong requests, or made-up letters, on purpose.
        """
        found = []
        for one in seen:
            if isinstance(one, Letter):
                self.tally.letters[one.forge] += 1
                wrong = [] if refused_may_be_wrong else list(hold_letter(one))
            else:
                asked, answered = self._exchange(one)
                pardon = refused_may_be_wrong and one.status in {400, 401, 404, 405, 413, 415, 422}
                wrong = answered if pardon else [*asked, *answered]
            found += [violation for violation in wrong if not self._is_allowed(violation)]
        return found

    def _exchange(self, one: Exchange) -> tuple[list[Violation], list[Violation]]:
        if one.path.startswith("/api/v4"):
            return self._rest(self.gitlab, "/api/v4", "gitlab", one)
        if self.github is None or self.graphql is None:
            self.tally.unheld += 1
            return [], []
        if one.path.startswith("/api/v3"):
            return self._rest(self.github, "/api/v3", "github", one)
        name, asked, answered = self.graphql.hold(one)
        self.tally.saw("schema.graphql", name)
        return asked, answered

    def _rest(
        self, holder: Holder, prefix: str, forge: str, one: Exchange
    ) -> tuple[list[Violation], list[Violation]]:
        parts = one.path.removeprefix(prefix).strip("/").split("/")
        method = "GET" if one.method == "HEAD" else one.method
        found = holder.table.find(method, _by_name(parts) if forge == "github" else parts)
        if found is None:
            return [self._unknown(forge, method, "/".join(parts))], []
        operation, values = found
        self.tally.saw("gitlab" if forge == "gitlab" else operation.source, operation.name)
        return list(holder.request(operation, values, one)), list(holder.answer(operation, one))

    def _unknown(self, forge: str, method: str, path: str) -> Violation:
        name = f"{method} /{re.sub(r'[0-9a-f]{40}|[0-9]+', '…', path)}"[:120]
        what, document = f"no schema for {name}", GITLAB_STATUSES
        if forge == "github":
            index = packages.vendor()["rest"]["index"]
            known = documented(index, method, path)
            hint = (
                f"; add «{known}» to tests/specgate/github/operations.txt and run make specs" if known else ""
            )
            what, document = f"{what}{hint or ', and GitHub documents none'}", GITHUB_STATUSES
        return Violation(name, "request", "", what, "", document)

    def _is_allowed(self, violation: Violation) -> bool:
        for entry in self._allowed:
            if all(
                re.fullmatch(entry.get(key, ".*"), getattr(violation, key), re.DOTALL)
                for key in ("operation", "where", "pointer", "what")
            ):
                self.tally.allowed[entry["name"]] += 1
                return True
        return False


def _by_name(parts: list[str]) -> list[str]:
    """``/repositories/{id}/…``, where GitHub redirects to, as the documented ``/repos/{owner}/{repo}/…``.

    Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
    """
    if len(parts) > 1 and parts[0] == "repositories" and parts[1].isdigit():
        return ["repos", "-", "-", *parts[2:]]
    return parts


def github_table(operations: Iterable[Any], components: Mapping[str, Any]) -> Table:
    """The table of the cut-down OpenAPI files."""

    def read(cut: Any) -> Operation:
        sets = {key: frozenset(cut[key]) for key in ("needed", "greedy")}
        return Operation(**{**cut, **sets})

    return Table([read(one) for one in operations], components)


def without_needed(components: Mapping[str, Any], left_out: Mapping[str, list[str]]) -> dict[str, Any]:
    """The schemas with the fields that the embedded forge leaves out no longer needed."""
    made = dict(components)
    for name, fields in left_out.items():
        for one in (name, f"{name}~open"):
            if one in made:
                needed = [field for field in made[one].get("required", ()) if field not in fields]
                made[one] = {**made[one], "required": needed}
    return made


def documented(index: Mapping[str, list[str]], method: str, path: str) -> str:
    """The documented operation, listed or not, that the address belongs to; empty for none."""

    def fits(name: str) -> Iterator[bool]:
        asked, _, template = name.partition(" ")
        pattern = re.sub(r"\\\{[^/]*\\\}", "[^/]+", re.escape(template.strip("/")))
        yield asked == method and re.fullmatch(pattern, path) is not None

    return next((name for names in index.values() for name in names if any(fits(name))), "")
