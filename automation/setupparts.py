"""The parts that setting up makes on a forge: each looks before it writes, and can be run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from automation.core.errors import ForgeRefused
from automation.core.setup import Item, ProjectWish, State
from automation.core.setuptexts import foreign
from automation.core.text import Bilingual
from automation.forges.base import Access, FileWrite, Forge, Hook, Project, Protection
from automation.forges.wire import WouldWrite, about_to_write, rehearsal
from automation.setupfolder import SetupFolder

FIRST_COMMIT = "Siapkan proyek dari templat"
Ensure = Callable[[], object]


class Sheet:
    """The lines of a plan, each with what would carry it out."""

    def __init__(self) -> None:
        self._lines: list[tuple[Item, Ensure]] = []

    @property
    def items(self) -> tuple[Item, ...]:
        """The lines alone."""
        return tuple(item for item, _ in self._lines)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(item.state is State.BLOCKED for item, _ in self._lines)

    def todo(self) -> list[tuple[Item, Ensure]]:
        """What is to be carried out."""
        return [line for line in self._lines if line[0].state in {State.MAKE, State.CHANGE}]

    def note(self, kind: str, place: str, state: State, text: Bilingual) -> None:
        """A line with nothing to carry out."""
        self.add(kind, place, state, text, lambda: None)

    def add(self, kind: str, place: str, state: State, text: Bilingual, ensure: Ensure) -> None:
        """A line as it is."""
        self._lines.append((Item(kind, place, state, text), ensure))

    def rehearse(
        self, kind: str, place: str, text: Bilingual, ensure: Ensure, *, missing: State = State.MAKE
    ) -> None:
        """A line by trying its part out: whether it would write says whether something is missing."""
        try:
            with rehearsal():
                ensure()
        except WouldWrite:
            self.add(kind, place, missing, text, ensure)
        except ForgeRefused as problem:
            self.note(kind, place, State.BLOCKED, Bilingual(problem.explain("id"), problem.explain("en")))
        else:
            self.note(kind, place, State.EXISTS, text)


class Hand:
    """Makes the parts. ``projects`` are those found or made so far, by the path that was wished for."""

    def __init__(self, forge: Forge, folder: SetupFolder, *, hook_url: str) -> None:
        self._forge = forge
        self._folder = folder
        self.hook_url = hook_url
        self.projects: dict[str, Project] = {}

    def number(self, path: str) -> int:
        """The id of a project."""
        return self.projects[path].id

    def create(self, wish: ProjectWish) -> None:
        """The project, empty; one that is there must carry laik's mark."""
        group_path, _, slug = wish.path.rpartition("/")
        project = self._forge.find_project(wish.path)
        if project is None:
            about_to_write()
            group = self._forge.find_group(group_path)
            if group is None:
                raise _no_group(group_path)
            description = f"{wish.mark} {wish.title.id}"
            project = self._forge.create_project(group, slug, name=slug, description=description)
        elif not project.description.startswith(wish.mark):  # somebody was faster than we
            raise _taken(wish)
        self.projects[wish.path] = project

    def fill(self, wish: ProjectWish, files: Sequence[FileWrite]) -> None:
        """The first commit, of an empty project only: what is there was agreed on by people."""
        project = self.projects[wish.path]
        if self._forge.branch_head(project.id, branch_of(project)) is None:
            about_to_write()  # GitHub's first commit is a push, past the wire
            self._forge.commit_files(project.id, branch_of(project), FIRST_COMMIT, files)
            self.projects[wish.path] = self._forge.get_project(project.id) or project

    def protect(self, wish: ProjectWish) -> bool:
        """The default branch as wished for."""
        project = self.projects[wish.path]
        wanted = Protection(branch_of(project), Access(wish.push), Access(wish.merge), wish.checks)
        return self._forge.ensure_protection(project.id, wanted)

    def invite(self, wish: ProjectWish, account: str, access: Access) -> None:
        """One member; an account that is gone holds nothing."""
        user = self._forge.find_user(account)
        if user is None:
            return
        wrote = self._forge.ensure_member(self.number(wish.path), user, access)
        if wrote and access >= Access.MAINTAINER:
            # GitHub names who may merge one by one, and only who is in already can be named.
            self.protect(wish)

    def hook_secret(self) -> None:
        """The webhooks' secret, where there is none.

        Webhooks that lead to laik's address before it is made are of another installation, and hold a secret
        that nobody can read back: they go first, so that afterwards each holds this one.
        """
        if not self._folder.has_hook_secret():
            about_to_write()
            for path in self.projects:
                for number in self.old_hooks(path):
                    self._forge.delete_hook(self.number(path), number)
            self._folder.make_hook_secret()

    def hook(self, path: str) -> None:
        """A webhook with the secret that is in the folder."""
        self._forge.ensure_hook(self.number(path), Hook(self.hook_url, self._folder.hook_secret()))

    def old_hooks(self, path: str) -> list[int]:
        """Ids of the webhooks to laik's address."""
        hooks = self._forge.list_hooks(self.number(path))
        return [one.id for one in hooks if one.url == self.hook_url]


def branch_of(project: Project) -> str:
    """The default branch; an empty project may not say one."""
    return project.default_branch or "main"


def _taken(wish: ProjectWish) -> ForgeRefused:
    told = foreign(wish.key)
    return ForgeRefused(
        Bilingual(f"{wish.path}: {told.id}.", f"{wish.path}: {told.en}."),
        remedy=Bilingual("Jalankan lagi sesudahnya.", "Run it again afterwards."),
        status=409,
    )


def _no_group(path: str) -> ForgeRefused:
    return ForgeRefused(
        Bilingual(f"Grup '{path}' tidak ada.", f"There is no group '{path}'."),
        remedy=Bilingual(
            "Buat grup itu dan beri akun laik akses Owner.",
            "Make that group and give laik's account Owner access.",
        ),
        status=404,
    )
