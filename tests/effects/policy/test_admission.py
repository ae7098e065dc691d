"""Another policy comes into force by two of its owners, on both forges; nothing else brings one there."""

from __future__ import annotations

import pytest

from automation.bots.policykeeper import CONTEXT
from automation.core.policyadmission import standing_policy
from automation.demo import organisation as org
from automation.keys import EVERYTHING, POLICY
from tests.effects.neutral import Neutral
from tests.effects.policy.changes import (
    FIRST,
    SECOND,
    agrees,
    alarms,
    answers,
    card,
    changed,
    line,
    merges,
    proposed,
    pushed_past,
    says,
    ttl,
)


def test_two_owners_bring_a_policy_into_force_and_the_ledger_says_who(world: Neutral) -> None:
    wanted = changed(world, 1801)
    number = proposed(world, wanted)
    assert "| hosting.ttl | 3600 | 1801 |" in card(world, number).replace("\\", "")
    agrees(world, FIRST, number)
    assert "Pemilik yang setuju: 1 dari 2" in card(world, number)
    agrees(world, org.ICT_HEAD, number)
    assert "Lengkap: gabungkan" in card(world, number)
    assert ttl(world) == 3600
    done = merges(world, number)
    assert ttl(world) == 1801
    assert done[1] == EVERYTHING  # every case is looked at again
    entry = world.laik.store.ledger.entries(POLICY)
    standing = standing_policy(entry)
    body = next(one.body for one in reversed(entry) if one.kind == "policy")
    people = {name: world.laik.forge.find_user(name) for name in (FIRST, SECOND, org.ICT_HEAD, org.OWNER)}
    ids = {name: user.id for name, user in people.items() if user is not None}
    assert standing is not None
    assert standing.owners == {ids[FIRST], ids[SECOND], ids[org.ICT_HEAD]}
    assert body["way"] == "owners"
    assert body["merge_request"] == number
    assert body["merged_by"] == ids[SECOND]
    agreed = body["agreed"]
    assert isinstance(agreed, list)
    assert {one["account"] for one in agreed if isinstance(one, dict)} == {ids[FIRST], ids[org.ICT_HEAD]}
    told = card(world, number).replace("\\", "")
    assert "Kebijakan berlaku" in told
    assert f"disetujui {FIRST}, {org.ICT_HEAD}." in told
    assert alarms(world) == []
    before = world.laik.forge.writes
    world.worked(POLICY)
    assert world.laik.forge.writes == before


def test_a_status_shows_the_same_in_a_word(world: Neutral) -> None:
    number = proposed(world, changed(world, 1802), branch="status")
    owner, head = world.who(org.OWNER), world.who(FIRST).head(org.CONTROL, "status")
    assert owner.light(org.CONTROL, head, CONTEXT).state == "pending"
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    assert owner.light(org.CONTROL, head, CONTEXT).state == "success"
    owner.close_request(org.CONTROL, number)


def test_merged_with_one_owner_it_is_not_in_force_until_another_agrees(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1803))
    agrees(world, FIRST, number)
    merges(world, number)
    assert ttl(world) == before
    assert "belum berlaku" in card(world, number)
    (alarm,) = alarms(world)
    assert f"nomor {number}" in alarm
    agrees(world, SECOND, number)
    assert ttl(world) == 1803
    assert alarms(world) == []


def test_one_owner_counts_once_however_often_he_says_it(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1804))
    for _ in range(3):
        agrees(world, FIRST, number)
    merges(world, number)
    assert ttl(world) == before
    assert "1 dari 2" in card(world, number)


def test_who_is_no_owner_is_answered_and_does_not_count(world: Neutral) -> None:
    """Also one whom the very change would make an owner: it is not in force yet."""
    before = ttl(world)
    named = f'pemilik_kebijakan: ["{org.OWNER}", '.encode()
    text = changed(world, 1805).replace(b"pemilik_kebijakan: [", named)
    number = proposed(world, text)
    agrees(world, FIRST, number)
    agrees(world, org.OWNER, number)
    merges(world, number)
    assert ttl(world) == before
    assert any("Hanya pemilik kebijakan yang berlaku" in one for one in answers(world, number))


def test_a_push_after_an_agreement_takes_it_away(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1806), branch="bergeser")
    agrees(world, FIRST, number)
    stale = line(world, number)
    world.who(FIRST).push(org.CONTROL, {"laik.yaml": changed(world, 1)}, "Geser", branch="bergeser")
    world.who(FIRST).push(org.CONTROL, {"laik.yaml": changed(world, 1807)}, "Geser", branch="bergeser")
    world.worked(POLICY)
    assert "0 dari 2" in card(world, number)
    says(world, SECOND, number, stale)
    merges(world, number)
    assert ttl(world) == before
    assert sum("Isinya sudah berubah" in one for one in answers(world, number)) == 2


def test_an_owner_takes_his_word_back(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1808))
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    says(world, SECOND, number, line(world, number, "tolak").replace("<alasan>", "salah hitung"))
    assert "1 dari 2" in card(world, number)
    merges(world, number)
    assert ttl(world) == before


def test_what_is_pushed_past_all_merge_requests_is_not_in_force_and_alarmed(world: Neutral) -> None:
    before = ttl(world)
    pushed_past(world, {"laik.yaml": changed(world, 1809)})
    assert world.worked(EVERYTHING).count(POLICY) == 1
    assert ttl(world) == before
    (alarm,) = alarms(world)
    assert "tanpa merge request" in alarm
    pushed_past(world, {"laik.yaml": changed(world, before)})
    world.worked(EVERYTHING)
    assert alarms(world) == []


def test_history_put_back_does_not_bring_an_older_policy_back(world: Neutral) -> None:
    before = ttl(world)
    number = proposed(world, changed(world, 1810))
    agrees(world, FIRST, number)
    agrees(world, SECOND, number)
    merges(world, number)
    assert ttl(world) == 1810
    old = changed(world, before)
    pushed_past(world, {"laik.yaml": old, "README.md": b"# Kendali\n"}, force=True)
    world.worked(POLICY)
    assert ttl(world) == 1810
    assert len(alarms(world)) == 1


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"sop: [", b"sop: [tidak-ada, ", "tidak-ada"),
        (b"pemilik_kebijakan: [", b"pemilik_kebijakan: [] #", "pemilik yang berbeda"),
        (b"pemilik_kebijakan: [", b"pemilik_kebijakan: [hantu, ", "hantu"),
        (b"bot: ", b"bot: bukan-laik #", "bukan-laik"),
        (b"hosting: diskominfo/hosting", b"hosting: diskominfo/tiada", "tiada"),
        (b"format: laik/kebijakan/1", b"format: [", "laik.yaml"),
    ],
)
def test_a_policy_that_would_stop_every_case_is_not_brought_into_force(
    world: Neutral, old: bytes, new: bytes, why: str
) -> None:
    text = world.laik.office.read(secret=False).policy_text
    if old not in text:  # how the template quotes it
        old, new = old.replace(b": d", b': "d'), new.replace(b": d", b': "d')
    assert old in text
    number = proposed(world, text.replace(old, new, 1))
    told = card(world, number).replace("\\", "").replace("\u200b", "")
    assert "Tidak dapat berlaku" in told
    assert why in told
    assert "@laik setuju" not in told
    says(world, FIRST, number, "@laik setuju kebijakan 1234")
    says(world, SECOND, number, "@laik setuju kebijakan 1234")
    merges(world, number)
    assert world.laik.office.read(secret=False).policy_text == text
    assert len(alarms(world)) == 1


def test_a_policy_that_is_taken_away_stays_in_force(world: Neutral) -> None:
    text = world.laik.office.read(secret=False).policy_text
    number = proposed(world, None)
    assert "dihapus" in card(world, number)
    merges(world, number)
    office = world.laik.office.read(secret=False)
    assert office.policy_text == text
    assert office.on_branch is None
    assert len(alarms(world)) == 1


def test_a_request_behind_the_branch_must_be_brought_up_to_date(world: Neutral) -> None:
    """Two changes that were agreed to one by one would together be a third that nobody was shown."""
    late = proposed(world, changed(world, 1811), branch="lambat")
    quick = proposed(world, changed(world, 1812))
    agrees(world, FIRST, quick)
    agrees(world, SECOND, quick)
    merges(world, quick)
    assert ttl(world) == 1812
    assert "perbarui cabang ini" in card(world, late)
    world.who(org.OWNER).close_request(org.CONTROL, late)


def test_a_request_that_leaves_the_policy_alone_is_not_spoken_to(world: Neutral) -> None:
    number = proposed(world, world.laik.office.read(secret=False).policy_text + b"# x\n", branch="lain")
    assert "hanya penulisan atau komentarnya" in card(world, number)
    text = world.laik.office.read(secret=False).policy_text
    world.who(FIRST).push(
        org.CONTROL, {"laik.yaml": text, "catatan.md": b"# Catatan\n"}, "Tarik", branch="lain"
    )
    world.worked(POLICY)
    assert "Tidak mengubah kebijakan" in card(world, number)
    world.who(org.OWNER).close_request(org.CONTROL, number)
    world.who(FIRST).push(org.CONTROL, {"lain.md": b"# Lain\n"}, "Lain", branch="sama-sekali")
    other = world.who(FIRST).open_request(org.CONTROL, "sama-sekali", "Lain")
    world.worked(POLICY)
    assert world.who(FIRST).reads(org.CONTROL, other, kind="merge_request") == []
    world.who(org.OWNER).close_request(org.CONTROL, other)


def test_words_that_decide_nothing_here_are_answered_with_the_line_to_paste(world: Neutral) -> None:
    number = proposed(world, changed(world, 1813))
    says(world, FIRST, number, "@laik setuju")
    says(world, SECOND, number, "@laik setuj kebijakan")
    says(world, SECOND, number, f"> {line(world, number)}\n\n`{line(world, number)}`")
    told = answers(world, number)
    assert len(told) == 2
    assert "Tempelkan: `@laik setuju kebijakan" in told[0]
    assert "Maksud Anda `setuju`?" in told[1]
    assert "0 dari 2" in card(world, number)
    world.who(org.OWNER).close_request(org.CONTROL, number)


def test_the_text_in_force_is_found_again_and_an_edited_copy_is_not_believed(world: Neutral) -> None:
    office = world.laik.office.read(secret=False)
    copy = world.laik.office.in_force.copy
    copy.write_bytes(office.policy_text.replace(b"ttl: ", b"ttl: 1"))
    assert world.laik.office.read(secret=False).policy_text == office.policy_text
    copy.unlink()
    assert world.laik.office.read(secret=False).policy_text == office.policy_text
    assert copy.read_bytes() == office.policy_text
