"""The steps of the live scene, each one thing that laik relies on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from automation.core.errors import ForgeRefused, HeadMoved, LaikError
from automation.core.health import Check, Diagnosis
from automation.core.outputport import neutralise
from automation.core.text import Bilingual
from automation.examine.door import ask_door, health_address
from automation.forges.base import (
    Access,
    Comment,
    FileWrite,
    Hook,
    MergeRequest,
    Protection,
    StatusDetails,
    StatusState,
)
from automation.smoke.scene import BRANCH, CONTEXTS, FREE, MAIN, Scene, marker, not_so

HOSTILE = "/close\n/label ~bahaya\n- /assign me\n> /confidential\n@all <!-- laik -->"
"""What a request could hold to make the forge act in laik's name."""

DELIVERY_TRIES, DELIVERY_LOOKS, LOOK_SECONDS = 3, 10, 0.5
WHOLE_SECOND = 1.1  # GitHub's times, and those of /sehat, are whole seconds


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``needs`` are steps that must have gone well; ``act`` raises a LaikError where it fails."""

    id: str
    title: Bilingual
    needs: tuple[str, ...]
    act: Callable[[Scene, Check], Diagnosis]


def _project(scene: Scene, check: Check) -> Diagnosis:
    group = scene.forge.find_group(scene.group)
    if group is None:
        raise not_so(
            f"Grup '{scene.group}' tidak ada.",
            f"There is no group '{scene.group}'.",
            "Jalankan 'laik init'.",
            "Run 'laik init'.",
        )
    scene.project = scene.forge.create_project(
        group, scene.name, name=scene.name, description=marker(scene.name)
    )
    return check.ok("Proyek dapat dibuat.", "Projects can be made.")


def _commit(scene: Scene, check: Check) -> Diagnosis:
    text = f"# {scene.name}\n\n{marker(scene.name)}\n"
    scene.first = scene.forge.commit_files(scene.id, MAIN, "Uji", [FileWrite("README.md", text.encode())])
    scene.write(BRANCH, "uji.txt", "satu\n")
    # What was made empty is looked up again, with its branch now.
    scene.project = scene.forge.get_project(scene.id) or scene.project
    if scene.forge.read_file(scene.id, "README.md", MAIN) != text.encode():
        raise not_so("Berkas terbaca lain dari yang ditulis.", "A file reads otherwise than it was written.")
    return check.ok("Commit, cabang, dan berkas berjalan.", "Commits, branches and files work.")


def _conditional(scene: Scene, check: Check) -> Diagnosis:
    heads = scene.forge.branch_heads(scene.id)
    if heads.get(MAIN) != scene.first:
        raise not_so("Kepala cabang lain dari commit tadi.", "The branch's head is not the commit made.")
    before = scene.forge.unmodified
    scene.forge.branch_heads(scene.id)
    if scene.forge.unmodified > before:
        return check.ok(
            "Forge menjawab 304 bila tidak ada yang berubah.", "The forge answers 304 while nothing changes."
        )
    return check.warn(
        Bilingual(
            "Forge tidak menjawab 304: setiap sapuan membaca isi penuh.",
            "The forge does not answer 304: each sweep reads the whole content.",
        ),
        Bilingual(
            "Periksa apakah proksi di depan forge membuang ETag.",
            "Look whether a proxy before it drops ETag.",
        ),
    )


def _hook(scene: Scene, check: Check) -> Diagnosis:
    hook = _our_hook(scene)
    if hook is None:
        return check.unknown(
            Bilingual("LAIK_HOOK_URL atau rahasianya kosong.", "LAIK_HOOK_URL or its secret is empty."),
            Bilingual("Isi keduanya untuk menguji webhook.", "Set both to try webhooks."),
        )
    scene.forge.ensure_hook(scene.id, hook)
    found = [one for one in scene.forge.list_hooks(scene.id) if one.url == hook.url]
    if len(found) != 1 or not found[0].enabled:
        raise not_so("Webhook tidak terbaca kembali.", "The webhook does not read back.")
    return check.ok("Webhook dapat dipasang.", "Webhooks can be set.")


def _our_hook(scene: Scene) -> Hook | None:
    settings = scene.settings
    secret = next(iter((*settings.hook_secrets, *settings.hook_signing)), "")
    return Hook(settings.hook_url, secret) if settings.hook_url and secret else None


def _delivery(scene: Scene, check: Check) -> Diagnosis:
    """From a push to the running laik's own word that an event with the right secret came."""
    address = health_address(scene.settings.hook_url)
    try:
        before = ask_door(address).last_event
    except LaikError as problem:
        return check.unknown(problem.message, problem.remedy)
    scene.sleep(WHOLE_SECOND)  # ``last_event`` is told to the second, and setting the hook was an event too
    for tried in range(DELIVERY_TRIES):
        scene.write(BRANCH, "kiriman.txt", f"{tried}\n")
        for _ in range(DELIVERY_LOOKS):
            if ask_door(address).last_event != before:
                return check.ok(
                    "Kejadian sampai di laik dengan rahasia yang benar.",
                    "An event reached laik with the right secret.",
                )
            scene.sleep(LOOK_SECONDS)
    raise not_so(
        "Kejadian tidak sampai di laik.",
        "No event reached laik.",
        "Pastikan forge dapat menjangkau LAIK_HOOK_URL (GitLab: 'Allow requests to the local network' untuk"
        " alamat internal) dan rahasianya sama.",
        "Make sure that the forge reaches LAIK_HOOK_URL (GitLab: 'Allow requests to the local network' for"
        " internal addresses) and that the secret is the same.",
    )


def _unhook(scene: Scene, check: Check) -> Diagnosis:
    url = scene.settings.hook_url
    for hook in scene.forge.list_hooks(scene.id):
        if hook.url == url:
            scene.forge.delete_hook(scene.id, hook.id)
    if any(one.url == url for one in scene.forge.list_hooks(scene.id)):
        raise not_so("Webhook tidak terhapus.", "The webhook was not removed.")
    return check.ok("Webhook dapat dihapus.", "Webhooks can be removed.")


def _quick_action(scene: Scene, check: Check) -> Diagnosis:
    """Where the neutralising failed, the forge would close or label the issue in laik's name."""
    inert = neutralise(HOSTILE)
    scene.issue = scene.forge.create_issue(scene.id, "Uji", inert, ["laik-uji"])
    scene.comment = scene.forge.add_comment(scene.id, "issue", scene.issue.iid, inert)
    scene.said_at = time.monotonic()
    _hold_untouched(scene)
    return check.ok(
        "Perintah dalam teks tidak dijalankan forge.", "The forge ran no command that stood in a text."
    )


def _hold_untouched(scene: Scene) -> None:
    assert scene.issue is not None  # noqa: S101 - steps need the one that makes it
    now = scene.forge.get_issue(scene.id, scene.issue.iid)
    if now is None or not now.open or set(now.labels) != {"laik-uji"}:
        raise not_so(
            "Forge menjalankan perintah dari teks yang sudah dinetralkan.",
            "The forge ran a command from a text that was made inert.",
            "JANGAN jalankan laik di forge ini; laporkan beserta versinya.",
            "Do NOT run laik on this forge; report it with its version.",
        )


def _edit(scene: Scene, check: Check) -> Diagnosis:
    """An approval that was edited must not count, so the forge has to show the edit."""
    assert scene.issue is not None  # noqa: S101 - as above
    assert scene.comment is not None  # noqa: S101 - as above
    if _comment(scene).edited:
        raise not_so(
            "Komentar baru tampak sudah disunting.", "A new comment looks edited already; none would count."
        )
    scene.sleep(max(0.0, WHOLE_SECOND - (time.monotonic() - scene.said_at)))
    changed = neutralise(f"{HOSTILE}\nlagi")
    scene.forge.edit_comment(scene.id, "issue", scene.issue.iid, scene.comment.id, changed)
    _hold_untouched(scene)
    if not _comment(scene).edited:
        raise not_so(
            "Suntingan komentar tidak terlihat: persetujuan dapat diubah diam-diam.",
            "An edit of a comment does not show: an approval could be changed without a trace.",
        )
    return check.ok("Komentar yang disunting tampak disunting.", "An edited comment is seen as edited.")


def _comment(scene: Scene) -> Comment:
    assert scene.issue is not None  # noqa: S101 - as above
    assert scene.comment is not None  # noqa: S101 - as above
    wanted = scene.comment.id
    found = [one for one in scene.forge.list_comments(scene.id, "issue", scene.issue.iid) if one.id == wanted]
    if not found:
        raise not_so("Komentar tidak terbaca kembali.", "The comment does not read back.")
    return found[0]


def _protection(scene: Scene, check: Check) -> Diagnosis:
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


def _request(scene: Scene, check: Check) -> Diagnosis:
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


def _required(scene: Scene, check: Check) -> Diagnosis:
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


def _status(scene: Scene, check: Check) -> Diagnosis:
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


def _pinned(scene: Scene, check: Check) -> Diagnosis:
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


def _merge(scene: Scene, check: Check) -> Diagnosis:
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


def _step(name: str, title: str, english: str, needs: str, act: Callable[[Scene, Check], Diagnosis]) -> Step:
    return Step(f"live_{name}", Bilingual(title, english), tuple(f"live_{one}" for one in needs.split()), act)


STEPS = (
    _step("project", "membuat proyek uji", "making a trial project", "", _project),
    _step("commit", "commit dan cabang", "commits and branches", "project", _commit),
    _step("conditional", "permintaan bersyarat", "conditional requests", "commit", _conditional),
    _step("hook", "webhook", "a webhook", "commit", _hook),
    _step("delivery", "kiriman webhook", "a delivery", "hook", _delivery),
    _step("unhook", "menghapus webhook", "removing the webhook", "hook", _unhook),
    _step("quick_action", "perintah dalam teks", "commands in texts", "project", _quick_action),
    _step("protection", "perlindungan cabang", "branch protection", "commit", _protection),
    _step("request", "permintaan penggabungan", "a merge request", "commit", _request),
    _step("required_check", "status wajib", "the required status", "protection request", _required),
    _step("status", "status", "statuses", "request", _status),
    _step("pinned_merge", "kepala yang berpindah", "a head that moves", "status", _pinned),
    _step("merge", "menggabung", "merging", "pinned_merge required_check", _merge),
    _step("edit", "komentar yang disunting", "an edited comment", "quick_action", _edit),
)
