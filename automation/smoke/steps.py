"""The steps of the live scene, each one thing that laik relies on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from automation.core.errors import LaikError
from automation.core.health import Check, Diagnosis
from automation.core.outputport import neutralise
from automation.core.text import Bilingual
from automation.examine.door import ask_door, health_address
from automation.forges.base import Comment, FileWrite, Hook
from automation.smoke import deciding
from automation.smoke.scene import BRANCH, HOSTILE, MAIN, Scene, marker, not_so

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
    _step("protection", "perlindungan cabang", "branch protection", "commit", deciding.protection),
    _step("request", "permintaan penggabungan", "a merge request", "commit", deciding.request),
    _step("required_check", "status wajib", "the required status", "protection request", deciding.required),
    _step("status", "status", "statuses", "request", deciding.status),
    _step("pinned_merge", "kepala yang berpindah", "a head that moves", "status", deciding.pinned),
    _step("merge", "menggabung", "merging", "pinned_merge required_check", deciding.merge),
    _step("edit", "komentar yang disunting", "an edited comment", "quick_action", _edit),
)
