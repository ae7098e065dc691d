"""The life of a case and of its name on both forges: withdrawn, opened again, revoked, restored, removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from automation.core.errors import ForgeRefused
from automation.demo import documents
from automation.demo import organisation as org
from automation.keys import EVERYTHING, HOSTING, SERVING
from tests.effects.neutral import Neutral, neutral_world
from tests.effects.world import DAY


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with neutral_world(tmp_path_factory.mktemp(f"hidup-{request.param}"), request.param) as running:
        yield running


def bring_evidence(world: Neutral, key: str, slug: str) -> None:
    """The floor's evidence for the application as it is."""
    builder, path = world.who(org.REVIEWERS[0]), world.aplikasi(slug)
    if not world.memory(key).finished:
        builder.push(path, documents.initial_presentation(), "Presentasi awal")
    digest = builder.code_digest(path, builder.head(path, "main"))
    files: dict[str, bytes | None] = {
        "uat/skenario.yaml": documents.uat_scenarios(),
        "uat/hasil.yaml": documents.uat_results(digest, tester=org.TEAM, day=DAY),
    }
    builder.push(world.berkas(key), files, "UAT")
    world.worked(key)


def approve(world: Neutral, number: int, key: str) -> None:
    who = world.who(org.REVIEWERS[1])
    lines = who.lines_to_paste(org.HOSTING, number, bot=world.organisation.bot, kind="merge_request")
    assert lines, who.reads(org.HOSTING, number, kind="merge_request")
    who.say(org.HOSTING, number, lines[0], kind="merge_request")
    world.worked(key)


def request(world: Neutral, key: str, slug: str, content: bytes | None) -> int:
    """Bring the request file in on a branch of its own; the merge request's number."""
    branch = f"{slug}-{len(world.memory(key).acts)}"
    world.who(org.TEAM).push(org.HOSTING, {f"permohonan/{slug}.yaml": content}, "Permintaan", branch=branch)
    number = world.who(org.TEAM).open_request(org.HOSTING, branch, f"Hosting {slug}")
    world.worked(HOSTING, key)
    return number


def text(world: Neutral, key: str, slug: str, note: bytes = b"") -> bytes:
    sha = world.who(org.REVIEWERS[0]).head(world.aplikasi(slug), "main")
    return documents.hosting_request(key=key, agency=org.AGENCY, name=slug, parent=org.PARENT, sha=sha) + note


def finished(world: Neutral, slug: str) -> str:
    """A case that was answered and closed, its name served."""
    key = world.with_application(slug)
    bring_evidence(world, key, slug)
    world.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
    world.worked(key)
    approve(world, request(world, key, slug, text(world, key, slug)), key)
    assert world.memory(key).finished
    assert serves(world, slug)
    return key


def serves(world: Neutral, slug: str) -> bool:
    """Whether name server and web server have files for the name."""
    current = world.laik.settings.out / "current"
    vhost = (current / f"nginx/vhosts/{slug}.{org.PARENT}.conf").exists()
    zone = f"{slug}." in (current / f"zones/{org.PARENT}.zone").read_text()
    assert vhost == zone
    return vhost


def says(world: Neutral, account: str, key: str, line: str) -> None:
    world.who(account).say(org.CONTROL, int(key[8:]), line)
    world.worked(key)


def issue(world: Neutral, key: str) -> tuple[bool, frozenset[str]]:
    return world.who(org.TEAM).sees(org.CONTROL, int(key[8:]))


def heard(world: Neutral, key: str) -> str:
    """Everything laik says on a case's issue."""
    said = world.who(org.TEAM).reads(org.CONTROL, int(key[8:]))
    return "\n".join(words for author, words in said if author == world.organisation.bot)


def at_rest(world: Neutral, key: str) -> bool:
    return world.spent(lambda: world.worked(key)).writes == 0


def test_a_withdrawn_case_is_closed_and_goes_on_where_it_stopped_once_it_is_opened_again(
    world: Neutral,
) -> None:
    key = world.with_application("ditarik")
    says(world, org.HEAD, key, "@laik tarik kasus anggaran dialihkan")
    is_open, labels = issue(world, key)
    assert not is_open
    assert "fase::ditarik" in labels
    assert "anggaran dialihkan" in heard(world, key)
    assert world.laik.forge.find_project(world.berkas(key)) is not None
    assert at_rest(world, key)
    says(world, org.HEAD, key, "@laik buka kasus anggaran kembali")
    is_open, labels = issue(world, key)
    assert is_open
    assert "fase::ditarik" not in labels
    assert at_rest(world, key)


def test_a_request_for_a_withdrawn_case_is_refused_on_its_card(world: Neutral) -> None:
    key = world.with_application("tariktunda")
    says(world, org.HEAD, key, "@laik tarik kasus tidak jadi")
    number = request(world, key, "tariktunda", text(world, key, "tariktunda"))
    said = world.who(org.TEAM).reads(org.HOSTING, number, kind="merge_request")
    assert any("ditarik" in words for author, words in said if author == world.organisation.bot)
    head = world.who(org.TEAM).head(org.HOSTING, f"tariktunda-{len(world.memory(key).acts)}")
    assert world.who(org.TEAM).light(org.HOSTING, head, "laik/hosting").state == "failed"


def test_a_revoked_name_is_gone_at_once_and_comes_back_by_a_request_approved_anew(world: Neutral) -> None:
    slug = "dicabut"
    key = finished(world, slug)
    says(world, org.REVIEWERS[0], key, f"@laik cabut {slug} coba-coba")
    assert serves(world, slug)
    says(world, org.ICT_HEAD, key, f"@laik cabut {slug} disusupi")
    assert not serves(world, slug)
    assert "disusupi" in heard(world, key)
    assert issue(world, key)[0] is False
    assert at_rest(world, key)
    world.worked(SERVING)
    assert not serves(world, slug)
    assert world.who(org.OWNER).alarms(org.CONTROL, "penyimpangan") == []  # its file is known to stand there
    number = request(world, key, slug, text(world, key, slug, b"# sudah dibersihkan\n"))
    assert not serves(world, slug)
    approve(world, number, key)
    assert serves(world, slug)
    assert at_rest(world, key)


def test_a_revocation_is_found_by_a_sweep_when_its_webhook_was_lost(world: Neutral) -> None:
    slug = "tersapu"
    key = finished(world, slug)
    world.worked(EVERYTHING)
    world.who(org.ICT_HEAD).say(org.CONTROL, int(key[8:]), f"@laik cabut {slug} disusupi")
    world.worked(EVERYTHING)
    assert not serves(world, slug)


def test_a_finished_case_changes_and_removes_its_name_and_nobody_else_does(world: Neutral) -> None:
    slug, other = "berubah", "penyerobot"
    key, stranger = finished(world, slug), world.with_application(other)
    before = world.memory(key).admitted
    soon = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    number = request(world, key, slug, text(world, key, slug, f"berlaku_sampai: {soon}\n".encode()))
    said = world.who(org.TEAM).reads(org.HOSTING, number, kind="merge_request")
    assert any("Perpanjangan nama" in words for _, words in said)
    approve(world, number, key)
    after = world.memory(key).admitted
    assert before is not None
    assert after is not None
    assert (before.blob == after.blob, after.until) == (False, soon)
    assert serves(world, slug)
    assert at_rest(world, key)
    request(world, stranger, slug, text(world, stranger, other).replace(other.encode(), slug.encode()))
    assert world.memory(key).admitted == after
    number = request(world, key, slug, None)
    assert serves(world, slug)
    said = world.who(org.TEAM).reads(org.HOSTING, number, kind="merge_request")
    assert any("Penghapusan nama" in words for _, words in said)
    approve(world, number, key)
    assert not serves(world, slug)
    assert dict(world.memory(key).down) == {}
    assert at_rest(world, key)


def test_new_code_needs_its_own_evidence_before_a_finished_case_may_serve_it(world: Neutral) -> None:
    slug = "kodebaru"
    key = finished(world, slug)
    served = world.memory(key).admitted
    builder = world.who(org.REVIEWERS[0])
    builder.push(world.aplikasi(slug), {"baru.txt": b"fitur\n"}, "Fitur baru")
    number = request(world, key, slug, text(world, key, slug))
    said = world.who(org.TEAM).reads(org.HOSTING, number, kind="merge_request")
    assert any("Perubahan nama" in words and "uat_passed_for_code" in words for _, words in said)
    assert not any("@laik setuju hosting" in words for _, words in said)
    bring_evidence(world, key, slug)
    approve(world, number, key)
    now = world.memory(key).admitted
    assert served is not None
    assert now is not None
    assert (now.sha != served.sha, now.merge_request) == (True, number)


def test_an_issue_closed_by_hand_pauses_the_case(world: Neutral) -> None:
    key = world.with_application("tutuptangan")
    found = world.laik.forge.get_issue(world.number(org.CONTROL), int(key[8:]))
    assert found is not None
    world.laik.forge.close_issue(found)
    world.worked(key)
    assert "issue ditutup" in heard(world, key)
    assert at_rest(world, key)
    world.laik.forge.reopen_issue(found)
    world.worked(key)
    assert "issue ditutup" not in heard(world, key)


def test_an_existing_application_is_adopted_by_the_next_case_of_its_agency_and_never_overwritten(
    world: Neutral,
) -> None:
    slug = "diadopsi"
    former = finished(world, slug)
    head = world.who(org.REVIEWERS[0]).head(world.aplikasi(slug), "main")
    key = world.with_application(slug)
    assert world.memory(key).projects["aplikasi"] == world.memory(former).projects["aplikasi"]
    assert world.who(org.REVIEWERS[0]).head(world.aplikasi(slug), "main") == head
    assert serves(world, slug)
    assert (at_rest(world, key), at_rest(world, former), at_rest(world, key)) == (True, True, True)


def test_an_application_whose_case_still_runs_is_taken_by_no_other_case(world: Neutral) -> None:
    slug = "berjalan"
    former = world.with_application(slug)
    key = world.filed(slug)
    world.worked(key)
    world.paste(org.HEAD, key, "ajukan permohonan")
    with pytest.raises(ForgeRefused) as refusal:
        world.worked(key)
    assert former in refusal.value.explain()
    assert "aplikasi" not in world.memory(key).projects
    says(world, org.HEAD, former, "@laik tarik kasus diajukan ulang")
    world.worked(key)
    assert world.memory(key).projects["aplikasi"] == world.memory(former).projects["aplikasi"]
