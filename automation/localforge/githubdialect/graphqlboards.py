"""GraphQL's things: repositories, owners, issues, boards with fields and items; and what changes boards."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from automation.localforge import githubboards as boards
from automation.localforge import labels, users
from automation.localforge.githubboards import Board, BoardField, Item
from automation.localforge.githubdialect.call import Call
from automation.localforge.githubdialect.graphqlrun import Arguments, Problem, Thing, connection
from automation.localforge.githubdialect.rendergit import node_id, page, short
from automation.localforge.permissions import GUEST, group_level, project_visible
from automation.localforge.records import Issue, Label, Namespace, Note, Project

_FIELD_INTERFACES = frozenset({"Node", "ProjectV2FieldCommon"})
_OWNER_INTERFACES = frozenset({"Node", "RepositoryOwner", "ProjectV2Owner", "Actor"})


def unresolved(node: str) -> Problem:
    """The error about a global id that leads nowhere."""
    return Problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{node[:100]}'")


def parts_of(node: Any) -> tuple[str, str]:
    """Kind and numbers of a global id."""
    try:
        text = base64.b64decode(str(node), validate=True).decode()
        length = int(text[:3])
    except (binascii.Error, ValueError):
        raise unresolved(str(node)) from None
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
            "nodes": lambda told: [self.node(one) for one in told.get("ids") or ()],
            "repository": self._repository_by_name,
            "organization": self._organization_by_login,
            "viewer": lambda _: Thing("User", {"login": self.call.actor.username}, _OWNER_INTERFACES),
        }

    def node(self, given: Any) -> Thing:
        """The thing of a global id."""
        kind, number = parts_of(given)
        finders: dict[str, Callable[[int], Thing | None]] = {
            "Repository": self._repository_of,
            "Organization": self._owner_of,
            "User": self._person_of,
            "ProjectV2": self._board_of,
            "Issue": self._issue_of,
            "IssueComment": self._comment_of,
        }
        found = finders[kind](int(number)) if kind in finders and number.isdigit() else None
        if found is None:
            raise unresolved(str(given))
        return found

    def project(self, given: Any) -> Project:
        """The repository of a global id."""
        kind, number = parts_of(given)
        found = self._visible(int(number)) if kind == "Repository" and number.isdigit() else None
        if found is None:
            raise unresolved(str(given))
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
        kind, number = parts_of(given)
        column = {"Organization": "id", "User": "owner_id"}.get(kind)
        sql = f"SELECT * FROM namespaces WHERE {column} = ? AND kind = ?"  # noqa: S608 - own names
        wanted = "group" if kind == "Organization" else "user"
        found = self.engine.store.one(Namespace, sql, int(number), wanted) if column else None
        if found is None:
            raise unresolved(str(given))
        if not self._is_member(found.id):
            user = self.call.actor.username
            raise Problem("FORBIDDEN", f"{user} does not have the correct permissions to execute this.")
        return found

    def board(self, given: Any) -> Board:
        """The board of a global id, as somebody who may change it."""
        kind, number = parts_of(given)
        found = boards.get_board(self.engine, int(number)) if kind == "ProjectV2" else None
        if found is None or not self._is_member(found.namespace_id):
            raise unresolved(str(given))
        return found

    def _board_of(self, board_id: int) -> Thing | None:
        self.allow("node")
        found = boards.get_board(self.engine, board_id)
        if found is None or not self._is_member(found.namespace_id):
            return None
        return self.board_thing(found)

    def issue_record(self, given: Any) -> Issue:
        """The issue of a global id."""
        kind, number = parts_of(given)
        found = None
        if kind == "Issue" and number.isdigit():
            found = self.engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", int(number))
        if found is None or self._visible(found.project_id) is None:
            raise unresolved(str(given))
        return found

    def _issue_of(self, issue_id: int) -> Thing | None:
        found = self.engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", issue_id)
        return self.issue(found) if found and self._visible(found.project_id) else None

    def _comment_of(self, note_id: int) -> Thing | None:
        found = self.engine.store.one(Note, "SELECT * FROM notes WHERE id = ? AND system = 0", note_id)
        if found is None or self._visible(found.project_id) is None:
            return None
        edited = found.last_edited_at
        facts = {
            "id": node_id("IssueComment", found.id),
            "databaseId": found.id,
            "body": found.body,
            "lastEditedAt": short(edited) if edited else None,
        }
        return Thing("IssueComment", facts, frozenset({"Node", "Comment"}))

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
