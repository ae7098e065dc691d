"""``laik template`` on real folders: whole or not at all, and edited files are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automation.cli import run
from automation.cli._tree import TreeWriter
from automation.core.errors import UnsafePath
from automation.core.render import RenderedFile


def render(out: Path, *more: str, template: str = "base") -> int:
    return run(["template", "render", template, "--out", str(out), "--example", *more])


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def rendered(path: str, content: bytes = b"baru") -> RenderedFile:
    return RenderedFile(path, content, executable=False, ownership="managed")


def test_list_names_every_template_and_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "list", "--json"]) == 0
    listed = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert {"base", "php-laravel", "berkas"} <= set(listed)
    assert "nama_aplikasi" in [variable["nama"] for variable in listed["base"]["variabel"]]
    assert run(["template", "list"]) == 0
    assert "php-laravel" in capsys.readouterr().out


def test_render_writes_the_tree_and_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x" / "aplikasi"
    assert render(out, "--json", template="php-laravel") == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["path"] for one in told["berkas"]} == set(files(out))
    assert (out / "artisan").stat().st_mode & 0o111
    assert not (out / "README.md").stat().st_mode & 0o111


def test_a_title_with_jinja_comes_out_literally(tmp_path: Path) -> None:
    assert render(tmp_path / "a", "--answer", "nama_aplikasi={{ 7*7 }}", template="php-laravel") == 0
    assert b"'nama' => '{{ 7*7 }}'" in (tmp_path / "a/config/layanan.php").read_bytes()


def test_a_list_is_answered_by_repeating_its_key(tmp_path: Path) -> None:
    assert render(tmp_path / "a", "--answer", "langkah=Satu", "--answer", "langkah=Dua") == 0
    assert "1. Satu\n2. Dua\n" in (tmp_path / "a/.laik/SOP.md").read_text()


def test_a_full_folder_is_refused_and_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "milik-orang").write_text("isi")
    assert render(tmp_path) == 1
    assert "sudah berisi" in capsys.readouterr().err
    assert files(tmp_path) == {"milik-orang": b"isi"}
    assert render(tmp_path, "--force") == 0
    assert (tmp_path / "milik-orang").read_text() == "isi"


@pytest.mark.parametrize(
    ("answer", "told"),
    [("tiada=1", "'tiada' tidak dikenal"), ("slug=../x", "'slug'"), ("kunci_kasus=", "kunci")],
)
def test_a_wrong_answer_is_named_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, told: str
) -> None:
    assert render(tmp_path / "a", "--answer", answer) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_an_unknown_template_and_a_broken_answer_are_refused(tmp_path: Path) -> None:
    assert render(tmp_path / "a", template="tiada") == 1
    assert render(tmp_path / "a", "--answer", "tanpa-samadengan") == 2
    assert render(tmp_path / "a", "--answer", "slug=a", "--answer", "slug=b") == 2


def test_a_failed_write_takes_back_only_what_it_made(tmp_path: Path) -> None:
    root = tmp_path / "r"
    (root / "lama").mkdir(parents=True)
    (root / "lama/berkas").write_text("asli")
    (root / "lama/berkas").chmod(0o600)
    (root / "palang").symlink_to(tmp_path)
    with pytest.raises(UnsafePath):
        TreeWriter(root).write_all(
            [rendered("a/b/c"), rendered("lama/berkas"), rendered("lama/baru"), rendered("palang/x")]
        )
    assert files(root) == {"lama/berkas": b"asli"}
    assert (root / "lama/berkas").stat().st_mode & 0o777 == 0o600
    assert not (root / "a").exists()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("path", ["tautan/x", "berkas-tautan", "folder"])
def test_nothing_is_written_through_a_link_or_over_a_folder(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "r", tmp_path / "luar"
    (root / "folder").mkdir(parents=True)
    outside.mkdir()
    (outside / "korban").write_text("asli")
    (root / "tautan").symlink_to(outside)
    (root / "berkas-tautan").symlink_to(outside / "korban")
    with pytest.raises(UnsafePath):
        TreeWriter(root).write_all([rendered(path)])
    assert files(outside) == {"korban": b"asli"}


def old_repository(repo: Path) -> None:
    """A repository made by an older template: CODEOWNERS differed, and its digest was recorded."""
    from automation.core.answers import digest

    assert render(repo) == 0
    record = repo / ".laik/jawaban.yml"
    now = digest((repo / "CODEOWNERS").read_bytes())
    (repo / "CODEOWNERS").write_text("lama\n")
    record.write_text(record.read_text().replace(now, digest(b"lama\n")))


def test_update_brings_an_old_managed_file_up_to_date(tmp_path: Path) -> None:
    old_repository(tmp_path)
    (tmp_path / "README.md").write_text("milik pengembang\n")
    assert run(["template", "update", "--repo", str(tmp_path)]) == 0
    assert "Dikelola" in (tmp_path / "CODEOWNERS").read_text()
    assert (tmp_path / "README.md").read_text() == "milik pengembang\n"


def test_a_dry_run_tells_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old_repository(tmp_path)
    before = files(tmp_path)
    assert run(["template", "update", "--repo", str(tmp_path), "--dry-run"]) == 0
    assert "diperbarui           CODEOWNERS" in capsys.readouterr().out
    assert files(tmp_path) == before


def test_a_file_edited_by_hand_is_named_and_kept_until_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(tmp_path) == 0
    (tmp_path / "CODEOWNERS").write_text("* @vendor\n")
    capsys.readouterr()
    for _ in range(2):  # still edited after an update that left it
        assert run(["template", "update", "--repo", str(tmp_path), "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["dibiarkan"] == ["CODEOWNERS"]
    assert (tmp_path / "CODEOWNERS").read_text() == "* @vendor\n"
    assert run(["template", "update", "--repo", str(tmp_path), "--take"]) == 0
    assert "Dikelola" in (tmp_path / "CODEOWNERS").read_text()


def test_an_update_with_nothing_new_changes_nothing(tmp_path: Path) -> None:
    assert render(tmp_path) == 0
    before = files(tmp_path)
    assert run(["template", "update", "--repo", str(tmp_path)]) == 0
    assert files(tmp_path) == before


def test_an_update_can_bring_a_new_answer(tmp_path: Path) -> None:
    assert render(tmp_path) == 0
    assert run(["template", "update", "--repo", str(tmp_path), "--answer", "pemilik_kode=@dinas"]) == 0
    assert "@dinas" in (tmp_path / "CODEOWNERS").read_text()
    assert '"pemilik_kode": "@dinas"' in (tmp_path / ".laik/jawaban.yml").read_text()
    assert run(["template", "update", "--repo", str(tmp_path), "--answer", "slug=../x"]) == 1


def test_a_deleted_managed_file_comes_back(tmp_path: Path) -> None:
    assert render(tmp_path) == 0
    (tmp_path / ".gitlab-ci.yml").unlink()
    assert run(["template", "update", "--repo", str(tmp_path)]) == 0
    assert (tmp_path / ".gitlab-ci.yml").is_file()


def test_a_repository_laik_did_not_make_is_refused(tmp_path: Path) -> None:
    assert run(["template", "update", "--repo", str(tmp_path)]) == 1


def test_a_record_pointing_outside_reads_and_writes_nothing_there(tmp_path: Path) -> None:
    repo = tmp_path / "r"
    assert render(repo) == 0
    record = repo / ".laik/jawaban.yml"
    record.write_text(record.read_text() + f'  "../korban": "{"0" * 64}"\n')
    (tmp_path / "korban").write_text("asli")
    assert run(["template", "update", "--repo", str(repo)]) == 0
    assert (tmp_path / "korban").read_text() == "asli"
    assert "korban" not in record.read_text()


def test_an_update_does_not_follow_a_linked_folder(tmp_path: Path) -> None:
    import shutil

    repo, outside = tmp_path / "r", tmp_path / "luar"
    assert render(repo) == 0
    outside.mkdir()
    shutil.rmtree(repo / ".github")
    (repo / ".github").symlink_to(outside)
    assert run(["template", "update", "--repo", str(repo)]) == 1
    assert list(outside.iterdir()) == []
