"""Provisioning: make or finish one repository, part by part, each looked for before it is made.

Creation is many steps over an API that may fail after it has acted, so nothing is undone and nothing is
assumed: the repository is found again by its id, its path and the case key in its description, and every
part is an ``ensure``. Running it again finishes what is missing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from automation.core.errors import ForgeRefused, RenderFailed, Where
from automation.core.plan import Provision, RepositoryWish
from automation.core.render import render_tree
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import (
    Access,
    FileWrite,
    Forge,
    Hook,
    Label,
    Milestone,
    Project,
    Protection,
    User,
)

BOARD = "Kasus"
FIRST_COMMIT = "Siapkan repositori dari templat"


def provision(
    forge: Forge,
    change: Provision,
    templates: Mapping[str, TemplateSource],
    hook: Hook | None,
    cases_of: Callable[[int], Sequence[str]],
    trusted: Callable[[User], bool] = lambda _: True,
    adopts: Callable[[Sequence[str]], bool] = lambda _: False,
) -> Project:
    """Carry out one wish whole; the project as it is afterwards.

    Args:
        forge: the forge.
        change: the wish, and the id of the repository when it was made before.
        templates: the scaffolds by id.
        hook: where the repository's events go.
        cases_of: the cases that a project of that id is linked to.
        trusted: whether an account is the one that its name was given to; another is not let in.
        adopts: whether this case may go on with the application of those cases.

    Raises:
        ForgeRefused: also when the path belongs to somebody else; that repository is left as it is.
        RenderFailed: the template is missing or broken; nothing was made.
    """
    wish = change.wish
    project = _found(forge, change, cases_of, adopts)
    files = _scaffold(wish, templates) if project is None or _is_unfilled(forge, project) else []
    project = project or _created(forge, wish)
    if files:
        forge.commit_files(project.id, _branch(project), FIRST_COMMIT, files)
    forge.ensure_labels(project.id, [Label(one.name, one.color, one.description) for one in wish.labels])
    forge.ensure_milestones(
        project.id, [Milestone(one.title, one.due, one.description) for one in wish.milestones]
    )
    if wish.board:
        forge.ensure_board_lists(project.id, BOARD, list(wish.board))
    _protect(forge, project, wish)
    if wish.hook and hook is not None:
        forge.ensure_hook(project.id, hook)
    _invite(forge, project, wish, trusted)
    if any(merge >= Access.MAINTAINER for _, _, merge in wish.protect):
        # GitHub names who may merge one by one, and only who is in already can be named.
        _protect(forge, project, wish)
    return project


def _protect(forge: Forge, project: Project, wish: RepositoryWish) -> None:
    for branch, push, merge in wish.protect:
        forge.ensure_protection(project.id, Protection(branch, Access(push), Access(merge)))


def description_of(wish: RepositoryWish) -> str:
    """The description that ties a repository to its case."""
    return f"[laik {wish.key}] {wish.kind}"


def _found(
    forge: Forge,
    change: Provision,
    cases_of: Callable[[int], Sequence[str]],
    adopts: Callable[[Sequence[str]], bool],
) -> Project | None:
    """The repository of an earlier run: by id, since paths can change, else by its path.

    The key in its description tells a half-made repository from a stranger's, but any maintainer of it can
    write that; one that is linked to another case is never taken for its sake, whatever it says. An
    application whose cases are over is adopted by the next case of the same agency, with all that is in it.
    """
    wish = change.wish
    if change.project_id is not None:
        project = forge.get_project(change.project_id)
        if project is not None:
            return project
    project = forge.find_project(wish.path)
    if project is None:
        return None
    linked = tuple(sorted(set(cases_of(project.id)) - {wish.key}))
    if linked and wish.kind == "aplikasi" and adopts(linked):
        return project
    if linked or not project.description.startswith(f"[laik {wish.key}]"):
        raise _belongs_elsewhere(wish, linked)
    return project


def _belongs_elsewhere(wish: RepositoryWish, linked: Sequence[str]) -> ForgeRefused:
    of = f" (kasus {', '.join(linked)})" if linked else ""
    english = f" (case {', '.join(linked)})" if linked else ""
    return ForgeRefused(
        Bilingual(
            f"Repositori '{wish.path}' sudah ada dan bukan milik kasus ini{of}.",
            f"The repository '{wish.path}' exists and does not belong to this case{english}.",
        ),
        remedy=Bilingual(
            "Pilih slug lain pada permohonan; repositori yang ada tidak ditimpa. Aplikasi perangkat daerah"
            " yang sama dilanjutkan sesudah kasus lamanya selesai; repositori buatan tanpa laik diserahkan"
            f" pemilik grup dengan menulis '[laik {wish.key}]' pada awal keterangan repositori itu.",
            "Choose another slug in the request; what exists is never overwritten. An application of the same"
            " agency is gone on with once its former case is finished; a repository made without laik is"
            f" handed over by the group's owner, who begins its description with '[laik {wish.key}]'.",
        ),
        where=Where(case=wish.key, file=wish.path),
        status=409,
    )


def _created(forge: Forge, wish: RepositoryWish) -> Project:
    group = forge.find_group(wish.group)
    if group is None:
        raise ForgeRefused(
            Bilingual(f"Grup '{wish.group}' tidak ada.", f"There is no group '{wish.group}'."),
            remedy=Bilingual(
                "Buat grup itu dan beri akun laik akses Owner.",
                "Make that group and give laik's account Owner access.",
            ),
            where=Where(case=wish.key, file=wish.group),
            status=404,
        )
    return forge.create_project(group, wish.slug, name=wish.name, description=description_of(wish))


def _is_unfilled(forge: Forge, project: Project) -> bool:
    """Whether the scaffold's commit is missing; a repository with any commit is left alone."""
    return forge.branch_head(project.id, _branch(project)) is None


def _branch(project: Project) -> str:
    return project.default_branch or "main"


def _scaffold(wish: RepositoryWish, templates: Mapping[str, TemplateSource]) -> list[FileWrite]:
    """The files of the one commit; rendered before anything is made, so that a refusal leaves nothing."""
    template = templates.get(wish.template)
    if template is None:
        raise RenderFailed(
            Bilingual(
                f"Templat '{wish.template}' tidak tersedia.", f"Template '{wish.template}' is not available."
            ),
            remedy=Bilingual(
                f"Pasang templat itu, atau hapus dari kebijakan; yang ada: {', '.join(sorted(templates))}.",
                f"Install it, or take it out of the policy; there are: {', '.join(sorted(templates))}.",
            ),
            where=Where(case=wish.key, file=wish.path),
        )
    rendered = render_tree(template, wish.answers)
    return [FileWrite(one.path, one.content, one.executable) for one in rendered]


def _invite(forge: Forge, project: Project, wish: RepositoryWish, trusted: Callable[[User], bool]) -> None:
    """Exactly the members wished for, beside laik itself.

    Whoever was let in before and is not wished for now is taken out: somebody of the applicant's team who
    turns out to be the vendor would otherwise keep reading the case file. Access that a *group* gives is its
    owner's to decide.
    """
    me = forge.whoami()
    # A vendor file could name laik itself, which would then take its own rights away.
    named = {account.casefold(): Access(access) for account, access in wish.members}
    wished = {account: access for account, access in named.items() if account != me.username.casefold()}
    for member in forge.list_members(project.id):
        if member.user.username.casefold() not in wished and member.user.id != me.id:
            forge.ensure_member(project.id, member.user, Access.NONE)
    for account, access in wished.items():
        user = forge.find_user(account)
        if user is not None and trusted(user):  # an account that is gone holds nothing
            forge.ensure_member(project.id, user, access)
