"""People: what they said, and which roles they hold in one case."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from automation.core.act import Act, Said, acts_of
from automation.core.authority import builders
from automation.core.errors import LaikError
from automation.core.plan import Place
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.yamltext import load_mapping
from automation.forges.base import Comment, User
from automation.observe.homes import Home

ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}", re.ASCII)
MAX_NAMED = 50  # as the check vendor_is_named has it; each one is looked up on the forge

Comments = Mapping[Place, Sequence[Comment]]


def acts(me: User, comments: Comments) -> tuple[Act, ...]:
    """The acts in all comments of a case, in their order."""
    return acts_of(_said(me, one, place) for place, listed in comments.items() for one in listed)


def _said(me: User, comment: Comment, place: Place) -> Said:
    return Said(
        id=comment.id,
        account=comment.author.username,
        account_id=comment.author.id,
        bot=comment.author.bot or comment.author.id == me.id or comment.system,
        body=comment.body,
        created_at=comment.created_at,
        edited=comment.edited,
        source=place.kind,
        place=f"{place.kind.replace('_', ' ')} {place.iid}",
    )


def roles(
    procedure: Procedure, policy: Policy, agency: str, berkas: Home | None
) -> Mapping[str, frozenset[str]]:
    """Accounts (casefolded) by role, as they hold them in their own right in a case of ``agency`` now.

    Who is named in the case file comes from there alone: a policy cannot make somebody the builder of it.
    """
    return {
        role.id: _named_in_case(berkas, procedure.documents[role.named_by].path)
        if role.named_by
        else policy.holders(role.id, agency)
        for role in procedure.roles
    }


def approvers(procedure: Procedure, held: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Accounts that may approve hosting: holders of an approving role who are not the builder."""
    wanted = procedure.hosting.approved_by if procedure.hosting else ()
    named = frozenset(account for role in wanted for account in held.get(role, frozenset()))
    return named - builders(procedure, held)


def _named_in_case(berkas: Home | None, path: str) -> frozenset[str]:
    """The accounts that a document of the case file names; the builder can never write there."""
    if berkas is None:
        return frozenset()
    try:
        text = berkas.mirror.read(berkas.head, path)
        data = load_mapping(text, path=path).data if text else {}
    except LaikError:  # the checks on that document tell what is wrong with it
        return frozenset()
    accounts = data.get("akun")
    if not isinstance(accounts, list):
        return frozenset()
    named = (one.casefold() for one in accounts if isinstance(one, str) and ACCOUNT.fullmatch(one))
    return frozenset(itertools.islice(named, MAX_NAMED))
