"""GraphQL's things: repositories, owners, issues, boards with fields and items; and what changes boards."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from automation.localforge import githubboards as boards
from automation.localforge import labels, users
from automation.localforge.githubboards import Board, BoardField, Item
from automation.localforge.githubdialect.call import Call
from automation.localforge.githubdialect.graphqlrun import Arguments, Problem, Thing, connection
from automation.localforge.githubdialect.rendergit import node_id, page
from automation.localforge.permissions import GUEST, REPORTER, group_level, project_level, project_visible
from automation.localforge.records import Issue, Label, Namespace, Project

_COLORS = ("GRAY", "BLUE", "GREEN", "YELLOW", "ORANGE", "RED", "PINK", "PURPLE")
_FIELD_TYPES = ("DATE", "NUMBER", "SINGLE_SELECT", "TEXT")
_FIELD_INTERFACES = frozenset({"Node", "ProjectV2FieldCommon"})
_OWNER_INTERFACES = frozenset({"Node", "RepositoryOwner", "ProjectV2Owner", "Actor"})


def _unresolved(node: str) -> Problem:
    return Problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{node[:100]}'")


def _parts(node: Any) -> tuple[str, str]:
    """Kind and numbers of a global id."""
    try:
        text = base64.b64decode(str(node), validate=True).decode()
        length = int(text[:3])
    except (binascii.Error, ValueError):
        raise _unresolved(str(node)) from None
    return text[4 : 4 + length], text[4 + length :]


class Nodes:
    """The things that one caller may see."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.engine = call.engine

    # ---- who may

    def allow(self, field: str, *, write: bool = False) -> None:
        """Refuse a token that may not use projects, in the words for its kind."""
        if self.call.install is not None:
            held = self.call.install.permissions.get("organization_projects")
            if held is None or (write and held == "read"):
                raise Problem("FORBIDDEN", "Resource not accessible by integration")
            return
        record = users.get_token(self.engine, self.call.token) if self.call.token else None
        scopes = record.scopes.split() if record else []
        wanted = {"project", "api", "fine-grained"} | (set() if write else {"read:project"})
        if not wanted & set(scopes):
            named = "['project']" if write else "['read:project']"
            raise Problem(
                "INSUFFICIENT_SCOPES",
                "Your token has not been granted the required scopes to execute this query. The"
                f" '{field}' field requires one of the following scopes: {named}, but your token has only"
                f" been granted the: {scopes} scopes. Please modify your token's scopes at:"
                " https://github.com/settings/tokens.",
            )

    def _is_member(self, namespace_id: int) -> bool:
        return group_level(self.engine, self.call.user, namespace_id) >= GUEST

    # ---- finding

    def queries(self) -> dict[str, Any]:
        """What can be asked for."""
        return {
            "node": lambda told: self.node(told.get("id")),
            "repository": self._repository_by_name,
            "organization": self._organization_by_login,
            "viewer": lambda _: Thing("User", {"login": self.call.actor.username}, _OWNER_INTERFACES),
        }

    def node(self, given: Any) -> Thing:
        """The thing of a global id."""
        kind, number = _parts(given)
        finders: dict[str, Callable[[int], Thing | None]] = {
            "Repository": self._repository_of,
            "Organization": self._owner_of,
            "User": self._person_of,
            "ProjectV2": self._board_of,
            "Issue": self._issue_of,
        }
        found = finders[kind](int(number)) if kind in finders and number.isdigit() else None
        if found is None:
            raise _unresolved(str(given))
        return found

    def project(self, given: Any) -> Project:
        """The repository of a global id."""
        kind, number = _parts(given)
        found = self._visible(int(number)) if kind == "Repository" and number.isdigit() else None
        if found is None:
            raise _unresolved(str(given))
        return found

    def _visible(self, project_id: int) -> Project | None:
        found = self.engine.store.one(Project, "SELECT * FROM projects WHERE id = ?", project_id)
        if found is None or not project_visible(self.engine, self.call.user, found):
            return None
        return found

    def _repository_of(self, project_id: int) -> Thing | None:
        found = self._visible(project_id)
        return self.repository(found) if found else None

    def _repository_by_name(self, told: Arguments) -> Thing:
        path = f"{told.get('owner')}/{told.get('name')}"
        found = self.engine.store.one(Project, "SELECT * FROM projects WHERE full_path = ?", path)
        if found is None or not project_visible(self.engine, self.call.user, found):
            raise Problem("NOT_FOUND", f"Could not resolve to a Repository with the name '{path[:100]}'.")
        return self.repository(found)

    def _organization_by_login(self, told: Arguments) -> Thing:
        login = str(told.get("login"))
        sql = "SELECT * FROM namespaces WHERE kind = 'group' AND full_path = ?"
        found = self.engine.store.one(Namespace, sql, login)
        if found is None:
            message = f"Could not resolve to an Organization with the login of '{login[:100]}'."
            raise Problem("NOT_FOUND", message)
        return self.owner(found)

    def _owner_of(self, namespace_id: int) -> Thing | None:
        sql = "SELECT * FROM namespaces WHERE kind = 'group' AND id = ?"
        found = self.engine.store.one(Namespace, sql, namespace_id)
        return self.owner(found) if found else None

    def _person_of(self, user_id: int) -> Thing | None:
        sql = "SELECT * FROM namespaces WHERE kind = 'user' AND owner_id = ?"
        found = self.engine.store.one(Namespace, sql, user_id)
        return self.owner(found) if found else None

    def namespace(self, given: Any) -> Namespace:
        """The owner of a global id, to which the caller belongs."""
        kind, number = _parts(given)
        column = {"Organization": "id", "User": "owner_id"}.get(kind)
        sql = f"SELECT * FROM namespaces WHERE {column} = ? AND kind = ?"  # noqa: S608 - own names
        wanted = "group" if kind == "Organization" else "user"
        found = self.engine.store.one(Namespace, sql, int(number), wanted) if column else None
        if found is None:
            raise _unresolved(str(given))
        if not self._is_member(found.id):
            user = self.call.actor.username
            raise Problem("FORBIDDEN", f"{user} does not have the correct permissions to execute this.")
        return found

    def board(self, given: Any) -> Board:
        """The board of a global id, as somebody who may change it."""
        kind, number = _parts(given)
        found = boards.get_board(self.engine, int(number)) if kind == "ProjectV2" else None
        if found is None or not self._is_member(found.namespace_id):
            raise _unresolved(str(given))
        return found

    def _board_of(self, board_id: int) -> Thing | None:
        self.allow("node")
        found = boards.get_board(self.engine, board_id)
        if found is None or not self._is_member(found.namespace_id):
            return None
        return self.board_thing(found)

    def issue_record(self, given: Any) -> Issue:
        """The issue of a global id."""
        kind, number = _parts(given)
        found = None
        if kind == "Issue" and number.isdigit():
            found = self.engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", int(number))
        if found is None or self._visible(found.project_id) is None:
            raise _unresolved(str(given))
        return found

    def _issue_of(self, issue_id: int) -> Thing | None:
        found = self.engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", issue_id)
        return self.issue(found) if found and self._visible(found.project_id) else None

    # ---- things

    def repository(self, project: Project) -> Thing:
        """A repository."""
        space = self.engine.store.one(
            Namespace, "SELECT * FROM namespaces WHERE id = ?", project.namespace_id
        )
        return Thing(
            "Repository",
            {
                "id": node_id("Repository", project.id),
                "databaseId": project.id,
                "name": project.path,
                "nameWithOwner": project.full_path,
                "owner": lambda _: self.owner(space) if space else None,
                "projectsV2": lambda told: self._boards(
                    boards.boards_linked_to(self.engine, project.id), told
                ),
                "issue": lambda told: self._numbered(project, told),
            },
            frozenset({"Node", "ProjectV2Owner"}),
            frozenset({"projectsV2"}),
        )

    def _numbered(self, project: Project, told: Arguments) -> Thing:
        number = told.get("number")
        sql = "SELECT * FROM issues WHERE project_id = ? AND iid = ?"
        found = self.engine.store.one(Issue, sql, project.id, number if isinstance(number, int) else 0)
        if found is None:
            raise Problem("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return self.issue(found)

    def owner(self, space: Namespace) -> Thing:
        """An organisation or person."""
        kind, number = ("Organization", space.id) if space.kind == "group" else ("User", space.owner_id)
        return Thing(
            kind,
            {
                "id": node_id(kind, number),
                "login": space.path,
                "projectsV2": lambda told: self._boards(
                    [one for one in boards.boards_of(self.engine, space.id) if self._is_member(space.id)],
                    told,
                ),
            },
            _OWNER_INTERFACES,
            frozenset({"projectsV2"}),
        )

    def _boards(self, rows: list[Board], told: Arguments) -> Thing:
        self.allow("projectsV2")
        return connection("projectsV2", "ProjectV2Connection", rows, told, self.board_thing)

    def board_thing(self, board: Board) -> Thing:
        """A board."""
        space = self.engine.store.value("SELECT path FROM namespaces WHERE id = ?", board.namespace_id)
        engine = self.engine
        return Thing(
            "ProjectV2",
            {
                "id": node_id("ProjectV2", board.id),
                "number": board.number,
                "title": board.title,
                "closed": board.closed,
                "url": f"{engine.url}/orgs/{space}/projects/{board.number}",
                "fields": lambda told: connection(
                    "fields",
                    "ProjectV2FieldConfigurationConnection",
                    boards.fields_of(engine, board.id),
                    told,
                    self.field,
                ),
                "items": lambda told: connection(
                    "items", "ProjectV2ItemConnection", boards.items_on(engine, board.id), told, self.item
                ),
            },
            frozenset({"Node"}),
        )

    def field(self, one: BoardField) -> Thing:
        """A field; options only of a single select one."""
        single = one.data_type == "SINGLE_SELECT"
        kind = "ProjectV2SingleSelectField" if single else "ProjectV2Field"
        facts: dict[str, Any] = {
            "id": node_id(kind, one.id),
            "name": one.name,
            "dataType": one.data_type,
        }
        if single:
            facts["options"] = [Thing("ProjectV2SingleSelectFieldOption", choice) for choice in one.choices]
        return Thing(kind, facts, _FIELD_INTERFACES)

    def issue(self, issue: Issue) -> Thing:
        """An issue."""
        project = self._visible(issue.project_id)
        place = f"{page(self.engine, project)}/issues/{issue.iid}" if project else None
        return Thing(
            "Issue",
            {
                "id": node_id("Issue", issue.id),
                "number": issue.iid,
                "title": issue.title,
                "url": place,
                "labels": lambda told: connection(
                    "labels",
                    "LabelConnection",
                    labels.labels_on(self.engine, "issue", issue.id),
                    told,
                    _label,
                ),
                "projectItems": lambda told: self._items_of(issue, told),
            },
            frozenset({"Node"}),
            frozenset({"projectItems"}),
        )

    def _items_of(self, issue: Issue, told: Arguments) -> Thing:
        self.allow("projectItems")
        rows = boards.items_of(self.engine, issue.id)
        return connection("projectItems", "ProjectV2ItemConnection", rows, told, self.item)

    def item(self, one: Item) -> Thing:
        """An item; what it shows of an issue that the caller may not see is nothing."""
        return Thing(
            "ProjectV2Item",
            {
                "id": node_id("ProjectV2Item", one.id),
                "project": lambda _: self._board_of(one.board_id),
                "content": lambda _: self._issue_of(one.issue_id),
                "fieldValueByName": lambda told: self._value(one, str(told.get("name"))),
            },
            frozenset({"Node"}),
        )

    def _value(self, item: Item, name: str) -> Thing | None:
        fields = boards.fields_of(self.engine, item.board_id)
        field = next((one for one in fields if one.name == name), None)
        value = boards.value_of(self.engine, item.id, field.id) if field else None
        if field is None or value is None:
            return None
        if field.data_type == "DATE":
            return Thing("ProjectV2ItemFieldDateValue", {"date": value})
        if field.data_type == "SINGLE_SELECT":
            name = next((one["name"] for one in field.choices if one["id"] == value), "")
            return Thing("ProjectV2ItemFieldSingleSelectValue", {"optionId": value, "name": name})
        return Thing("ProjectV2ItemFieldTextValue", {"text": value})


def _label(one: Label) -> Thing:
    return Thing("Label", {"id": node_id("Label", one.id), "name": one.name}, frozenset({"Node"}))


# -- what changes boards -----------------------------------------------------------------------------


def mutations(nodes: Nodes) -> dict[str, Any]:
    """The changes that can be made; each takes one ``input``."""
    known: dict[str, Callable[[Nodes, Mapping[str, Any]], Mapping[str, Any]]] = {
        "createProjectV2": _create_board,
        "linkProjectV2ToRepository": _link,
        "createProjectV2Field": _create_field,
        "updateProjectV2Field": _update_field,
        "addProjectV2ItemById": _add_item,
        "updateProjectV2ItemFieldValue": _set_value,
        "clearProjectV2ItemFieldValue": _clear_value,
    }

    def act(name: str) -> Callable[[Arguments], Thing]:
        def carry_out(told: Arguments) -> Thing:
            given = told.get("input")
            if not isinstance(given, Mapping):
                raise Problem("INVALID", f"Argument 'input' on Field '{name}' is required.")
            nodes.allow(name, write=True)
            return Thing(f"{name[0].upper()}{name[1:]}Payload", known[name](nodes, given))

        return carry_out

    return {name: act(name) for name in known}


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem("UNPROCESSABLE", f"{name[0].upper()}{name[1:]} can't be blank")
    return value


def _create_board(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    space = nodes.namespace(given.get("ownerId"))
    made = boards.create_board(nodes.engine, space.id, _text(given, "title"))
    if given.get("repositoryId"):
        boards.link(nodes.engine, made.id, nodes.project(given["repositoryId"]).id)
    return {"projectV2": nodes.board_thing(made)}


def _link(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    project = nodes.project(given.get("repositoryId"))
    boards.link(nodes.engine, nodes.board(given.get("projectId")).id, project.id)
    return {"repository": nodes.repository(project)}


def _create_field(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    board, name, kind = nodes.board(given.get("projectId")), _text(given, "name"), given.get("dataType")
    if kind not in _FIELD_TYPES:
        raise Problem("UNPROCESSABLE", "Data type is not included in the list")
    if any(one.name.casefold() == name.casefold() for one in boards.fields_of(nodes.engine, board.id)):
        raise Problem("UNPROCESSABLE", "Name has already been taken")
    options = _options(given.get("singleSelectOptions")) if kind == "SINGLE_SELECT" else []
    field_id = boards.create_field(nodes.engine, board.id, name, kind, options)
    return {"projectV2Field": nodes.field(_field(nodes, field_id))}


def _options(value: Any) -> list[dict[str, str]]:
    """The options of an input: name, colour and description each, names once, 50 at most."""
    rows = value if isinstance(value, list) else []
    if not rows or len(rows) > boards.MOST_OPTIONS:
        raise Problem("UNPROCESSABLE", "Options must have between 1 and 50 values")
    found = []
    for row in rows:
        if not isinstance(row, Mapping) or row.get("color") not in _COLORS or "description" not in row:
            raise Problem("UNPROCESSABLE", "Each option needs a name, color and description")
        found.append({key: str(row[key]) for key in ("color", "description")} | {"name": _text(row, "name")})
    if len({row["name"] for row in found}) < len(found):
        raise Problem("UNPROCESSABLE", "Options must have unique names")
    return found


def _field(nodes: Nodes, field_id: int) -> BoardField:
    found = boards.get_field(nodes.engine, field_id)
    if found is None:
        raise _unresolved(str(field_id))
    return found


def _own_field(nodes: Nodes, given: Any) -> BoardField:
    """The field of a global id on a board that the caller may change."""
    kind, number = _parts(given)
    if kind not in {"ProjectV2Field", "ProjectV2SingleSelectField"} or not number.isdigit():
        raise _unresolved(str(given))
    found = _field(nodes, int(number))
    nodes.board(node_id("ProjectV2", found.board_id))
    return found


def _update_field(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    field = _own_field(nodes, given.get("fieldId"))
    if given.get("name"):
        nodes.engine.store.update("github_fields", field.id, name=_text(given, "name"))
    if given.get("singleSelectOptions"):
        boards.replace_options(nodes.engine, field, _options(given["singleSelectOptions"]))
    return {"projectV2Field": nodes.field(_field(nodes, field.id))}


def _add_item(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    board, issue = nodes.board(given.get("projectId")), nodes.issue_record(given.get("contentId"))
    return {"item": nodes.item(boards.add_item(nodes.engine, board.id, issue.id))}


def _item_and_field(nodes: Nodes, given: Mapping[str, Any]) -> tuple[Item, BoardField]:
    board = nodes.board(given.get("projectId"))
    kind, number = _parts(given.get("itemId"))
    found = boards.get_item(nodes.engine, int(number)) if kind == "ProjectV2Item" else None
    if found is None or found.board_id != board.id:
        raise _unresolved(str(given.get("itemId")))
    field = _own_field(nodes, given.get("fieldId"))
    if field.board_id != board.id:
        raise _unresolved(str(given.get("fieldId")))
    _require_triage(nodes, found)
    return found, field


def _require_triage(nodes: Nodes, item: Item) -> None:
    """Who moves a card must be able to label the issue."""
    project = nodes.engine.store.one(
        Project,
        "SELECT p.* FROM projects p JOIN issues i ON i.project_id = p.id WHERE i.id = ?",
        item.issue_id,
    )
    if project is None or project_level(nodes.engine, nodes.call.user, project) < REPORTER:
        user = nodes.call.actor.username
        raise Problem("FORBIDDEN", f"{user} does not have the correct permissions to execute this.")


def _set_value(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    item, field = _item_and_field(nodes, given)
    value = given.get("value")
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Problem("VALIDATION", "Exactly one value must be given")
    boards.set_value(nodes.engine, item.id, field.id, _fitting(field, value))
    return {"projectV2Item": nodes.item(item)}


def _fitting(field: BoardField, value: Mapping[str, Any]) -> str:
    if field.data_type == "SINGLE_SELECT":
        option = value.get("singleSelectOptionId")
        if option not in {one["id"] for one in field.choices}:
            raise Problem("VALIDATION", "The single select option Id does not belong to the field")
        return str(option)
    if field.data_type == "DATE":
        try:
            return date.fromisoformat(str(value.get("date"))[:10]).isoformat()
        except ValueError:
            raise Problem(
                "VALIDATION", "Did not receive a date value to update a field of type date"
            ) from None
    return str(value.get("text"))


def _clear_value(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    item, field = _item_and_field(nodes, given)
    boards.set_value(nodes.engine, item.id, field.id, None)
    return {"projectV2Item": nodes.item(item)}
