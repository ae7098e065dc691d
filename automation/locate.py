"""Locate: from where something happened to the key of the queue that must be looked at."""

from __future__ import annotations

from automation.keys import EVERYTHING, HOSTING, POLICY, SECRET, SERVING, SHARED
from automation.observe.office import OfficeReader
from automation.store.links import Links
from automation.web.hooks import WebhookHint


class Locator:
    """Which key a webhook speaks of, from ids alone; the payload's text is never looked at."""

    def __init__(self, links: Links, office: OfficeReader) -> None:
        self._links = links
        self._office = office

    def __call__(self, hint: WebhookHint) -> str | None:
        """A queue key, or None when the project is nobody's."""
        known = self._office.known_projects()
        if hint.kind == "status" and hint.project_id in {known.get("kendali"), known.get("rahasia")}:
            return None  # laik shows no status there, and anyone's would else cause a sweep
        if hint.project_id == known.get("kendali"):
            return self._in_control(hint)
        if hint.project_id == known.get("hosting"):
            return SERVING if hint.kind == "push" else HOSTING
        if hint.project_id == known.get("rahasia"):
            return SECRET
        cases = self._links.cases_of(hint.project_id)
        return cases[0] if len(cases) == 1 else (f"{SHARED}{hint.project_id}" if cases else None)

    def _in_control(self, hint: WebhookHint) -> str:
        """An issue's case as it was linked, which saves asking for the issue; a push may change policy."""
        if hint.kind == "merge_request":
            return POLICY
        if hint.kind != "issue" or not hint.iid:
            return EVERYTHING
        return self._links.case_of(hint.project_id, hint.iid) or f"#{hint.iid}"
