"""Set laik up on a forge: look, show, and carry out what is missing; safe to run again and to be cut short.

Every part is an ``ensure`` that looks before it writes. The plan is made by running these very parts in a
rehearsal, in which no write leaves (:func:`automation.forges.wire.rehearsal`), so plan and deed cannot
differ. A policy or file that exists is never written over, and a project that is not laik's is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from automation.core import setuptexts as told
from automation.core.errors import LaikError
from automation.core.policy import Known, Policy, load_policy
from automation.core.procedure import Procedure
from automation.core.render import render_tree
from automation.core.rights import lacking
from automation.core.setup import (
    OFFICE_ONLY,
    Item,
    ProjectWish,
    SetupPlan,
    State,
    differences,
    projects_of,
)
from automation.core.setupanswers import Answers, require_roles, template_answers
from automation.core.setupfiles import HOOK_SECRET, hook_address
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import Access, FileWrite, Forge, Project
from automation.inforce import POLICY_FILE, digest_of_text
from automation.organise import columns_of, labels_of
from automation.provision import BOARD
from automation.setupfolder import SetupFolder
from automation.setupparts import Ensure, Hand, Sheet, branch_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What setting up needs besides the forge: the SOPs, the templates, and what a policy may name.

    ``in_force`` is the SHA-256 of the policy that this laik has in force already; empty before it ran.
    """

    procedures: Mapping[str, Procedure]
    templates: Mapping[str, TemplateSource]
    known: Known
    in_force: str = ""


class Setup:
    """One run: :meth:`look`, then :meth:`carry_out`."""

    def __init__(self, forge: Forge, answers: Answers, folder: SetupFolder, parts: Parts) -> None:
        self._forge = forge
        self._answers = answers
        self._folder = folder
        self._parts = parts
        self._sheet = Sheet()
        self._hand = Hand(forge, folder, hook_url=hook_address(answers))
        self._standing = False  # whether the control project has a policy already
        self._adopted = False  # whether people made the control project, and not laik

    def look(self) -> SetupPlan:
        """The plan; the forge is only read.

        Raises:
            InvalidPolicy, InvalidRequest: the answers make no policy.
            ForgeRefused, ForgeUnreachable: the forge could not be asked at all.
        """
        self._sheet = Sheet()
        require_roles(self._answers, self._parts.procedures, path=str(self._folder.answers_file))
        files = self._first_files(self._forge.whoami().username)
        wanted = load_policy(_policy_file(files), known=self._parts.known)
        self._look_at_rights()
        for path in self._answers.groups:
            self._look_at_group(path)
        policy = self._policy_that_counts(wanted)
        if policy is not None:
            owners = policy.pemilik_kebijakan or self._answers.pemilik_kebijakan
            wishes = projects_of(policy, owners, self._parts.procedures)
            for wish in wishes:
                self._look_at_project(wish, files[wish.key])
            if not self._sheet.blocked:
                self._look_at_the_rest(wishes)
        return SetupPlan(self._sheet.items)

    def carry_out(self, say: Callable[[Item], None]) -> int:
        """Do what the last look found missing; the number of things done.

        Raises:
            ForgeRefused, ForgeUnreachable: running it again goes on from there.
        """
        todo = self._sheet.todo()
        for item, ensure in todo:
            say(item)
            ensure()
        return len(todo)

    def _first_files(self, bot: str) -> dict[str, list[FileWrite]]:
        """The first content of each project, rendered before anything is asked: a fault stops here."""
        found = {
            name: [
                FileWrite(one.path, one.content, one.executable)
                for one in render_tree(self._parts.templates[name], given)
            ]
            for name, given in template_answers(self._answers, bot).items()
        }
        return {**found, "rahasia": [FileWrite("README.md", OFFICE_ONLY.encode())]}

    def _look_at_rights(self) -> None:
        facts = self._forge.token_facts()
        missing = lacking(self._answers.forge.jenis, facts.kind, facts.scopes)
        if missing:
            name = self._forge.whoami().username
            self._sheet.note("token", name, State.BLOCKED, told.rights_missing(missing))

    # ---- groups

    def _look_at_group(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        if self._forge.find_group(path) is not None:
            self._sheet.note("grup", path, State.EXISTS, told.EXISTS)
        elif self._answers.forge.jenis == "github" and self._by_hand:
            self._sheet.note("grup", path, State.BLOCKED, told.organisation_by_hand(self._forge.url))
        elif parent and self._forge.find_group(parent) is None:
            self._sheet.note("grup", path, State.BLOCKED, told.no_parent(parent))
        else:
            make = partial(self._forge.ensure_group, path, name)
            self._sheet.rehearse("grup", path, told.NEW_PRIVATE, make)

    @property
    def _by_hand(self) -> bool:
        """Whether only people on a page can make an organisation here."""
        return bool(self._answers.forge.id_app) or self._forge.url.endswith("://github.com")

    # ---- the policy

    def _policy_that_counts(self, wanted: Policy) -> Policy | None:
        """That of the control project, else the one to be written; None: something must be mended first."""
        control = self._forge.find_project(self._answers.control)
        if control is None:
            return wanted
        branch = branch_of(control)
        text = self._forge.read_file(control.id, POLICY_FILE, branch)
        self._adopted = not control.description.startswith("[laik kendali]")
        if text is not None:
            self._standing = True
            return self._judged_policy(text, wanted, control)
        if self._adopted:
            self._sheet.note("proyek", control.path, State.BLOCKED, told.foreign("kendali"))
            return None
        if self._forge.branch_head(control.id, branch) is None:
            return wanted
        return self._blocked_policy(told.NO_POLICY)

    def _judged_policy(self, text: bytes, wanted: Policy, control: Project) -> Policy | None:
        place = f"{control.path}/{POLICY_FILE}"
        try:
            policy = load_policy(text, path=place, known=self._parts.known)
        except LaikError as problem:
            return self._blocked_policy(Bilingual(problem.explain("id"), problem.explain("en")))
        if self._parts.in_force not in {"", digest_of_text(text)}:
            return self._blocked_policy(told.NOT_IN_FORCE)
        if policy.bot.casefold() != wanted.bot.casefold():
            return self._blocked_policy(told.other_bot(policy.bot, wanted.bot))
        if policy.proyek.kendali.casefold() != control.path.casefold():
            return self._blocked_policy(told.other_place(policy.proyek.kendali))
        self._sheet.note("kebijakan", place, State.EXISTS, told.POLICY_COUNTS)
        for key, stands, asked in differences(wanted, policy):
            self._sheet.note(
                "kebijakan", key, State.LEFT, told.policy_differs(stands, asked, control.web_url)
            )
        return policy

    def _blocked_policy(self, text: Bilingual) -> Policy | None:
        self._sheet.note("kebijakan", f"{self._answers.control}/{POLICY_FILE}", State.BLOCKED, text)
        return None

    # ---- projects

    def _look_at_project(self, wish: ProjectWish, files: Sequence[FileWrite]) -> None:
        project = self._forge.find_project(wish.path)
        fill = partial(self._hand.fill, wish, files)
        content = told.first_files(len(files))
        if project is None:
            self._sheet.rehearse("proyek", wish.path, told.NEW_PRIVATE, partial(self._hand.create, wish))
            self._sheet.add("isi", wish.path, State.MAKE, content, fill)
        elif not self._is_ours(project, wish):
            self._sheet.note("proyek", wish.path, State.BLOCKED, told.foreign(wish.key))
        elif self._forge.own_access(project.id) < Access.MAINTAINER:
            self._sheet.note("proyek", wish.path, State.BLOCKED, told.NO_RIGHTS)
        else:
            self._hand.projects[wish.path] = project
            self._sheet.note("proyek", wish.path, State.EXISTS, told.EXISTS)
            self._sheet.rehearse("isi", wish.path, content, fill)

    def _is_ours(self, project: Project, wish: ProjectWish) -> bool:
        """Whether laik made it, or people did who set laik up by hand: then their policy names it.

        Where laik made the control project it made the others too, so a stranger cannot put his own there.
        """
        return project.description.startswith(wish.mark) or (self._standing and self._adopted)

    def _look_at_the_rest(self, wishes: Sequence[ProjectWish]) -> None:
        control = wishes[0].path
        procedures = list(self._parts.procedures.values())
        labels, columns = labels_of(procedures), columns_of(procedures)
        number, forge = self._hand.number, self._forge
        self._part(
            "label", control, told.labels(len(labels)), lambda: forge.ensure_labels(number(control), labels)
        )
        self._part(
            "papan",
            control,
            told.board(BOARD, len(columns)),
            lambda: forge.ensure_board_lists(number(control), BOARD, columns),
        )
        for wish in wishes:
            self._part("lindung", wish.path, told.protection(wish), partial(self._hand.protect, wish))
            self._look_at_members(wish)
        if self._hand.hook_url:
            self._sheet.rehearse("rahasia", HOOK_SECRET, told.HOOK_SECRET, self._hand.hook_secret)
            for wish in wishes:
                self._look_at_hook(wish.path)
        self._look_at_folder()

    def _part(self, kind: str, path: str, text: Bilingual, ensure: Ensure, *, what: str = "") -> None:
        """A part of a project: missing for certain where the project itself is."""
        place = f"{path} {what}".strip()
        if path in self._hand.projects:
            self._sheet.rehearse(kind, place, text, ensure, missing=State.CHANGE)
        else:
            self._sheet.add(kind, place, State.MAKE, text, ensure)

    def _look_at_members(self, wish: ProjectWish) -> None:
        standing = self._members(wish.path)
        me = self._forge.whoami().username.casefold()
        for account, number in wish.members.items():
            access, place = Access(number), f"{wish.path} {account}"
            if self._is_enough(standing.get(account.casefold(), Access.NONE), access):
                self._sheet.note("anggota", place, State.EXISTS, told.role(access.name))
            elif self._is_person(account, me):
                invite = partial(self._hand.invite, wish, account, access)
                self._part("anggota", wish.path, told.role(access.name), invite, what=account)
            else:
                state = State.LEFT if self._standing else State.BLOCKED
                self._sheet.note("anggota", place, state, told.NO_PERSON)
        named = {*map(str.casefold, wish.members), me}
        for account, access in standing.items():
            if account not in named and access >= Access.DEVELOPER:
                self._sheet.note("anggota", f"{wish.path} {account}", State.LEFT, told.not_named(access.name))

    def _is_enough(self, standing: Access, wanted: Access) -> bool:
        """Whether it matters not where an access comes from.

        GitHub names who may merge, from those let into the repository itself: owners are not by that alone.
        """
        by_name = self._answers.forge.jenis == "github" and wanted >= Access.MAINTAINER
        return standing >= wanted and not by_name

    def _members(self, path: str) -> dict[str, Access]:
        """Account (casefolded) -> its highest access, direct or inherited."""
        found: dict[str, Access] = {}
        if path in self._hand.projects:
            for member in self._forge.list_members(self._hand.number(path)):
                name = member.user.username.casefold()
                found[name] = max(member.access, found.get(name, Access.NONE))
        return found

    def _is_person(self, account: str, me: str) -> bool:
        """Whether an account may hold a role: comments of bots, laik's own among them, never count."""
        user = self._forge.find_user(account)
        return user is not None and not user.bot and user.username.casefold() != me

    def _look_at_hook(self, path: str) -> None:
        ensure, place = partial(self._hand.hook, path), f"{path} {self._hand.hook_url}"
        if path not in self._hand.projects:
            self._sheet.add("webhook", place, State.MAKE, told.HOOK, ensure)
        elif self._folder.has_hook_secret():
            self._sheet.rehearse("webhook", place, told.HOOK, ensure, missing=State.CHANGE)
        elif self._hand.old_hooks(path):
            # Its secret is not ours, and no forge tells it: it is made anew.
            self._sheet.add("webhook", place, State.CHANGE, told.HOOK_ANEW, ensure)
        else:
            self._sheet.add("webhook", place, State.CHANGE, told.HOOK, ensure)

    # ---- the folder

    def _look_at_folder(self) -> None:
        folder, answers = self._folder, self._answers
        if not answers.folder.keadaan:
            state = folder.path / "keadaan"
            self._sheet.rehearse("folder", str(state), told.STATE_FOLDER, partial(folder.make_private, state))
        differing = folder.settings_differ(answers)
        place = str(folder.settings_file)
        if differing:
            self._sheet.note("setelan", place, State.LEFT, told.settings_differ(differing))
        else:
            self._sheet.rehearse("setelan", place, told.SETTINGS, partial(folder.write_settings, answers))
        for path in folder.open_to_others():
            self._sheet.note("rahasia", str(path), State.LEFT, told.OPEN_TO_OTHERS)


def _policy_file(files: Mapping[str, Sequence[FileWrite]]) -> bytes:
    return next(one.content or b"" for one in files["kendali"] if one.path == POLICY_FILE)
