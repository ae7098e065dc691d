"""Facts of the organisation: its three projects, policy, people and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal, TypeVar

from automation.collect.holidays import national_days
from automation.core.errors import InvalidPolicy, LaikError, Where
from automation.core.health import Unread
from automation.core.health_branch import BranchFacts, Key
from automation.core.health_hooks import HookWish
from automation.core.health_office import GroupFacts, OfficeFacts
from automation.core.health_project import ProjectFacts
from automation.core.policy import Known, Policy, load_policy
from automation.core.procedure import Procedure
from automation.core.text import Bilingual
from automation.examine.asking import ask
from automation.examine.door import ask_door, health_address
from automation.examine.machine import standing
from automation.examine.remote import Remote
from automation.forges.base import Access, Forge, Hook, Member, Project, User
from automation.inforce import POLICY_FILE, digest_of_text
from automation.settings import Settings

T = TypeVar("T")
OTHERS: tuple[Literal["hosting", "rahasia"], ...] = ("hosting", "rahasia")
"""The projects that the policy names; the control project stands in the settings."""


class NotLookedAt(LaikError):
    """Something that cannot be looked at before something else is there."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What this installation has: SOPs, and what a policy may name."""

    procedures: Mapping[str, Procedure]
    known: Known


@dataclass(frozen=True, slots=True)
class OfficeRead:
    """What was read; ``case_files`` the group's path, empty without a policy."""

    projects: tuple[ProjectFacts, ...]
    facts: OfficeFacts
    case_files: str


def read_office(
    settings: Settings, remote: Remote, installed: Installed, today: date, begin: Callable[[Bilingual], None]
) -> OfficeRead:
    """All facts of projects and office."""
    begin(Bilingual("proyek kendali dan kebijakan", "the control project and the policy"))
    control = _found(remote, settings.control_path)
    text = _policy_text(remote, control)
    policy = _policy(text, control, installed.known)
    members = _members(remote, control)
    owners = _with(remote, members, lambda access: access >= Access.MAINTAINER)
    trusted = _own_names(remote) | _casefolded(_with(remote, members, lambda access: access >= Access.OWNER))
    mergers = _casefolded(owners) if settings.forge == "github" else frozenset()
    path = settings.control_path
    projects = [_project(remote, settings, trusted, "kendali", path, control, mergers=mergers)]
    if isinstance(policy, Policy):
        for key in OTHERS:
            path = getattr(policy.proyek, key)
            begin(Bilingual(f"proyek {path}", f"project {path}"))
            projects.append(_project(remote, settings, trusted, key, path, _found(remote, path)))
    else:
        why = Unread(_not_found(settings.control_path)) if policy is None else policy
        projects += [_project(remote, settings, trusted, key, key, why) for key in OTHERS]
    begin(Bilingual("orang dan grup", "people and groups"))
    address = health_address(settings.hook_url)
    accounts = _accounts(remote, policy, members)
    facts = OfficeFacts(
        control=settings.control_path,
        policy=policy,
        procedures=installed.procedures,
        me=remote.me if isinstance(remote.me, Unread) else remote.me.username,
        accounts=accounts,
        outsiders=_outsiders(accounts, members),
        owners=owners,
        in_force=ask(lambda: standing(settings.store_url)),
        on_branch=text if isinstance(text, Unread) else digest_of_text(text) if text else "",
        groups=tuple(_groups(remote, policy)),
        national=national_days(today.year),
        today=today,
        door=ask(lambda: ask_door(address)) if address else None,
        address=address,
    )
    return OfficeRead(tuple(projects), facts, policy.proyek.berkas if isinstance(policy, Policy) else "")


def _project(
    remote: Remote,
    settings: Settings,
    trusted: frozenset[str],
    key: Key,
    path: str,
    project: Project | Unread | None,
    *,
    mergers: frozenset[str] = frozenset(),
) -> ProjectFacts:
    branch = project.default_branch if isinstance(project, Project) else ""
    return ProjectFacts(
        key=key,
        path=path,
        project=project,
        access=_of(remote, project, lambda forge, one: forge.own_access(one.id)),
        setup=_of(remote, project, lambda forge, one: forge.project_facts(one.id, branch)),
        branch=BranchFacts(
            key=key,
            where=f"{path}:{branch}" if branch else path,
            forge=settings.forge,
            protection=_of(remote, project, lambda forge, one: forge.find_protection(one.id, branch)),
            maintainers=_maintainers(remote, project) if key == "hosting" else (),
            trusted_names=trusted,
            app=settings.app.id if settings.app else None,
            mergers=mergers,
        ),
        hooks=_hooks(remote, settings, project),
    )


def _found(remote: Remote, path: str) -> Project | Unread | None:
    if not path:
        return Unread(_unset())
    return remote.ask(lambda forge: forge.find_project(path))


def _of(
    remote: Remote, project: Project | Unread | None, question: Callable[[Forge, Project], T]
) -> T | Unread:
    """A question about a project that has to be there."""
    if isinstance(project, Project):
        return remote.ask(lambda forge: question(forge, project))
    return project or Unread(_not_found(""))


def _hooks(remote: Remote, settings: Settings, project: Project | Unread | None) -> HookWish:
    events = Hook(settings.hook_url, "").events
    if not settings.hook_url:
        return HookWish("", events, ())
    return HookWish(
        settings.hook_url, events, _of(remote, project, lambda forge, one: forge.list_hooks(one.id))
    )


def _members(remote: Remote, project: Project | Unread | None) -> Sequence[Member] | Unread:
    return _of(remote, project, lambda forge, one: forge.list_members(one.id))


def _maintainers(remote: Remote, project: Project | Unread | None) -> tuple[str, ...] | Unread:
    members = _members(remote, project)
    return _with(remote, members, lambda access: access == Access.MAINTAINER)


def _with(
    remote: Remote, members: Sequence[Member] | Unread, holds: Callable[[Access], bool]
) -> tuple[str, ...] | Unread:
    """People among the members whose access is such, laik left out."""
    if isinstance(members, Unread):
        return members
    me = None if isinstance(remote.me, Unread) else remote.me.id
    people = [one.user for one in members if holds(one.access) and one.user.id != me]
    return tuple(dict.fromkeys(one.username for one in people if not one.bot))


def _own_names(remote: Remote) -> frozenset[str]:
    """How protection may name laik: its account or App (GitHub), the account's number and name (GitLab)."""
    if isinstance(remote.me, Unread):
        return frozenset()
    me = remote.me
    slug = me.username.removesuffix("[bot]")
    names = {me.username, f"user {me.id}: {me.name}"}
    if slug != me.username:
        names.add(f"app:{slug}")
    return frozenset(name.casefold() for name in names)


def _casefolded(names: tuple[str, ...] | Unread) -> frozenset[str]:
    return frozenset() if isinstance(names, Unread) else frozenset(name.casefold() for name in names)


def _policy_text(remote: Remote, project: Project | Unread | None) -> bytes | Unread | None:
    """What stands on the default branch; read over the API, since a mirror would be written."""
    if not isinstance(project, Project) or project.empty:
        return project if isinstance(project, Unread) else None
    text = remote.ask(lambda forge: forge.read_file(project.id, POLICY_FILE, project.default_branch))
    return Unread(_absent(project.path)) if text is None else text


def _policy(
    text: bytes | Unread | None, project: Project | Unread | None, known: Known
) -> Policy | Unread | None:
    if not isinstance(text, bytes) or not isinstance(project, Project):
        return text if isinstance(text, Unread) else None
    return ask(lambda: load_policy(text, path=f"{project.path}/{POLICY_FILE}", known=known))


def _named(policy: Policy) -> list[str]:
    """Every account that the policy gives a role, once, by its first spelling."""
    groups = [*policy.peran.values()]
    for agency in policy.perangkat_daerah.values():
        groups += agency.peran.values()
    found: dict[str, str] = {}
    for account in (one for accounts in groups for one in accounts):
        found.setdefault(account.casefold(), account)
    return list(found.values())


def _accounts(
    remote: Remote, policy: Policy | Unread | None, members: Sequence[Member] | Unread
) -> Mapping[str, bool | None] | Unread:
    if not isinstance(policy, Policy):
        return {}
    joined = [] if isinstance(members, Unread) else members
    people = {one.user.username.casefold(): not one.user.bot for one in joined}
    found: dict[str, bool | None] = {}
    for name in _named(policy):
        if name.casefold() in people:
            found[name] = people[name.casefold()]
            continue
        account = remote.ask(partial(_user, name))
        if isinstance(account, Unread):
            return account
        found[name] = None if account is None else not account.bot
    return found


def _user(name: str, forge: Forge) -> User | None:
    return forge.find_user(name)


def _outsiders(
    accounts: Mapping[str, bool | None] | Unread, members: Sequence[Member] | Unread
) -> tuple[str, ...] | Unread:
    if isinstance(members, Unread):
        return members
    if isinstance(accounts, Unread):
        return accounts
    inside = {one.user.username.casefold() for one in members}
    return tuple(name for name, there in accounts.items() if there and name.casefold() not in inside)


def _groups(remote: Remote, policy: Policy | Unread | None) -> Iterator[GroupFacts]:
    if not isinstance(policy, Policy):
        return
    places: dict[str, list[str]] = {}
    for key in ("berkas", "aplikasi"):
        places.setdefault(getattr(policy.proyek, key), []).append(key)
    for path, keys in places.items():
        exists = remote.ask(partial(_group_exists, path))
        yield GroupFacts(", ".join(keys), path, exists, remote.ask(partial(_group_access, path)))


def _group_exists(path: str, forge: Forge) -> bool:
    return forge.find_group(path) is not None


def _group_access(path: str, forge: Forge) -> Access | None:
    """The token's access to a project of the group: no forge tells it of the group alike."""
    group = forge.find_group(path)
    projects = forge.list_group_projects(group) if group else ()
    return forge.own_access(projects[0].id) if projects else None


def _unset() -> NotLookedAt:
    return NotLookedAt(
        Bilingual("Proyek kendali belum diketahui.", "The control project is not known."),
        remedy=Bilingual("Isi LAIK_KENDALI.", "Set LAIK_KENDALI."),
        where=Where(file="LAIK_KENDALI"),
    )


def _not_found(path: str) -> NotLookedAt:
    return NotLookedAt(
        Bilingual("Proyek itu tidak ditemukan.", "That project was not found."),
        remedy=Bilingual("Bereskan project_exists, lalu ulangi.", "Mend project_exists, then run again."),
        where=Where(file=path),
    )


def _absent(path: str) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual("Berkas kebijakan tidak ada.", "There is no policy file."),
        remedy=Bilingual(
            f"Jalankan 'laik init', atau tambahkan {POLICY_FILE} pada cabang utama proyek {path}.",
            f"Run 'laik init', or add {POLICY_FILE} to the default branch of project {path}.",
        ),
        where=Where(file=f"{path}/{POLICY_FILE}"),
    )
