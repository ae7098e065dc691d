"""Moving branches and tags over the API: judged as a push is, and told like one."""

from __future__ import annotations

from automation.localforge import pushes
from automation.localforge.engine import Engine
from automation.localforge.git import ZERO, RefMoved
from automation.localforge.githubdialect.call import refused
from automation.localforge.githubprotection import Move
from automation.localforge.githubreports import guard_of
from automation.localforge.gitobjects import BadObject, GitObjects
from automation.localforge.records import Project, User
from automation.localforge.refusals import Refusal

__all__ = ["head_of", "move_ref", "objects_of", "refuse_forbidden"]


def objects_of(engine: Engine, project: Project) -> GitObjects:
    """The single objects of a repository."""
    return GitObjects(engine.repository_path(project.id))


def head_of(engine: Engine, project: Project, ref: str) -> str | None:
    """The object that a full ref name names now."""
    return next((sha for name, sha, _ in objects_of(engine, project).refs(ref) if name == ref), None)


def refuse_forbidden(engine: Engine, user: User, project: Project, move: Move, *, status: int = 422) -> None:
    """Refuse a move of a branch that a rule forbids: 403 for who is not named, else ``status``."""
    if project.archived:
        raise refused(403, "Repository was archived so is read-only.")
    found = guard_of(engine).violation(user, project, move)
    if found is not None:
        raise refused(403 if found.unauthorized else status, found.message)


def move_ref(
    engine: Engine, user: User, project: Project, ref: str, new: str, *, force: bool = False
) -> None:
    """Make a ref (where it is absent), move it, or delete it (``new`` ZERO).

    Raises:
        Refusal: 422 for what is no commit or no fast-forward; 403 or 422 for a protected branch.
    """
    old = head_of(engine, project, ref)
    objects = objects_of(engine, project)
    if new != ZERO and objects.kind(new) is None:
        raise refused(422, "Object does not exist")
    if ref.startswith("refs/heads/"):
        _judge(engine, user, project, ref, (old, new), force=force)
    try:
        objects.move(ref, new, old or ZERO)
    except BadObject as problem:
        raise refused(422, str(problem)) from None
    except RefMoved:
        raise refused(422, "Reference cannot be updated") from None
    pushes.pushed(engine, project, user, [(ref, old or ZERO, new)])


def _judge(
    engine: Engine, user: User, project: Project, ref: str, update: tuple[str | None, str], *, force: bool
) -> None:
    old, new = update
    branch = ref.removeprefix("refs/heads/")
    if new != ZERO and objects_of(engine, project).kind(new) != "commit":
        raise refused(422, "Object is not a commit")
    forced = old is not None and new != ZERO and not engine.is_ancestor(project.id, old, new)
    if forced and not force:
        raise refused(422, "Update is not a fast forward")
    if new == ZERO and branch == project.default_branch:
        raise _default_branch()
    move = Move(branch, None if new == ZERO else new, created=old is None, forced=forced, deleted=new == ZERO)
    refuse_forbidden(engine, user, project, move)


def _default_branch() -> Refusal:
    return refused(422, "Cannot delete the default branch")
