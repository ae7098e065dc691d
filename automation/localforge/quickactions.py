"""GitLab's quick actions: lines such as ``/close`` in notes and descriptions, run as the writer.

They are why everything a bot writes must pass an output port: a title that another agency typed, echoed
by the bot with ``/approve`` at the start of a line, would approve in the bot's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from automation.localforge import labels, merging, noteables
from automation.localforge.engine import Engine
from automation.localforge.noteables import Noteable, may_edit, may_label
from automation.localforge.records import Label, MergeRequest, User
from automation.localforge.refusals import Refusal
from automation.localforge.users import find_user

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COMMAND = re.compile(r"^/(?P<name>[a-z_]+)(?:[ \t]+(?P<rest>.*))?$", re.IGNORECASE)


@dataclass(slots=True)
class Outcome:
    """What the commands in one text did.

    Attributes:
        text: the text without its commands.
        found: how many commands stood in it.
        changes: GitLab's ``commands_changes``.
        summary: one sentence a command that ran.
        failed: one sentence a command that could not run.
    """

    text: str
    found: int = 0
    changes: dict[str, Any] = field(default_factory=dict)
    summary: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Deed:
    """One command about to run: by whom, on what, with which argument."""

    engine: Engine
    user: User
    thing: Noteable
    rest: str


def extract(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without its commands, and the commands (name, argument); code blocks are left alone.

    Carriage returns are dropped first, as GitLab does.
    """
    kept: list[str] = []
    commands: list[tuple[str, str]] = []
    fence = ""
    for line in text.replace("\r", "").split("\n"):
        fence = _fence_after(fence, line)
        match = None if fence else _COMMAND.match(line)
        name = match["name"].lower() if match else ""
        if match and name in COMMANDS:
            commands.append((name, (match["rest"] or "").strip()))
        else:
            kept.append(line)
    return "\n".join(kept).strip(), commands


def _fence_after(fence: str, line: str) -> str:
    """The code or quote fence that is open after this line, or an empty text."""
    if line.strip() == ">>>":
        return "" if fence == ">>>" else (fence or ">>>")
    match = _FENCE.match(line)
    if not match or fence == ">>>":
        return fence
    if not fence:
        return match[1]
    closing = match[1][0] == fence[0] and len(match[1]) >= len(fence) and not line.strip().strip(fence[0])
    return "" if closing else fence


def run(engine: Engine, user: User, thing: Noteable, text: str, *, new: bool = False) -> Outcome:
    """Take the commands out of ``text`` and run those that ``user`` may; ``new`` things are not merged."""
    if engine.dialect == "github":
        # GitHub runs nothing that stands in a text.
        return Outcome(text)
    rest_text, commands = extract(text)
    outcome = Outcome(rest_text if commands else text, found=len(commands))
    for name, rest in commands:
        deed = _Deed(engine, user, noteables.reload(engine, thing), rest)
        if new and name in {"approve", "unapprove", "merge"}:
            outcome.failed.append(f"Could not apply {name} command.")
            continue
        try:
            changes = COMMANDS[name](deed)
        except Refusal:
            changes = None
        if changes is None:
            outcome.failed.append(f"Could not apply {name} command.")
        else:
            outcome.changes.update(changes)
            outcome.summary.append(f"Applied {name} command.")
    if outcome.summary:
        noteables.touch(engine, thing)
    return outcome


def run_in_description(engine: Engine, user: User, thing: Noteable, *, new: bool = True) -> None:
    """Run the commands in a thing's description and keep the rest of it."""
    outcome = run(engine, user, thing, thing.description, new=new)
    if outcome.found:
        engine.store.update(noteables.table_of(thing), thing.id, description=outcome.text)


def edit(engine: Engine, user: User, thing: Noteable, changes: Mapping[str, Any]) -> Noteable:
    """Apply an update request, with the commands in a new description."""
    changed = noteables.change(engine, user, thing, changes)
    if "description" in changes:
        run_in_description(engine, user, changed, new=False)
    return noteables.reload(engine, changed)


# -- the commands: None when the writer may not, else what changed -----------------------------------


def _label_names(deed: _Deed) -> list[str]:
    names = re.findall(r'~"([^"]+)"|~([^\s~]+)|([^\s~"]+)', deed.rest)
    return [quoted or marked or plain for quoted, marked, plain in names]


def _known(deed: _Deed) -> list[Label]:
    """The labels named in a command; unknown ones are not made by it."""
    found = [labels.find_label(deed.engine, deed.thing.project_id, name) for name in _label_names(deed)]
    return [label for label in found if label is not None]


def _label(deed: _Deed) -> dict[str, Any] | None:
    known = _known(deed)
    if not known or not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.change_metadata(deed.engine, deed.thing, {"add_labels": [one.name for one in known]})
    return {"add_label_ids": [one.id for one in known]}


def _unlabel(deed: _Deed) -> dict[str, Any] | None:
    if not may_label(deed.engine, deed.user, deed.thing):
        return None
    target = noteables.target_of(deed.thing)
    known = _known(deed) if deed.rest else labels.labels_on(deed.engine, target, deed.thing.id)
    noteables.change_metadata(deed.engine, deed.thing, {"remove_labels": [one.name for one in known]})
    return {"remove_label_ids": [one.id for one in known]}


def _relabel(deed: _Deed) -> dict[str, Any] | None:
    known = _known(deed)
    if not known or not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.change_metadata(deed.engine, deed.thing, {"labels": [one.name for one in known]})
    return {"label_ids": [one.id for one in known]}


def _state(event: str) -> Callable[[_Deed], dict[str, Any] | None]:
    def act(deed: _Deed) -> dict[str, Any] | None:
        if not may_edit(deed.engine, deed.user, deed.thing):
            return None
        noteables.change_state(deed.engine, deed.user, deed.thing, event)
        return {"state_event": event}

    return act


def _approve(deed: _Deed) -> dict[str, Any] | None:
    """Approving leaves no trace in ``commands_changes``, on GitLab neither."""
    if not isinstance(deed.thing, MergeRequest):
        return None
    merging.approve(deed.engine, deed.user, deed.thing)
    return {}


def _unapprove(deed: _Deed) -> dict[str, Any] | None:
    if not isinstance(deed.thing, MergeRequest):
        return None
    merging.unapprove(deed.engine, deed.user, deed.thing)
    return {}


def _merge(deed: _Deed) -> dict[str, Any] | None:
    if not isinstance(deed.thing, MergeRequest):
        return None
    head = deed.thing.head_sha
    merging.merge(deed.engine, deed.user, deed.thing)
    return {"merge": head}


def _users(deed: _Deed) -> list[User]:
    names = [word.lstrip("@") for word in deed.rest.replace(",", " ").split()]
    found = [deed.user if name == "me" else find_user(deed.engine, name) for name in names]
    return [user for user in found if user is not None]


def _assign(deed: _Deed) -> dict[str, Any] | None:
    users = _users(deed)
    if not users or not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.assign(deed.engine, deed.thing, [user.id for user in users])
    return {"assignee_ids": [user.id for user in users]}


def _unassign(deed: _Deed) -> dict[str, Any] | None:
    if not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.assign(deed.engine, deed.thing, [])
    return {"assignee_ids": []}


def _title(deed: _Deed) -> dict[str, Any] | None:
    if not deed.rest or not may_edit(deed.engine, deed.user, deed.thing):
        return None
    noteables.change(deed.engine, deed.user, deed.thing, {"title": deed.rest})
    return {"title": deed.rest}


def _milestone(deed: _Deed) -> dict[str, Any] | None:
    title = deed.rest.lstrip("%").strip('"')
    found = labels.find_milestone(deed.engine, deed.thing.project_id, title)
    if found is None or not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.change_metadata(deed.engine, deed.thing, {"milestone_id": found.id})
    return {"milestone_id": found.id}


def _remove_milestone(deed: _Deed) -> dict[str, Any] | None:
    if not may_label(deed.engine, deed.user, deed.thing):
        return None
    noteables.change_metadata(deed.engine, deed.thing, {"milestone_id": None})
    return {"milestone_id": None}


COMMANDS: Mapping[str, Callable[[_Deed], dict[str, Any] | None]] = {
    "label": _label,
    "labels": _label,
    "unlabel": _unlabel,
    "remove_label": _unlabel,
    "relabel": _relabel,
    "close": _state("close"),
    "reopen": _state("reopen"),
    "open": _state("reopen"),
    "approve": _approve,
    "unapprove": _unapprove,
    "merge": _merge,
    "assign": _assign,
    "unassign": _unassign,
    "title": _title,
    "milestone": _milestone,
    "remove_milestone": _remove_milestone,
}
