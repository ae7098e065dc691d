"""The live scene: try on the user's own forge what no document proves, in a project made for it and removed.

The project lies in the group of the case files, as ``laik-uji-<8 hex>`` with a marker in its description.
Whatever happens, it is removed: after a failed step, after a defect, after Ctrl-C. What could not be removed
is named. A project is taken for a leftover of ours only when its name and marker agree and nobody but laik's
own account ever pushed to it: everything else is somebody's.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from automation.core.errors import LaikError
from automation.core.health import Check, Diagnosis, Unread, listed
from automation.core.rights import LIVE_SCOPE
from automation.core.text import Bilingual
from automation.examine.asking import ask
from automation.forges.base import Forge, Project
from automation.settings import Settings
from automation.smoke.scene import BRANCH, FREE, MAIN, Scene, marker
from automation.smoke.steps import STEPS, Step

__all__ = ["leftovers", "not_played", "play"]

NAME = re.compile(r"laik-uji-([0-9a-f]{8})", re.ASCII)


def not_played() -> Diagnosis:
    """The live scene needs a forge that answers and a policy that names the group."""
    return Check("live_project").after("policy_loads")


def play(
    forge: Forge,
    settings: Settings,
    case_files: str,
    *,
    begin: Callable[[Bilingual], None] = lambda _: None,
    tell: Callable[[Diagnosis], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Diagnosis]:
    """Every step in order, each with its time; what hangs on a failed one is not tried.

    Args:
        forge: writes with laik's own token.
        settings: for the webhook's address and secret.
        case_files: path of the group.
        begin: told of each step.
        tell: told how the removal ended when the scene is broken off by an exception.
        sleep: for tests.
    """
    scene = Scene(forge, settings, case_files, name=f"laik-uji-{secrets.token_hex(4)}", sleep=sleep)
    checks: list[Diagnosis] = []
    try:
        for step in STEPS:
            begin(step.title)
            checks.append(_played(step, scene, checks))
    except BaseException:
        tell(_removed(scene))
        raise
    begin(Bilingual("membersihkan", "cleaning up"))
    return [*checks, _removed(scene)]


def _played(step: Step, scene: Scene, before: list[Diagnosis]) -> Diagnosis:
    done = {one.id for one in before if one.state in {"ok", "warn"}}
    lacking = next((one for one in step.needs if one not in done), None)
    check = Check(step.id, scene.path)
    if lacking:
        return check.after(lacking)
    start = time.monotonic()
    try:
        result = step.act(scene, check)
    except LaikError as problem:
        result = check.failed(problem)
    return replace(result, seconds=time.monotonic() - start)


def _removed(scene: Scene) -> Diagnosis:
    """Remove the project, also one whose making was broken off before its number was known."""
    start = time.monotonic()
    check = Check("live_cleanup", scene.path)
    try:
        result = _remove(scene, check)
    except LaikError as problem:
        result = check.fail(
            Bilingual(
                f"Proyek uji '{scene.path}' tertinggal. {problem.message.id}",
                f"The trial project '{scene.path}' is left over. {problem.message.en}",
            ),
            _BY_HAND,
        )
    return replace(result, seconds=time.monotonic() - start)


def _remove(scene: Scene, check: Check) -> Diagnosis:
    project = scene.project or scene.forge.find_project(scene.path)
    if project is None:
        return check.ok("Tidak ada yang perlu dihapus.", "There was nothing to remove.")
    scene.forge.delete_project(project.id)
    if scene.forge.find_project(scene.path) is not None:
        return check.warn(
            Bilingual(
                f"Forge menunda penghapusan '{scene.path}'.", f"The forge puts off removing '{scene.path}'."
            ),
            Bilingual(
                "Tidak ada yang perlu dilakukan; proyek itu hilang pada harinya.",
                "Nothing to do; it goes on its day.",
            ),
        )
    return check.ok("Proyek uji dihapus.", "The trial project was removed.")


def leftovers(forge: Forge, case_files: str, *, clean: bool = False) -> list[Diagnosis]:
    """Projects of earlier scenes that were not removed; with ``clean`` they are removed now."""
    check = Check("live_leftovers", case_files)
    found = ask(lambda: _left(forge, case_files))
    if isinstance(found, Unread):
        return [check.unread(found)]
    tried = [ask(partial(forge.delete_project, one.id)) for one in found] if clean else []
    failed = [one for one in tried if isinstance(one, Unread)]
    if failed:
        return [check.failed(failed[0].why)]
    names = listed(one.path for one in found)
    if found and not clean:
        return [
            check.warn(
                Bilingual(f"Proyek uji tertinggal: {names}.", f"Trial projects are left over: {names}."),
                Bilingual("Hapus dengan 'laik doctor --clean'.", "Remove them with 'laik doctor --clean'."),
            )
        ]
    if found:
        return [check.ok(f"Dihapus: {names}.", f"Removed: {names}.")]
    return [check.ok("Tidak ada proyek uji yang tertinggal.", "No trial project is left over.")]


def _left(forge: Forge, case_files: str) -> list[Project]:
    group = forge.find_group(case_files)
    projects = forge.list_group_projects(group) if group else ()
    return [one for one in projects if _is_ours(forge, one)]


def _is_ours(forge: Forge, project: Project) -> bool:
    """By name, marker and pushes. Anybody in the group can choose a name, but not who pushed."""
    name = project.path.rpartition("/")[2]
    if not NAME.fullmatch(name) or project.description != marker(name):
        return False
    if project.empty:
        return True
    me = forge.whoami().id
    branches = set(forge.branch_heads(project.id))
    pushed = [one for branch in sorted(branches) for one in forge.pushes(project.id, branch)]
    return branches <= {MAIN, BRANCH, FREE} and all(one.user.id == me for one in pushed)


_BY_HAND = Bilingual(
    "Hapus dengan 'laik doctor --clean', atau dengan tangan di setelan proyek itu. Token klasik GitHub perlu"
    f" hak {LIVE_SCOPE}.",
    "Remove it with 'laik doctor --clean', or by hand in its settings. A classic GitHub token needs the scope"
    f" {LIVE_SCOPE}.",
)
