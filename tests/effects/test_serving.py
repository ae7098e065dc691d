"""What is served is what was decided: deviations alarm, a failing check keeps the last good state."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automation.core.errors import CheckFailed, LaikError
from automation.demo import organisation as org
from automation.forges.base import Hook
from automation.reconciler import SERVING
from automation.serving import BELL, Serving
from tests.effects.policies import other_policy
from tests.effects.world import World

PATH = "permohonan/tersaji.yaml"


@pytest.fixture(scope="module")
def case(world: World) -> str:
    """One case served, its name ``tersaji``."""
    key, _ = world.approved("tersaji")
    world.settle(key)
    assert world.memory(key).finished
    return key


@pytest.fixture
def branch(world: World, case: str) -> Iterator[Any]:
    """The hosting project's owner, who can push anywhere; the branch is put right afterwards."""
    before = world.head(org.HOSTING)
    owner = world.who(org.OWNER)
    yield owner
    rule = owner.project(org.HOSTING).protectedbranches.get("main")
    rule.allow_force_push = True
    rule.save()
    world.reset_hosting(before)
    world.settle(SERVING)
    assert alarms(world) == []


def alarms(world: World) -> list[str]:
    """The open alarm issues' cards."""
    issues = world.project(org.CONTROL).issues.list(get_all=True, state="opened")
    found = [one.iid for one in issues if one.title == BELL.title]
    return [card for iid in found for card in world.cards(org.CONTROL, iid)]


def test_a_file_pushed_before_anything_is_admitted_is_alarmed(world: World) -> None:
    assert not world.laik.store.ledger.admitted()
    world.settle(SERVING)
    assert alarms(world) == []
    owner, files = world.who(org.OWNER), {"permohonan/liar.yaml": b"a: 1\n"}
    owner.push(org.HOSTING, dict(files), "Menyelinap")
    world.settle(SERVING)
    assert "permohonan/liar.yaml" in alarms(world)[0]
    assert not (world.laik.settings.out / "current").exists()
    owner.push(org.HOSTING, {"permohonan/liar.yaml": None}, "Kembalikan")
    world.settle(SERVING)
    assert alarms(world) == []


def test_the_organisations_projects_get_labels_board_and_hooks_once(world: World) -> None:
    laik = replace(world.laik, hook=Hook("http://127.0.0.1:9/webhook/gitlab", "rahasia-hook"))
    assert laik.organise() > 0
    before = laik.forge.writes
    assert laik.organise() == 0
    assert laik.forge.writes == before
    for path in (org.CONTROL, org.HOSTING, org.SECRET):
        hooks = world.project(path).hooks.list(get_all=True)
        assert [one.url for one in hooks] == ["http://127.0.0.1:9/webhook/gitlab"]
        for hook in hooks:
            hook.delete()


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"permohonan/judi.yaml": b"a: 1\n"}, "permohonan/judi.yaml"),
        ({PATH: b"diganti: ya\n"}, PATH),
        ({PATH: None}, PATH),
    ],
    ids=["added", "changed", "deleted"],
)
def test_a_push_around_the_bot_is_alarmed_and_serves_nothing_new(
    world: World, branch: Any, files: dict[str, bytes | None], named: str
) -> None:
    before = world.served()
    branch.push(org.HOSTING, files, "Mengitari")
    world.settle(SERVING)
    cards = alarms(world)
    assert len(cards) == 1
    assert named in cards[0]
    assert world.served() == before
    assert world.writes_of(SERVING) == 0


def test_a_force_push_that_replaces_all_history_changes_nothing_served(world: World, branch: Any) -> None:
    before = world.served()
    rule = branch.project(org.HOSTING).protectedbranches.get("main")
    rule.allow_force_push = True
    rule.save()
    branch.push(
        org.HOSTING, {PATH: None, "permohonan/judi.yaml": b"a: 1\n"}, "Ganti", force=True, rewrite=True
    )
    world.settle(SERVING)
    card = alarms(world)[0]
    assert PATH in card
    assert "permohonan/judi.yaml" in card
    assert world.served() == before
    entry = world.laik.store.ledger.entries(SERVING)[-1]
    assert entry.kind == "deviation"
    assert set(entry.body["paths"]) >= {PATH, "permohonan/judi.yaml"}  # type: ignore[arg-type]


def test_a_lost_output_folder_is_served_again_from_the_ledger(world: World, case: str) -> None:
    before = world.served()
    (world.laik.settings.out / "current").unlink()
    world.settle(SERVING)
    assert world.served().keys() == before.keys()


def test_the_apply_process_gets_neither_token_nor_a_database_address_in_its_arguments(
    world: World, case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A start-up file of the interpreter writes down what the process was given."""
    seen = tmp_path / "terlihat.json"
    spy = (
        "import json, os, sys\n"
        f"open({str(seen)!r}, 'a').write(json.dumps([sys.orig_argv, dict(os.environ)]) + '\\n')\n"
    )
    (tmp_path / "sitecustomize.py").write_text(spy)
    token = world.laik.settings.token
    (tmp_path / "token").write_text(token)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("LAIK_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("GITLAB_TOKEN", token)
    world.settle(SERVING)
    arguments, environment = json.loads(seen.read_text().splitlines()[0])
    assert arguments[1:5] == ["-m", "automation", "hosting", "apply"]
    given = json.dumps([arguments, environment])
    assert token not in given
    assert "LAIK_TOKEN_FILE" not in environment
    assert not any(world.laik.settings.store_url in one for one in arguments)


def with_settings(world: World, **changes: Any) -> Serving:
    laik = world.laik
    settings = replace(laik.settings, **changes)
    return Serving(settings, laik.forge, laik.store, laik.office, now=laik.serving._now)


def test_a_check_that_fails_keeps_the_last_good_state(
    world: World, case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The checker refuses every zone; what is served stays byte for byte."""
    before = world.served()
    checker = tmp_path / "named-checkzone"
    checker.write_text("#!/bin/sh\necho 'zona ditolak' >&2\nexit 1\n")
    checker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/sbin:/usr/bin:/bin")
    with (
        other_policy(world.laik, world.project(org.CONTROL), "ttl: 3600", "ttl: 7200"),
        pytest.raises(CheckFailed) as refusal,
    ):
        world.settle(SERVING)
    assert "Penerapan ditolak" in refusal.value.message.id
    assert world.served() == before


def test_a_reload_that_fails_is_told(world: World, case: str) -> None:
    serving = with_settings(
        world,
        out=world.folder / "saji-lain",
        reload=(sys.executable, "-c", "import sys; sys.exit('peladen tidak hidup')"),
    )
    with pytest.raises(CheckFailed, match="peladen tidak hidup"):
        serving.check()


@pytest.mark.parametrize("program", ["/tidak/ada/program", "sleep"])
def test_a_reload_that_cannot_run_or_hangs_is_told_and_is_no_defect(
    world: World, case: str, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("automation.serving.RELOAD_SECONDS", 0.2)
    serving = with_settings(world, out=world.folder / f"saji-{Path(program).name}", reload=(program, "5"))
    with pytest.raises(LaikError, match="Penerapan ditolak"):
        serving.check()


def test_a_reload_that_was_cut_off_is_made_good_by_the_next_serving(
    world: World, case: str, tmp_path: Path
) -> None:
    """The release is published and unchanged, but the web server never heard of it."""
    heard = tmp_path / "dimuat"
    serving = with_settings(
        world,
        http=("127.0.0.1", 9),  # nobody answers there: the name is not proven
        reload=(sys.executable, "-c", f"open({str(heard)!r}, 'a').write('x')"),
    )
    serving._sleep = lambda _: None
    assert not serving.serve(PATH).proven
    assert heard.read_text() == "x"


def test_apply_runs_as_the_program_of_the_settings_with_the_same_arguments(
    world: World, case: str, tmp_path: Path
) -> None:
    """An installation lets another account publish: laik hands the work to its program, and no more."""
    given = tmp_path / "argumen.json"
    program = (
        "import json, subprocess, sys\n"
        f"open({str(given)!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
        "sys.exit(subprocess.call([sys.executable, '-m', 'automation', 'hosting', 'apply', *sys.argv[1:]]))\n"
    )
    file = tmp_path / "terapkan.py"
    file.write_text(program)
    serving = with_settings(world, apply=(sys.executable, str(file)), https_port=8443)
    assert serving.serve(PATH).proven
    arguments = json.loads(given.read_text())
    assert arguments[0] == "--json"
    assert arguments[arguments.index("--https-port") + 1] == "8443"
