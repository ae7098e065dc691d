"""Whose word counts for a change of the policy, and what it binds to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.core.policy import Policy, load_policy
from automation.core.policyadmission import (
    Difference,
    differences,
    first_entry,
    operator_entry,
    owners_entry,
    standing_policy,
)
from tests.core.cases import POLICY
from tests.core.policyworld import FIRST, HEAD, SECOND, STRANGER, THIRD, PolicyWorld, changed_to


def replies(world: PolicyWorld) -> list[str]:
    return list(world.answers.values())


def both_agreed() -> PolicyWorld:
    world = PolicyWorld()
    world.agrees(FIRST)
    world.agrees(SECOND)
    assert world.verdict.admissible
    return world


def test_two_different_owners_make_a_change_admissible() -> None:
    world = PolicyWorld()
    world.agrees(FIRST)
    assert (world.agreed, world.verdict.admissible) == ({FIRST}, False)
    world.agrees(SECOND)
    assert (world.agreed, world.verdict.admissible) == ({FIRST, SECOND}, True)
    assert replies(world) == []


def test_one_person_counts_once_however_often_he_says_it() -> None:
    world = PolicyWorld()
    for _ in range(3):
        world.agrees(FIRST)
    assert (world.agreed, world.verdict.admissible) == ({FIRST}, False)


def test_who_is_no_owner_of_the_policy_in_force_does_not_count_though_the_change_names_him() -> None:
    world = PolicyWorld(changed_to("a", FIRST, SECOND, STRANGER))
    world.agrees(FIRST)
    world.agrees(STRANGER)
    assert world.agreed == {FIRST}
    assert "Hanya pemilik kebijakan yang berlaku" in replies(world)[0]


def test_the_number_of_an_account_counts_and_not_its_name() -> None:
    """The attack: an owner gave up his name, and somebody else took it."""
    world = PolicyWorld()
    world.look()
    world.says(STRANGER, world.line())
    world.comments = [replace(one, account="pemilik-1") for one in world.comments]
    assert world.agreed == set()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("@laik setuju kebijakan", "Sertakan kode"),
        ("@laik setuju kebijakan 00", "Sertakan kode"),
        ("@laik setuju kebijakan ffffffff", "tidak pernah tampil"),
        ("@laik tolak kebijakan", "Sertakan alasannya"),
        ("@laik setuju", "Tempelkan: `@laik setuju kebijakan"),
        ("@laik setuju hosting ab12", "Di sini hanya perubahan kebijakan"),
        ("@laik catat kebijakan ab12", "Di sini hanya perubahan kebijakan"),
        ("@laik setuj kebijakan", "Maksud Anda `setuju`?"),
    ],
)
def test_words_that_bind_to_nothing_are_answered_and_do_not_count(body: str, told: str) -> None:
    world = PolicyWorld()
    world.look()
    world.says(FIRST, body)
    world.look()
    assert world.agreed == set()
    assert told in replies(world)[0]


def test_a_code_that_was_shown_for_two_contents_binds_to_neither() -> None:
    world = PolicyWorld()
    world.look()
    twin = world.verdict.digest[:6] + "0" * 58
    world.write("shown", {"step": "kebijakan", "digest": twin, "subjects": {}})
    world.says(FIRST, f"@laik setuju kebijakan {twin[:6]}")
    world.look()
    assert world.agreed == set()
    assert "dua isi yang berbeda" in replies(world)[0]
    assert len(world.line().split()[-1]) == 7
    world.agrees(FIRST)
    assert world.agreed == {FIRST}


def test_another_content_takes_every_agreement_away_and_they_do_not_come_back_with_it() -> None:
    """The attack: laik's card is edited to show the code of one content beside another."""
    world = both_agreed()
    world.wanted = changed_to("c")
    world.look()
    assert world.agreed == set()
    assert sum("Isinya sudah berubah" in one for one in replies(world)) == 2
    world.wanted = changed_to("a")
    world.look()
    assert world.agreed == set()
    world.agrees(FIRST)
    world.agrees(SECOND)
    assert world.verdict.admissible


def test_a_code_of_another_content_never_counts_not_even_when_that_content_comes_later() -> None:
    world = PolicyWorld(changed_to("e"))
    world.look()
    early = world.line()
    world.wanted = changed_to("a")
    world.look()
    world.says(FIRST, early)
    world.look()
    world.wanted = changed_to("e")
    world.look()
    assert world.agreed == set()


def test_another_policy_in_force_meanwhile_takes_every_agreement_away() -> None:
    world = both_agreed()
    world.admits(changed_to("d"))
    world.look()
    assert (world.agreed, world.verdict.admissible) == (set(), False)
    assert "Isinya sudah berubah" in replies(world)[0]


def test_agreements_do_not_come_back_with_the_text_they_were_given_over() -> None:
    """The attack: history is put back to a merge of long ago, when the text in force was the same."""
    world = both_agreed()
    before = world.verdict.digest
    world.admits(changed_to("d"))
    world.admits(changed_to("0"))
    assert world.verdict.digest != before
    assert (world.agreed, world.verdict.admissible) == (set(), False)


def test_owners_who_are_others_by_now_take_every_agreement_away() -> None:
    """The attack: the name of an owner who is to come is given up, and taken by somebody else."""
    world = both_agreed()
    world.wanted = changed_to("a", FIRST, SECOND, STRANGER)
    assert world.agreed == set()


def test_an_owner_of_before_does_not_count_any_more() -> None:
    world = PolicyWorld()
    world.admits(changed_to("d", FIRST, SECOND))
    world.agrees(FIRST)
    world.agrees(THIRD)
    assert world.agreed == {FIRST}


def test_an_agreement_that_was_edited_or_deleted_does_not_count() -> None:
    world = both_agreed()
    world.edits(1)
    assert world.agreed == {SECOND}
    world.look()
    assert "sudah disunting" in replies(world)[0]
    world.deletes(2)
    assert world.agreed == set()


def test_an_owner_takes_his_word_back_and_gives_it_again() -> None:
    world = both_agreed()
    world.refuses(SECOND)
    assert world.agreed == {FIRST}
    world.agrees(SECOND)
    assert world.verdict.admissible


def test_a_refusal_stays_when_its_comment_is_deleted_or_edited() -> None:
    """The attack: whoever may edit and delete other people's comments makes a refusal undone."""
    world = both_agreed()
    number = world.refuses(SECOND)
    world.edits(number, "baik")
    assert world.agreed == {FIRST}
    world.deletes(number)
    world.look()
    assert world.agreed == {FIRST}
    assert replies(world) == []
    world.agrees(SECOND)
    assert world.verdict.admissible


def test_a_refusal_counts_though_it_was_edited_before_it_was_read() -> None:
    world = both_agreed()
    number = world.says(SECOND, world.line("tolak").replace("<alasan>", "keliru"))
    world.edits(number)
    world.look()
    assert world.agreed == {FIRST}


def test_a_refusal_of_one_content_says_nothing_of_another() -> None:
    world = PolicyWorld()
    world.refuses(FIRST)
    world.wanted = changed_to("c")
    world.agrees(FIRST)
    world.agrees(SECOND)
    assert world.verdict.admissible


def test_of_two_contradictory_words_in_one_second_the_refusal_counts() -> None:
    for first, second in (("agrees", "refuses"), ("refuses", "agrees")):
        world = PolicyWorld()
        getattr(world, first)(FIRST)
        getattr(world, second)(FIRST, after=0)
        assert world.agreed == set(), (first, second)


def test_both_words_in_one_comment_are_a_refusal() -> None:
    for lines in (("setuju", "tolak"), ("tolak", "setuju")):
        world = PolicyWorld()
        world.look()
        world.says(FIRST, "\n\n".join(world.line(verb).replace("<alasan>", "keliru") for verb in lines))
        world.look()
        assert world.agreed == set(), lines
        world.agrees(FIRST)
        assert world.agreed == {FIRST}


def test_what_cannot_come_into_force_is_not_agreed_to() -> None:
    world = PolicyWorld()
    world.look()
    line = world.line()
    world.wanted = changed_to("a", problem="bot menyebut akun lain")
    world.says(FIRST, line)
    world.says(SECOND, line)
    world.look()
    assert (world.agreed, world.verdict.admissible) == (set(), False)
    assert "belum dapat berlaku" in replies(world)[0]
    assert "Tempelkan" not in replies(world)[0]


def test_two_that_agreed_do_not_help_a_change_with_a_problem() -> None:
    world = both_agreed()
    world.wanted = changed_to("a", problem="proyek tidak ada lagi")
    assert not world.verdict.admissible


def test_bots_and_quotations_decide_nothing() -> None:
    world = PolicyWorld()
    world.look()
    world.says(FIRST, f"> {world.line()}\n\n`{world.line()}`")
    world.look()
    assert (world.agreed, replies(world)) == (set(), [])


# ---- entries


def test_the_first_entry_takes_what_stands_and_the_last_one_is_in_force() -> None:
    world = PolicyWorld()
    world.entries.clear()
    assert standing_policy(world.entries) is None
    world.write("policy", first_entry(changed_to("a", SECOND, FIRST, FIRST)))
    world.write("shown", {"step": "kebijakan", "digest": "x", "subjects": {}})
    standing = world.standing
    assert (standing.seq, standing.way, standing.owners) == (1, "first", {FIRST, SECOND})
    body = operator_entry(changed_to("c"), standing)
    assert (body["before"], body["way"], body["agreed"]) == (standing.digest, "operator", [])
    world.write("policy", body)
    assert (world.standing.seq, world.standing.way, world.standing.merge_request) == (3, "operator", 0)
    assert operator_entry(changed_to("c"), None)["before"] == ""


def test_an_entry_by_owners_says_who_agreed_by_which_act_and_over_what() -> None:
    world = both_agreed()
    before = world.standing.digest
    verdict = world.verdict
    world.admits()
    body = world.entries[-1].body
    assert (body["before"], body["way"], body["merge_request"]) == (before, "owners", 5)
    assert (body["merge_sha"], body["merged_by"]) == (HEAD, FIRST)
    assert body["agreed"] == [
        {"account": one.account, "act": one.act, "body": one.body}
        for one in sorted(verdict.agreed, key=lambda one: one.account)
    ]
    assert world.standing.acts == {"merge_request/1/0", "merge_request/2/0"}
    assert "pemilik" not in str(body)  # numbers and hashes only


def test_what_becomes_of_comments_after_admission_changes_nothing() -> None:
    world = both_agreed()
    world.admits()
    standing = world.standing
    world.edits(1, "tidak jadi")
    world.deletes(2)
    world.look()
    assert world.standing == standing
    assert (world.agreed, world.verdict.admissible) == (set(), False)


def test_no_entry_by_owners_is_made_of_what_is_not_admissible() -> None:
    world = PolicyWorld()
    world.agrees(FIRST)
    with pytest.raises(ValueError, match="not admissible"):
        owners_entry(
            world.wanted, world.standing, world.verdict, merge_request=5, merge_sha=HEAD, merged_by=FIRST
        )


# ---- differences


def policy(*changes: tuple[str, str]) -> Policy:
    text = POLICY
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load_policy(text)


def test_nothing_differs_where_only_the_writing_does() -> None:
    assert differences(policy(), policy(("format:", "# catatan\nformat:"))) == ()


def test_a_value_that_changes_is_told_with_both() -> None:
    wanted = policy(("surel_zona: hostmaster", "surel_zona: admin"))
    assert differences(policy(), wanted) == (
        Difference("hosting.surel_zona", "hostmaster.contoh.go.id", "admin.contoh.go.id"),
    )


def test_keys_that_come_and_go_are_told() -> None:
    wanted = policy(
        ("hulu: {app: {alamat: 192.0.2.20, port: 8080}}", "hulu: {web: {alamat: 192.0.2.20, port: 8080}}")
    )
    told = {one.key: (one.before, one.after) for one in differences(policy(), wanted)}
    assert told == {
        "hosting.hulu.app.alamat": ("192.0.2.20", ""),
        "hosting.hulu.app.port": ("8080", ""),
        "hosting.hulu.web.alamat": ("", "192.0.2.20"),
        "hosting.hulu.web.port": ("", "8080"),
    }


def test_certificates_are_told_by_parent_domain() -> None:
    induk = "hosting.sertifikat_induk"
    plain = ("  alamat: ", "  sertifikat: /etc/a.pem\n  kunci_sertifikat: /etc/a.key\n  alamat: ")
    named = "{contoh.go.id: {sertifikat: /etc/b.pem, kunci: /etc/b.key}}"
    by_parent = ("  alamat: ", f"  sertifikat_induk: {named}\n  alamat: ")
    assert differences(policy(), policy(by_parent)) == (
        Difference(f"{induk}.contoh.go.id.kunci", "", "/etc/b.key"),
        Difference(f"{induk}.contoh.go.id.sertifikat", "", "/etc/b.pem"),
    )
    moved = {one.key: (one.before, one.after) for one in differences(policy(plain), policy(by_parent))}
    assert moved == {
        "hosting.sertifikat": ("/etc/a.pem", ""),
        "hosting.kunci_sertifikat": ("/etc/a.key", ""),
        f"{induk}.contoh.go.id.kunci": ("", "/etc/b.key"),
        f"{induk}.contoh.go.id.sertifikat": ("", "/etc/b.pem"),
    }


def test_each_value_that_comes_into_a_list_or_leaves_it_is_told_by_itself() -> None:
    """The attack: one more account at the end of a list so long that a table cell cuts it."""
    old = ("pemilik_kebijakan: [pemilik-1, pemilik-2]", f"pemilik_kebijakan: [{', '.join(MANY)}]")
    new = (
        "pemilik_kebijakan: [pemilik-1, pemilik-2]",
        f"pemilik_kebijakan: [{', '.join([*MANY[1:], 'jahat'])}]",
    )
    assert differences(policy(old), policy(new)) == (
        Difference("pemilik_kebijakan", MANY[0], ""),
        Difference("pemilik_kebijakan", "", "jahat"),
    )


def test_a_list_in_another_order_is_told_whole() -> None:
    wanted = policy(("[pemilik-1, pemilik-2]", "[pemilik-2, pemilik-1]"))
    assert differences(policy(), wanted) == (
        Difference("pemilik_kebijakan", "[pemilik-1, pemilik-2]", "[pemilik-2, pemilik-1]"),
    )


def test_an_acting_official_is_told_with_all_that_makes_him_one() -> None:
    official = (
        "{peran: kepala_diskominfo, akun: sekretaris, sebagai: plt, dari: 2026-01-01, sampai: 2026-02-01,"
        " dasar: SK 1}"
    )
    wanted = policy(
        (
            "pemilik_kebijakan:",
            f"pejabat: [{official}]\npemilik_kebijakan:",
        )
    )
    (told,) = differences(policy(), wanted)
    assert (told.key, told.before) == ("pejabat", "")
    assert "akun: sekretaris, sebagai: plt, dari: 2026-01-01" in told.after


MANY = [f"pemilik-kebijakan-{at:03}" for at in range(20)]
