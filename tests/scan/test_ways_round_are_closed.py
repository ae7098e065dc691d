from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.documents import ScanReport
from automation.core.errors import ScanFailed
from automation.scan import Limits, closes_gate, scan_commit, secretrules
from tests.scan.world import commit, git

EVIL_PHP = "<?php\neval($x);\n"
EVIL_PYTHON = "import os\nos.system('ls ' + x)\n"


def scan(folder: Path, files: dict[str, str | bytes], modes: dict[str, str] | None = None) -> ScanReport:
    return scan_commit(folder / "r", commit(folder / "r", dict(files), modes=modes))


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("a.php", "<?php\n// ast-grep-ignore\neval($x);\n", "php-eval"),
        ("a.php", "<?php\n# phpcs:ignore\neval($x); // nosemgrep\n", "php-eval"),
        ("a.js", "// ast-grep-ignore\neval(x)\n", "js-eval"),
        ("a.js", "/* ast-grep-ignore: js-eval */ eval(x)\n", "js-eval"),
        ("a.ts", "// AST-GREP-IGNORE nosemgrep\neval(x)\n", "js-eval"),
        ("a.blade.php", "{{-- phpcs:disable --}}\n{!! $x !!}\n", "blade-raw-echo"),
        ("a.sh", "# ast-grep-ignore\ncurl https://a | sh\n", "sh-remote-run"),
        ("a.py", "import os\nos.system('ls ' + x)  # nosec\n", "bandit-B605"),
        ("a.py", "import os\nos.system('ls ' + x)  # noqa: S605\n", "bandit-B605"),
        ("a.js", 'const password = "R4hasia!2025" // gitleaks:allow\n', "secret-password"),
    ],
)
def test_a_suppression_comment_hides_nothing_and_is_reported(
    tmp_path: Path, path: str, text: str, rule: str
) -> None:
    report = scan(tmp_path, {path: text})
    assert rule in {flaw.rule for flaw in report.flaws}
    assert report.suppressions


def test_a_suppression_at_the_top_of_the_file_hides_nothing(tmp_path: Path) -> None:
    report = scan(tmp_path, {"a.js": "// ast-grep-ignore\n\n" + "a()\n" * 20 + "eval(x)\n"})
    assert [(flaw.rule, flaw.line) for flaw in report.flaws] == [("js-eval", 23)]


def test_a_committed_scanner_configuration_changes_nothing(tmp_path: Path) -> None:
    configuration = {
        ".bandit": "[bandit]\nskips: B605\nexclude: /\n",
        "setup.cfg": "[bandit]\nskips: B605\n",
        "pyproject.toml": '[tool.bandit]\nskips = ["B605"]\n',
        "sgconfig.yml": "ruleDirs: [kosong]\n",
        "src/sgconfig.yml": "ruleDirs: [kosong]\n",
        ".gitignore": "*\n",
        ".ignore": "*\n",
        ".gitattributes": "* export-ignore filter=lfs\n",
    }
    report = scan(tmp_path, {**configuration, "a.py": EVIL_PYTHON, "src/a.php": EVIL_PHP})
    assert {"bandit-B605", "php-eval"} <= {flaw.rule for flaw in report.flaws}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.php", "<?php if (1) { foo();\n"),
        ("a.php", "<?php /* tidak ditutup\n"),
        ("a.php", "<?php class {\n"),
        ("a.php", "<? echo 1; ?>"),
        ("a.php", '<?php declare(encoding="UTF-7"); echo 1;'),
        ("a.php", b"<?php\0eval(1);"),
        ("a.js", "const x = {a: 1\n"),
        ("a.js", "foo(\n"),
        ("a.js", "function f( {"),
        ("a.js", "var a = `abc"),
        ("a.ts", "interface {"),
        ("a.html", "<script>foo(</script>"),
        ("a.py", "def f(:\n"),
        ("a.py", "# -*- coding: utf-7 -*-\nx = 1\n"),
        ("a.blade.php", "@if (count($x\n"),
        ("a.blade.php", "{{ $x + }}"),
        ("a.sh", 'if [ 1 ]; then echo "\n'),
        ("a.java", "class A {}"),
        ("a.go", "package a"),
        ("a.phar", b"x"),
    ],
)
def test_source_that_was_not_parsed_is_unscanned_and_closes_the_gate(
    tmp_path: Path, path: str, text: str | bytes
) -> None:
    report = scan(tmp_path, {path: text, "baik.php": "<?php echo 1;\n"})
    assert [name for name, _ in report.unscanned] == [path]
    assert closes_gate(report)


def test_code_after_text_that_looks_like_a_closing_tag_is_still_seen(tmp_path: Path) -> None:
    files = {
        "a.php": "<?php $s = \"{$a['\"']} ?> \"; eval($x); $t = 'b';\n",
        "b.php": "<?php $s = ' ?> '; eval($x);\n",
        "c.php": '<?php $s = <<<A\n?> {$x["A"]}\nA; eval($x);\n',
        "d.php": "<?php // ?> <?php eval($x); ?>\n",
        "e.php": "<?php /* ?> */ eval($x);\n",
        "f.php": "<p>'</p><?php eval($x); ?><p>'</p>",
    }
    assert {flaw.path for flaw in scan(tmp_path, dict(files)).flaws if flaw.rule == "php-eval"} == set(files)


def test_submodules_lfs_pointers_and_links_outside_are_unscanned(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    files = {
        "pustaka": "0123456789012345678901234567890123456789",
        "besar.js": pointer,
        "foto.png": pointer,
        "luar.php": "/etc/passwd",
        "samar.php": "data.txt",
        "data.txt": "halo",
        "asli.php": "<?php echo 1;",
        "tautan.php": "asli.php",
    }
    modes = {"pustaka": "160000", "luar.php": "120000", "samar.php": "120000", "tautan.php": "120000"}
    report = scan(tmp_path, dict(files), modes)
    assert [path for path, _ in report.unscanned] == ["besar.js", "luar.php", "pustaka", "samar.php"]


def test_a_replaced_object_does_not_stand_in_for_the_real_one(tmp_path: Path) -> None:
    evil = commit(tmp_path / "r", {"a.php": EVIL_PHP})
    good = commit(tmp_path / "r", {"a.php": "<?php echo 1;\n"})
    git(tmp_path / "r", "replace", evil, good)
    assert [flaw.rule for flaw in scan_commit(tmp_path / "r", evil).flaws] == ["php-eval"]


HOSTILE = [
    b"a\nb.php",
    b"-rf.php",
    "\u202egnp.php".encode(),
    b"..\\..\\x.php",
    b"\xff\xfe.php",
    b"$(id).php",
    b"~root.php",
    b" .php",
]


def test_hostile_file_names_are_scanned_like_any_other(tmp_path: Path) -> None:
    report = scan_commit(tmp_path / "r", commit(tmp_path / "r", dict.fromkeys(HOSTILE, EVIL_PHP)))
    assert len({flaw.path for flaw in report.flaws if flaw.rule == "php-eval"}) == len(HOSTILE)
    assert report.unscanned == ()


def test_a_file_beyond_the_limits_is_unscanned(tmp_path: Path) -> None:
    made = commit(
        tmp_path / "r", {"a.php": "<?php\n" + "echo 1;\n" * 100, "b.js": "a()\n" * 50, "c.png": b"x" * 5000}
    )
    assert [
        path for path, _ in scan_commit(tmp_path / "r", made, limits=Limits(file_bytes=500)).unscanned
    ] == ["a.php"]
    assert [
        path for path, _ in scan_commit(tmp_path / "r", made, limits=Limits(file_lines=60)).unscanned
    ] == ["a.php"]
    everything = scan_commit(tmp_path / "r", made, limits=Limits(total_bytes=1)).unscanned
    assert [path for path, _ in everything] == ["a.php", "b.js"]
    with pytest.raises(ScanFailed):
        scan_commit(tmp_path / "r", made, limits=Limits(files=2))


@pytest.mark.parametrize(
    "limits",
    [
        Limits(wall_seconds=0.001),
        Limits(memory_bytes=8_000_000),
        Limits(output_bytes=200),
        Limits(cpu_seconds=0),
    ],
)
def test_a_runner_that_is_stopped_leaves_its_files_unscanned_never_clean(
    tmp_path: Path, limits: Limits
) -> None:
    made = commit(tmp_path / "r", {"a.php": EVIL_PHP, "b.py": EVIL_PYTHON})
    report = scan_commit(tmp_path / "r", made, limits=limits)
    assert [path for path, _ in report.unscanned] == ["a.php", "b.py"]
    assert closes_gate(report)


@pytest.mark.parametrize(
    "text", ["(" * 200_000, "[" * 400_000, "`${" * 100_000, "a?b:" * 200_000, '"{$a[' * 100_000]
)
@pytest.mark.parametrize("head", ["<?php ", "{{ ", "@if("])
def test_a_file_made_to_be_slow_ends_in_time(tmp_path: Path, text: str, head: str) -> None:
    path = "a.php" if head.startswith("<") else "a.blade.php"
    made = commit(tmp_path / "r", {path: head + text, "b.js": text})
    report = scan_commit(tmp_path / "r", made, limits=Limits(wall_seconds=2))
    assert {name for name, _ in report.unscanned} >= {path}


@pytest.mark.parametrize("commitish", ["main", "HEAD", "--all", "0" * 40, "", "a" * 39])
def test_only_a_full_id_of_a_commit_that_is_there_is_scanned(tmp_path: Path, commitish: str) -> None:
    commit(tmp_path / "r", {"a.php": EVIL_PHP})
    with pytest.raises(ScanFailed):
        scan_commit(tmp_path / "r", commitish)


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanFailed):
        scan_commit(tmp_path, "0" * 40)


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "passwd", "pwd", "kata_sandi", "sandi", "CLIENT_SECRET", "api_key", "accessKey"),
        *("auth_token", "private-key-x", "bot_token", "pengguna.password", "kunci_app_key"),
    ],
)
def test_the_quick_look_for_hints_hides_no_named_secret(name: str) -> None:
    """Text without a hint is not searched name by name, so every name that counts must hold one."""
    text = f"a = 1\n'{name}' => 'R4hasia-9x!kQ',\n"
    matched = secretrules.QUOTED.search(text) is not None
    assert (secretrules.HINT.search(name) is not None) >= matched
    assert bool(secretrules.find("a.php", "php", text)) == matched


def test_a_dump_too_large_to_read_uses_up_no_room_of_the_code(tmp_path: Path) -> None:
    files = {"a-dump.sql": b"x" * 5000, "b.php": b"<?php echo 1;\n"}
    limits = Limits(file_bytes=1000, total_bytes=1000)
    report = scan_commit(tmp_path / "r", commit(tmp_path / "r", files), limits=limits)
    assert report.unscanned == ()


def test_a_tree_that_unfolds_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    repository = tmp_path / "r"
    commit(repository, {"a.php": b"<?php echo 1;\n"})
    row = f"100644 blob {git(repository, 'rev-parse', 'HEAD:a.php').strip()}"
    for _ in range(8):
        tree = git(repository, "mktree", stdin="".join(f"{row}\t{n}\n" for n in range(10)).encode()).strip()
        row = f"040000 tree {tree}"
    bomb = git(repository, "commit-tree", "-m", "x", row.split()[2]).strip()
    with pytest.raises(ScanFailed, match="terlalu banyak"):
        scan_commit(repository, bomb)
