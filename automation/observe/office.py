"""The office: the organisation's projects and its policy, read anew for every case.

Policy is what the ledger admitted (:mod:`automation.inforce`), never a merge request's, and not what merely
stands on the branch. What stands there is read besides, so that a difference is seen.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from automation.belonging import Belonging
from automation.collect.mirror import Mirror, Mirrors
from automation.core.errors import ForgeRefused, ForgeUnreachable, InvalidPolicy, UnreadableDocument, Where
from automation.core.policy import Known, Policy, load_policy
from automation.core.text import Bilingual
from automation.forges.base import Access, Forge, Project, User
from automation.inforce import POLICY_FILE, PolicyInForce

__all__ = ["POLICY_FILE", "Office", "OfficeReader"]

log = logging.getLogger("laik.office")


@dataclass(frozen=True, slots=True)
class Office:
    """The organisation as it is now: who laik is, its three projects and their mirrors, its policy.

    ``policy_text`` is the policy in force, ``on_branch`` the file that stands on the branch; None where
    none can be read.
    """

    me: User
    control: Project
    hosting: Project
    secret: Project
    policy: Policy
    policy_text: bytes
    on_branch: bytes | None
    control_mirror: Mirror
    hosting_mirror: Mirror
    secret_mirror: Mirror

    @property
    def policy_differs(self) -> bool:
        """Whether another policy stands on the branch than the one in force."""
        return self.on_branch != self.policy_text


class OfficeReader:
    """Reads the office; the projects' ids are looked up once and then kept, since paths can change.

    What a project is called and which branch is its default are kept too, until :meth:`refresh` (a whole
    sweep) or until either is gone. A branch that is not the default any more is no danger meanwhile:
    policy would be read from, and requests held to, the protected branch that was agreed before.

    Another default branch is taken once it is protected like one. The attack: who may change a project's
    settings, and no more, makes a branch of his own the default and has laik read policy from it.
    """

    def __init__(
        self,
        forge: Forge,
        mirrors: Mirrors,
        *,
        control_path: str,
        known: Known,
        in_force: PolicyInForce,
        belonging: Belonging | None = None,
    ) -> None:
        self._forge = forge
        self.in_force = in_force
        self._belonging = belonging
        self.mirrors = mirrors
        self.control_path = control_path
        self._known = known
        self._me: User | None = None
        self._projects: dict[str, Project] = {}
        self._ids: dict[str, int] = {}

    @property
    def me(self) -> User:
        """Laik's own account."""
        if self._me is None:
            self._me = self._forge.whoami()
        return self._me

    def known_projects(self) -> dict[str, int]:
        """Ids of the organisation's own projects, as far as they were read: kendali, hosting, rahasia."""
        return dict(self._ids)

    def refresh(self) -> None:
        """Look every project up anew, by its id: a new path or default branch is noticed."""
        for path, project in list(self._projects.items()):
            now = self._forge.get_project(project.id)
            if now is None:  # deleted; perhaps there is another one at that path
                del self._projects[path]
            else:
                self._projects[path] = self._on_agreed_branch(project, now)

    def read(self, *, secret: bool = True) -> Office:
        """The office now.

        Args:
            secret: whether the mirror of the secret project must be of now too; without, it is as it stands
                and the forge is not asked.

        Raises:
            InvalidPolicy: no policy, or one that breaks its schema.
            ForgeUnreachable, ForgeRefused: the forge could not be asked.
        """
        control, mirror, on_branch = self.control()
        policy, text = self._policy(control, mirror, on_branch)
        hosting, hosting_mirror = self._mirrored(policy.proyek.hosting)
        hidden = self._project(policy.proyek.rahasia)
        self._hold("hosting", policy.proyek.hosting, hosting)
        self._hold("rahasia", policy.proyek.rahasia, hidden)
        self._ids = {"kendali": control.id, "hosting": hosting.id, "rahasia": hidden.id}
        if secret:
            hidden, secret_mirror = self._mirrored(policy.proyek.rahasia)
        else:
            secret_mirror = self.mirrors.open(hidden.id, hidden.http_url)
        return Office(
            me=self.me,
            control=control,
            hosting=hosting,
            secret=hidden,
            policy=policy,
            policy_text=text,
            on_branch=on_branch,
            control_mirror=mirror,
            hosting_mirror=hosting_mirror,
            secret_mirror=secret_mirror,
        )

    def _hold(self, name: str, path: str, project: Project, mirror: Mirror | None = None) -> None:
        """Before anything of a project counts, it must be the one the ledger was written about."""
        if self._belonging is not None:
            self._belonging.hold(name, path, project, mirror)

    def _mirrored(self, path: str) -> tuple[Project, Mirror]:
        """A project and its mirror of now; looked up again when its address or default branch is gone."""
        project = self._project(path)
        try:
            mirror = self.mirrors.fetch(project.id, project.http_url)
        except (ForgeRefused, ForgeUnreachable) as problem:
            project = self._moved(path, project, problem)
            mirror = self.mirrors.fetch(project.id, project.http_url)
        if not project.empty and mirror.head(project.default_branch) is None:
            now = self._forge.get_project(project.id) or project
            agreed = self._on_agreed_branch(project, now)
            if agreed.default_branch != now.default_branch:
                raise _unprotected(agreed, now.default_branch)
            project = self._projects[path] = agreed
        return project, mirror

    def _moved(self, path: str, known: Project, problem: ForgeRefused | ForgeUnreachable) -> Project:
        """The project at its new address; what kept it from being read is raised where it did not move."""
        if isinstance(problem, ForgeRefused) and problem.status != 404:
            raise problem
        now = self._forge.get_project(known.id)
        if now is None:
            del self._projects[path]
            raise _not_found(path)
        if now.http_url == known.http_url:
            raise problem
        log.warning("project %s is now at %s", path, now.path)
        self._projects[path] = self._on_agreed_branch(known, now)
        return self._projects[path]

    def _on_agreed_branch(self, known: Project, now: Project) -> Project:
        """The project as it is now, on its new default branch only if nobody can push there freely."""
        if now.default_branch == known.default_branch or known.empty:
            return now
        facts = self._forge.find_protection(now.id, now.default_branch)
        closed = facts is not None and facts.push in {Access.NONE, Access.MAINTAINER, Access.OWNER}
        if closed and facts is not None and not facts.force_push:
            log.warning("project %s: the default branch is now %s", now.path, now.default_branch)
            return now
        log.warning("project %s: the new default branch %s is not protected", now.path, now.default_branch)
        return replace(now, default_branch=known.default_branch)

    def _hold_account(self, policy: Policy) -> None:
        """Cards and merges are trusted by account: a token of another account must not speak as laik."""
        if self.me.username.casefold() == policy.bot.casefold():
            return
        raise InvalidPolicy(
            Bilingual(
                f"Kebijakan menyebut akun bot '{policy.bot}', tetapi token milik '{self.me.username}'.",
                f"The policy names the bot account '{policy.bot}', but the token is of '{self.me.username}'.",
            ),
            remedy=Bilingual(
                "Pakai token akun bot itu, atau perbaiki kunci 'bot' pada kebijakan.",
                "Use a token of that account, or mend the key 'bot' in the policy.",
            ),
            where=Where(file=f"{self.control_path}/{POLICY_FILE}"),
        )

    def control(self) -> tuple[Project, Mirror, bytes | None]:
        """The control project, its mirror of now, and the policy file that stands on its default branch.

        Raises:
            InvalidPolicy: there is no such project.
            ForgeUnreachable, ForgeRefused: the forge could not be asked.
        """
        control, mirror = self._mirrored(self.control_path)
        self._hold("kendali", self.control_path, control, mirror)
        return control, mirror, self._on_branch(control, mirror)

    def _policy(self, control: Project, mirror: Mirror, on_branch: bytes | None) -> tuple[Policy, bytes]:
        path = f"{control.path}/{POLICY_FILE}"
        standing = self.in_force.standing()
        if standing is not None:
            text = self.in_force.text(standing, mirror, path=path)
            try:
                policy = load_policy(text, path=path, known=self._known)
            except InvalidPolicy as refusal:
                raise _in_force_refused(refusal) from None
            self._hold_account(policy)
            return policy, text
        if on_branch is None:
            raise _no_policy(control.path)
        policy = load_policy(on_branch, path=path, known=self._known)
        self._hold_account(policy)
        self.in_force.begin(on_branch, policy, self._forge.find_user, self.me)
        return policy, on_branch

    def _on_branch(self, control: Project, mirror: Mirror) -> bytes | None:
        """A file or tree beyond all bounds is none: whoever can push one must not be able to stop cases."""
        head = mirror.head(control.default_branch)
        try:
            return mirror.read(head, POLICY_FILE) if head else None
        except UnreadableDocument as problem:
            log.warning("%s: %s", control.path, problem.explain())
            return None

    def _project(self, path: str) -> Project:
        known = self._projects.get(path)
        if known is not None and not known.empty:  # an empty project has no default branch yet
            return known
        found = self._forge.find_project(path)
        if found is None:
            raise _not_found(path)
        self._projects[path] = found
        return found


def _in_force_refused(refusal: InvalidPolicy) -> InvalidPolicy:
    """Admitted once, refused by the laik of now: nothing is judged, so no owners can admit another one."""
    return InvalidPolicy(
        refusal.message,
        remedy=Bilingual(
            f"Ini kebijakan yang berlaku: perbaiki {POLICY_FILE} pada cabang utama, lalu jalankan"
            " `laik policy admit` di mesin laik.",
            f"This is the policy in force: mend {POLICY_FILE} on the default branch, then run"
            " `laik policy admit` on laik's machine.",
        ),
        where=refusal.where,
        faults=refusal.faults,
    )


def _no_policy(control: str) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual("Berkas kebijakan tidak ada.", "There is no policy file."),
        remedy=Bilingual(
            f"Tambahkan {POLICY_FILE} pada cabang utama proyek {control}.",
            f"Add {POLICY_FILE} to the default branch of project {control}.",
        ),
        where=Where(file=f"{control}/{POLICY_FILE}"),
    )


def _not_found(path: str) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual(f"Proyek '{path}' tidak ditemukan.", f"Project '{path}' was not found."),
        remedy=Bilingual(
            "Buat proyek itu dan beri akun laik akses Owner, atau perbaiki jalurnya.",
            "Make that project and give laik's account Owner access, or mend the path.",
        ),
        where=Where(file=path),
    )


def _unprotected(project: Project, branch: str) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual(
            f"Cabang utama proyek '{project.path}' berganti dari '{project.default_branch}' ke '{branch}',"
            " dan cabang baru itu belum dilindungi.",
            f"The default branch of project '{project.path}' changed from '{project.default_branch}' to"
            f" '{branch}', and the new one is not protected.",
        ),
        remedy=Bilingual(
            f"Bila disengaja, lindungi '{branch}' seperti cabang lama (push dan merge: Maintainer, tanpa"
            " force push); bila tidak, pulihkan cabang lama dan periksa siapa yang mengubahnya.",
            f"If that was meant, protect '{branch}' like the old branch (push and merge: Maintainer, no force"
            " push); if not, restore the old branch and look who changed it.",
        ),
        where=Where(file=project.path),
    )
