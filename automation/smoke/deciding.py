"""The steps of the live scene that decide: protection, statuses, merging."""

from __future__ import annotations

from automation.core.errors import ForgeRefused, HeadMoved
from automation.core.health import Check, Diagnosis
from automation.core.outputport import neutralise
from automation.forges.base import Access, MergeRequest, Protection, StatusDetails, StatusState
from automation.smoke.scene import BRANCH, CONTEXTS, FREE, HOSTILE, MAIN, Scene, not_so


def protection(scene: Scene, check: Check) -> Diagnosis:
    """The same push goes through to a branch without protection, so it is the protection that refuses it."""
    wanted = Protection(MAIN, push=Access.NONE, merge=Access.MAINTAINER, checks=(CONTEXTS[0],))
    scene.forge.ensure_protection(scene.id, wanted)
    facts = scene.forge.find_protection(scene.id, MAIN)
    if facts is None or facts.push is not Access.NONE or facts.force_push:
        raise not_so(
            "Perlindungan terbaca lain dari yang ditulis.", "The protection reads otherwise than written."
        )
    free, refused = scene.push(FREE, MAIN)
    if not free.ok:
        raise not_so(
            f"git push dengan token laik gagal: {free.complaint}",
            f"git push with laik's token failed: {free.complaint}",
            "Periksa hak token atas repositori (write_repository sudah termasuk dalam api).",
            "Look at the token's rights on repositories.",
        )
    if refused.ok or scene.forge.branch_head(scene.id, MAIN) != scene.first:
        raise not_so(
            "Push langsung ke cabang terlindung diterima.",
            "A direct push to the protected branch went through.",
        )
    return check.ok(
        "Push langsung ke cabang terlindung ditolak, juga bagi laik. (Penolakan bagi akun lain tidak dapat"
        " dibuktikan dengan satu token.)",
        "A direct push to the protected branch is refused, to laik too. (That other accounts are refused"
        " cannot be proved with one token.)",
    )


def request(scene: Scene, check: Check) -> Diagnosis:
    """A request from branch to branch, with a hostile description."""
    scene.request = scene.forge.create_merge_request(
        scene.id, BRANCH, MAIN, "Uji permintaan", neutralise(HOSTILE)
    )
    if _now(scene).state != "open":
        raise not_so("Permintaan tidak terbuka.", "The request is not open.")
    return check.ok("Permintaan penggabungan dapat dibuat.", "Merge requests can be made.")


def _now(scene: Scene) -> MergeRequest:
    assert scene.request is not None  # noqa: S101 - as above
    found = scene.forge.get_merge_request(scene.id, scene.request.iid)
    if found is None:
        raise not_so("Permintaan hilang.", "The merge request is gone.")
    return found


def required(scene: Scene, check: Check) -> Diagnosis:
    """The required status must hold up a merge, laik's own too."""
    request = _now(scene)
    try:
        scene.forge.merge(request, sha=_head(scene), message="Uji tanpa status")
    except HeadMoved:
        raise
    except ForgeRefused:
        return check.ok(
            "Tanpa status hijau, penggabungan ditolak.", "Without a green status merging is refused."
        )
    raise not_so(
        "Penggabungan diterima tanpa status yang diwajibkan.",
        "A merge went through without the required status.",
        "GitLab: nyalakan 'Pipelines must succeed'; GitHub: wajibkan laik/sop. Yang tersaji tetap hanya yang"
        " diputuskan laik.",
        "GitLab: switch on 'Pipelines must succeed'; GitHub: require laik/sop. What is served is still what"
        " laik decided alone.",
    )


def _head(scene: Scene) -> str:
    head = scene.forge.branch_head(scene.id, BRANCH)
    if head is None:
        raise not_so("Cabang uji hilang.", "The branch is gone.")
    return head


def status(scene: Scene, check: Check) -> Diagnosis:
    """Two statuses on one commit, as the gates post them, and whose they are."""
    head, me = _head(scene), scene.forge.whoami()
    _post(scene, head, StatusState.PENDING)
    _post(scene, head, StatusState.SUCCESS)
    found = {one.context: one for one in scene.forge.list_statuses(scene.id, head)}
    for context in CONTEXTS:
        one = found.get(context)
        if one is None or one.state is not StatusState.SUCCESS:
            raise not_so(
                f"Status {context} tidak terbaca kembali.", f"The status {context} does not read back."
            )
        if one.author.id != me.id:
            raise not_so(
                f"Status {context} tercatat atas nama {one.author.username}.",
                f"The status {context} is on record as by {one.author.username}.",
            )
    return check.ok(
        f"Dua status ditulis dan terbaca atas nama {me.username}.",
        f"Two statuses were written and read back as by {me.username}.",
    )


def _post(scene: Scene, head: str, state: StatusState) -> None:
    for context in CONTEXTS:
        scene.forge.set_status(
            scene.id,
            head,
            context=context,
            state=state,
            description="Uji laik doctor",
            target_url="",
            details=StatusDetails("Uji laik doctor"),
        )


def pinned(scene: Scene, check: Check) -> Diagnosis:
    """Between judging and merging somebody may push: the forge has to refuse the merge then."""
    old = _head(scene)
    scene.write(BRANCH, "uji.txt", "dua\n")
    try:
        scene.forge.merge(_now(scene), sha=old, message="Uji kepala lama")
    except HeadMoved:
        return check.ok("Commit yang berpindah tidak digabung.", "A head that moved is not merged.")
    raise not_so(
        "Forge menggabung commit yang tidak dinilai.",
        "The forge merged a commit that was not judged.",
        "JANGAN jalankan laik di forge ini; laporkan beserta versinya.",
        "Do NOT run laik on this forge; report it with its version.",
    )


def merge(scene: Scene, check: Check) -> Diagnosis:
    """With everything green, and on record as laik's."""
    head = _head(scene)
    _post(scene, head, StatusState.SUCCESS)
    merged = scene.forge.merge(_now(scene), sha=head, message="Uji penggabungan")
    me = scene.forge.whoami()
    if merged.state != "merged" or merged.merged_by is None or merged.merged_by.id != me.id:
        raise not_so("Penggabungan tidak tercatat atas nama laik.", "The merge is not on record as laik's.")
    return check.ok(
        "Dengan status hijau, laik dapat menggabung dan tercatat sebagai penggabung.",
        "With a green status laik can merge and is on record for it.",
    )
