"""Every write of a whole small case meets its fault; the end is the undisturbed one, nothing is doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest

from tests.effects.faultdoor import Asked, EachOnce, Fault
from tests.effects.faultworld import FaultWorld, State, fault_world

LEAST_POSITIONS = 25
# So that the sweep cannot run past what matters most: parts of the shapes that must be among those disturbed.
KEY_WRITES = {
    "gitlab": (
        r"POST .*/projects$",
        r"/repository/commits$",
        r"/labels$",
        r"/milestones$",
        r"/boards$",
        r"/protected_branches$",
        r"/hooks$",
        r"/members$",
        r"POST .*/issues/…/notes$",
        r"PUT .*/issues/…/notes/",
        r"POST .*/merge_requests/…/notes$",
        r"/statuses/",
        r"/merge$",
        r"PUT .*/issues/…$",
    ),
    "github": (
        r"POST .*/orgs/diskominfo/repos$",
        r"/git-receive-pack$",
        r"/labels$",
        r"/milestones$",
        r"graphql",
        r"/protection$",
        r"/hooks$",
        r"/collaborators/",
        r"POST .*/issues/…/comments$",
        r"PATCH .*/issues/comments/",
        r"POST .*/check-runs$",
        r"PUT .*/merge$",
        r"DELETE .*/labels/",
        r"PATCH .*/issues/…$",
    ),
}


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultWorld]:
    with fault_world(tmp_path_factory.mktemp(request.param), request.param) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(world: FaultWorld) -> State:
    key, refused = world.play("tenang")
    assert refused == []
    return world.state(key, "tenang")


def taken_for_there(asked: Asked, fault: Fault) -> bool:
    """GitLab's 409 to a label means that there is one; said without one it would be a lie."""
    return fault is Fault.CONFLICT and asked.shape.endswith("/labels")


SWEEPS: dict[str, Sequence[Fault]] = {
    "sesudah": (Fault.DONE_THEN_500, Fault.DONE_THEN_CUT),
    "sesudah-2": (Fault.DONE_THEN_CUT, Fault.DONE_THEN_500),
    "sebelum": (Fault.CUT, Fault.LIMIT_TOLD, Fault.CONFLICT, Fault.SECONDARY, Fault.LIMIT),
}


@pytest.mark.parametrize("slug", SWEEPS)
def test_a_case_whose_every_write_is_disturbed_ends_as_an_undisturbed_one(
    world: FaultWorld, undisturbed: State, slug: str
) -> None:
    script = EachOnce(SWEEPS[slug], pardon=taken_for_there)
    key, refused = world.play(slug, script)
    print(f"{world.organisation.forge}, {slug}: {len(script.met)} writes disturbed, {len(refused)} refusals")
    assert world.state(key, slug) == undisturbed
    assert len(script.met) >= LEAST_POSITIONS
    shapes = {shape for shape, _ in script.met}
    missed = [
        key for key in KEY_WRITES[world.organisation.forge] if not any(re.search(key, one) for one in shapes)
    ]
    assert missed == []
