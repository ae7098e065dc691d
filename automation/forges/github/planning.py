"""Labels and milestones on GitHub."""

from __future__ import annotations

from collections.abc import Sequence

import github

from automation.forges.base import Label, Milestone
from automation.forges.github import convertwork as convert
from automation.forges.github.session import Part, asks, status_of

# GitHub refuses a longer one.
_LONGEST_DESCRIPTION = 100


class PlanningPart(Part):
    """Labels and milestones."""

    @asks("membuat label", "make labels")
    def ensure_labels(self, project_id: int, labels: Sequence[Label]) -> int:
        """Make missing labels; the number written. Labels that exist are left as people made them."""
        path = f"{self._at(project_id)}/labels"
        # Letter case does not tell labels apart on GitHub.
        known = {row["name"].casefold() for row in self._rows(path)}
        written = 0
        for label in labels:
            if label.name.casefold() not in known:
                written += self._create_label(path, label)
                known.add(label.name.casefold())
        return written

    def _create_label(self, path: str, label: Label) -> bool:
        data = {
            "name": label.name,
            "color": label.color.removeprefix("#"),
            "description": label.description[:_LONGEST_DESCRIPTION],
        }
        try:
            self._raw("POST", path, body=data)
        except github.GithubException as problem:
            # Someone made it between our look and our write: it is there.
            if status_of(problem) != 422 or not _is_taken(problem):
                raise
            return False
        return True

    @asks("membuat tonggak", "make milestones")
    def ensure_milestones(self, project_id: int, milestones: Sequence[Milestone]) -> int:
        """Make missing milestones and correct due dates; the number written."""
        path = f"{self._at(project_id)}/milestones"
        # Closed ones too: a title may not be given twice.
        known = {row["title"]: row for row in self._rows(path, parameters={"state": "all"})}
        written = 0
        for wanted in milestones:
            due = convert.due_on(wanted.due) if wanted.due else None
            standing = known.get(wanted.title)
            if standing is None:
                data = {"title": wanted.title, "description": wanted.description}
                self._raw("POST", path, body={**data, "due_on": due} if due else data)
            elif convert.due_date(standing["due_on"]) != wanted.due:
                self._raw("PATCH", f"{path}/{standing['number']}", body={"due_on": due})
            else:
                continue
            written += 1
        return written


def _is_taken(problem: github.GithubException) -> bool:
    data = problem.data if isinstance(problem.data, dict) else {}
    return any(
        isinstance(one, dict) and one.get("code") == "already_exists" for one in data.get("errors", ())
    )
