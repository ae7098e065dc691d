"""Setting up as data: the answers are read strictly, the plan says what it will do, the two guides agree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from automation.collect.procedures import bundled
from automation.collect.templates import bundled_for
from automation.core.authority import reviewing
from automation.core.errors import InvalidRequest, LaikError
from automation.core.policy import Policy, load_policy
from automation.core.render import render_tree
from automation.core.rights import APP_PERMISSIONS, lacking
from automation.core.setup import (
    DEVELOPER,
    GUEST,
    MAINTAINER,
    Item,
    SetupPlan,
    State,
    describe,
    differences,
    projects_of,
)
from automation.core.setupanswers import Answers, read_answers, require_roles, template_answers
from automation.core.setupfiles import read_settings, settings_of, starter, write_settings
from automation.core.text import Bilingual
from tests.effects.initworld import FILLED

LOMBOK = bundled()["lombok-tengah"]
HERE = Path(__file__).parents[2]


def filled(**changes: str) -> str:
    text = starter("gitlab", LOMBOK).replace("alamat: ISI DI SINI", "alamat: https://git.contoh.go.id", 1)
    for old, new in FILLED.items():
        text = text.replace(old, new, 1)
    for key, value in changes.items():
        text, count = re.subn(rf"(?m)^(\s*{key}): .*$", lambda found: f"{found[1]}: @", text, count=1)
        text = text.replace(": @\n", f": {value}\n", 1)
        assert count == 1, key
    return text


def answers(**changes: str) -> Answers:
    return read_answers(filled(**changes).encode())


def policy_text(given: Answers, bot: str = "laik") -> str:
    source = bundled_for(given.forge.jenis, given.grup.kantor)["kendali"]
    files = {one.path: one.content for one in render_tree(source, template_answers(given, bot)["kendali"])}
    return files["laik.yaml"].decode()


def policy_of(given: Answers, bot: str = "laik") -> Policy:
    return load_policy(policy_text(given, bot))


def test_the_starting_file_names_every_blank_with_its_line() -> None:
    for forge in ("gitlab", "github"):
        text = starter(forge, LOMBOK)
        with pytest.raises(InvalidRequest) as refused:
            read_answers(text.encode())
        for place in ("pemilik_kebijakan.0", "organisasi.pemerintah", "peran.kepala_diskominfo.0"):
            line = re.search(rf"{re.escape(place)} \(baris (\d+)\)", refused.value.message.id)
            assert line is not None
            assert "ISI DI SINI" in text.splitlines()[int(line[1]) - 1]
        assert refused.value.where.line > 0


def test_a_filled_file_becomes_a_policy_for_the_account_of_the_token() -> None:
    policy = policy_of(answers(), bot="laik[bot]")
    assert policy.bot == "laik[bot]"
    assert policy.proyek.kendali == "diskominfo/kendali"
    assert policy.holders("tim_teknis_pd", "dinkes") == {"tim-dinkes"}


def test_the_certificate_that_a_new_policy_shows_is_taken_once_its_marks_are_removed() -> None:
    text = policy_text(answers())
    assert load_policy(text).hosting.pair_for("contoh.go.id") is None
    shown = re.sub(r"(?m)^  # (sertifikat_induk:|  contoh\.go\.id:)", r"  \1", text)
    pair = load_policy(shown).hosting.pair_for("contoh.go.id")
    assert pair is not None
    assert (pair.sertifikat, pair.kunci) == ("/etc/ssl/laik/wildcard.pem", "/etc/ssl/laik/wildcard.key")


def filled_for(sop: str) -> str:
    text = starter("gitlab", bundled()[sop])
    text = text.replace("alamat: ISI DI SINI", "alamat: https://git.contoh.go.id", 1)
    for old, new in FILLED.items():
        text = text.replace(old, new, 1)
    return text.replace("[ISI DI SINI]", "[akun-1, akun-2]")


@pytest.mark.parametrize("sop", sorted(bundled()))
def test_the_starting_file_of_every_sop_becomes_a_policy_with_the_roles_of_that_sop(sop: str) -> None:
    given = read_answers(filled_for(sop).encode())
    require_roles(given, bundled(), path="awal.yaml")
    policy, procedure = policy_of(given), bundled()[sop]
    assert policy.sop == (sop,)
    assert policy.organisasi.zona_waktu == procedure.identity.timezone
    for role in procedure.roles:
        assert bool(policy.holders(role.id, "dinkes")) == (role.scope != "kasus"), role.id
    control, hosting, secret = projects_of(policy, given.pemilik_kebijakan, bundled())
    reviewers = {account for role in reviewing(procedure) for account in policy.holders(role, "dinkes")}
    assert reviewers
    assert set(secret.members) == reviewers
    assert reviewers <= set(hosting.members) <= set(control.members)


def test_a_role_that_is_missing_or_out_of_place_is_named() -> None:
    text = filled_for("bolmut").replace("  kabid_aptika: [akun-1, akun-2]\n", "")
    text = text.replace("  nama: Dinas Kesehatan\n", "  nama: Dinas Kesehatan\n  kadis_kominfo: [akun-1]\n")
    with pytest.raises(InvalidRequest) as refused:
        require_roles(read_answers(text.encode()), bundled(), path="awal.yaml")
    assert "peran.kabid_aptika, perangkat_daerah.kadis_kominfo" in refused.value.message.id
    assert "--sop bolmut" in refused.value.explain("en")


@pytest.mark.parametrize("account", ['a"], bot: ["b', "[bersarang]", "''", "akun\\nbot"])
def test_an_account_that_is_none_never_reaches_the_policy(account: str) -> None:
    text = filled_for("bali").replace("kasi_ai: [akun-1, akun-2]", f"kasi_ai: ['{account}']")
    with pytest.raises(LaikError):
        read_answers(text.encode())


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("jenis", "gitea", "forge.jenis"),
        ("alamat", "ftp://git.contoh.go.id", "forge.alamat"),
        ("alamat", "https://laik:rahasia@git.contoh.go.id", "forge.alamat"),
        ("alamat", '"https://git.contoh.go.id\'; reboot #"', "forge.alamat"),
        ("kantor", "../rahasia; ls", "grup.kantor"),
        ("kunci", '"dinkes: x"', "perangkat_daerah.kunci"),
        ("pemilik_kebijakan", "[satu, SATU]", "pemilik_kebijakan"),
        ("pemilik_kebijakan", "[satu]", "pemilik_kebijakan"),
        ("hulu_alamat", "peladen.lokal", "hosting.hulu_alamat"),
        ("zona_waktu", "Asia/Tokyo", "organisasi.zona_waktu"),
        ("keadaan", '"/var/lib/laik\'"', "folder.keadaan"),
        ("hulu_port", "99999", "hosting.hulu_port"),
        ("sop", "{a: b}", "sop"),
    ],
)
def test_a_wrong_answer_is_refused_by_key_and_line(key: str, value: str, said: str) -> None:
    with pytest.raises(LaikError) as refused:
        answers(**{key: value})
    assert said in refused.value.message.id
    assert refused.value.where.line > 1
    assert "rahasia@" not in refused.value.explain("id")


def test_a_github_app_has_one_organisation_and_gitlab_no_app() -> None:
    text = filled(jenis="github").replace("# id_app: 123456", "id_app: 5")
    with pytest.raises(InvalidRequest, match="satu organisasi"):
        read_answers(text.encode())
    with pytest.raises(InvalidRequest, match="hanya untuk GitHub"):
        read_answers(filled().replace("# id_app: 123456", "id_app: 5").encode())
    with pytest.raises(InvalidRequest, match="grup di dalam grup"):
        answers(jenis="github", kantor="pemda/diskominfo")


def test_members_get_the_highest_of_their_roles_and_nobody_else_may_write() -> None:
    given = answers(pemilik_kebijakan="[Teknis-1, kepala-diskominfo]")
    control, hosting, secret = projects_of(policy_of(given), given.pemilik_kebijakan, bundled())
    assert {name.casefold(): access for name, access in control.members.items()} == {
        "kepala-diskominfo": MAINTAINER,
        "teknis-1": MAINTAINER,
        "teknis-2": DEVELOPER,
        "kepala-dinkes": GUEST,
        "tim-dinkes": GUEST,
    }
    assert set(hosting.members) == {"teknis-1", "teknis-2", "tim-dinkes"}
    assert set(secret.members) == {"teknis-1", "teknis-2"}
    assert (control.push, control.merge) == (0, MAINTAINER)
    assert hosting.checks == ("laik/sop",)


def test_a_policy_that_grew_is_no_difference_and_one_that_says_otherwise_is() -> None:
    wanted = policy_of(answers())
    agencies = {**wanted.perangkat_daerah, "dinsos": wanted.perangkat_daerah["dinkes"]}
    grown = wanted.model_copy(update={"perangkat_daerah": agencies})
    assert list(differences(wanted, grown)) == []
    other = policy_of(answers(kepala_diskominfo="[orang-lain]"))
    assert list(differences(wanted, other)) == [
        ("peran.kepala_diskominfo", "orang-lain", "kepala-diskominfo")
    ]


def test_the_settings_are_the_same_to_a_shell_as_to_us(tmp_path: Path) -> None:
    settings = settings_of(answers(alamat="https://git.contoh.go.id"), "/srv/folder dengan $(spasi) `x`")
    file = tmp_path / "laik.env"
    file.write_text(write_settings(settings))
    assert read_settings(file.read_text()) == settings
    shown = subprocess.run(
        ["/bin/sh", "-c", 'set -a; . "$0"; env', str(file)],  # the shell is what is tested
        capture_output=True,
        text=True,
        check=True,
        env={},
    ).stdout
    for name, value in settings.items():
        assert f"{name}={value}\n" in shown
    assert "LAIK_HOOK_URL" not in settings


def test_a_webhook_address_leads_to_the_forges_own_door() -> None:
    text = filled().replace('alamat: ""', "alamat: https://laik.contoh.go.id/")
    settings = settings_of(read_answers(text.encode()), "/etc/laik")
    assert settings["LAIK_HOOK_URL"] == "https://laik.contoh.go.id/webhook/gitlab"
    assert settings["LAIK_HOOK_SECRET_FILE"] == "/etc/laik/rahasia/hook-secret"


def test_missing_rights_are_named_and_unknown_ones_are_not_guessed() -> None:
    assert lacking("gitlab", "personal", ("read_api",)) == ("api",)
    assert lacking("gitlab", "personal", ("api",)) == ()
    assert lacking("github", "personal", None) == ()
    assert lacking("github", "personal", ("repo",)) == ("workflow", "read:org", "project")
    assert lacking("github", "personal", ("repo", "workflow", "admin:org", "project")) == ()
    have = [f"{name}:{level}" for name, level in APP_PERMISSIONS.items()]
    assert lacking("github", "app", have) == ()
    less = [one.replace("checks:write", "checks:read") for one in have]
    assert lacking("github", "app", less) == ("checks:write",)


def test_the_plan_counts_what_would_be_written_and_what_stands_in_the_way() -> None:
    def item(state: State) -> Item:
        return Item("proyek", "a/b", state, Bilingual("satu", "one"))

    plan = SetupPlan(tuple(item(state) for state in State))
    assert (plan.todo, plan.blocked) == (2, True)
    assert plan.told()["todo"] == 2
    assert describe(item(State.MAKE)).split() == ["dibuat", "proyek", "a/b:", "satu"]
    assert describe(item(State.MAKE), "en").split() == ["create", "proyek", "a/b:", "one"]


# ---- the guide


def guides() -> tuple[str, str]:
    folder = HERE / "automation"
    return (folder / "SETUP.md").read_text(), (folder / "SETUP.id.md").read_text()


def test_both_guides_have_the_same_sections_tables_and_commands() -> None:
    english, indonesian = guides()
    for pattern in (r"(?m)^#+ (\d*)", r"(?ms)^```\w+\n.*?^```", r"(?m)^(\d+)\. ", r"(?m)^\*\*"):
        assert re.findall(pattern, english) == re.findall(pattern, indonesian), pattern

    def cells(text: str) -> list[int]:
        return [line.count("|") for line in text.splitlines() if line.startswith("|")]

    def checks(text: str) -> list[str]:
        return re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text.split("\n## 12.")[1])

    assert cells(english) == cells(indonesian)
    assert checks(english) == checks(indonesian)


def test_the_guides_name_every_permission_that_laik_asks_for() -> None:
    for text in guides():
        told = dict(re.findall(r"\| `([a-z_]+)` \| (read|write) \|", text))
        assert told == dict(APP_PERMISSIONS)
