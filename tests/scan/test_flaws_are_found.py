from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.documents import ScanReport
from automation.scan import closes_gate, scan_commit
from tests.scan.world import commit

KEY = "base64:" + "aB3" * 14 + "x="
PEM_BODY = "MIIEabcd" * 8

PHP = {
    "php-sql-input": [
        'mysqli_query($c, "SELECT * FROM a WHERE id=" . $_GET["id"]);',
        '$db->query("SELECT * FROM a WHERE id=" . $_POST["id"]);',
        'DB::select("select * from a where n = \'{$request->input("n")}\'");',
        'User::whereRaw("nama = " . $request->nama)->get();',
        '$this->db->query("select * from a where b = " . $this->input->get("b"));',
    ],
    "php-sql-concat": [
        '$sql = "SELECT * FROM a WHERE id=$id";',
        '$sql = sprintf("DELETE FROM a WHERE id=%s", $id);',
        "$sql = <<<X\nSELECT * FROM a WHERE b = $c\nX;",
        '$q->orderByRaw("nama $arah");',
    ],
    "php-eval": [
        "eval($x);",
        "EvAl($x);",
        'assert("a$b");',
        'preg_replace("/a/e", $x, $y);',
        'create_function("", $x);',
    ],
    "php-command": ['system("ls $x");', "\\SHELL_EXEC($x);", "`ls $a`;", 'passthru("ping " . $ip);'],
    "php-include-input": [
        'include $_GET["p"];',
        'require_once("h/" . $_REQUEST["p"] . ".php");',
        'include "phar://a.jpg/b";',
    ],
    "php-unserialize": ['unserialize($_COOKIE["a"]);'],
    "php-xss-echo": [
        'echo $_GET["a"];',
        'print $_POST["b"];',
        'die($_GET["x"]);',
        'echo "a" . htmlspecialchars($b) . $_GET["c"];',
    ],
    "php-weak-hash": ['$p = md5($_POST["password"]);', '$x = ["password" => sha1($a)];'],
    "php-upload-name": [
        'move_uploaded_file($_FILES["a"]["tmp_name"], "u/" . $_FILES["a"]["name"]);',
        '$f->move(public_path("x"), $f->getClientOriginalName());',
    ],
    "php-tls-off": [
        "curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);",
        '$a = ["verify" => false];',
        "Http::withoutVerifying()->get($u);",
    ],
    "php-mass-assignment": ["class A extends Model { protected $guarded = []; }"],
    "php-mass-input": ["User::create($request->all());"],
    "php-dynamic-call": ['$_GET["f"]($_GET["x"]);', '("sys" . "tem")("ls");', '$f($_GET["x"]);'],
    "php-extract-input": ["extract($_POST);"],
    "php-password-literal": ['mysqli_connect("localhost", "root", "abc");', 'new PDO($dsn, "root", "abc");'],
    "php-debug": ['$a = ["debug" => true];', "phpinfo();"],
    "php-xss-variable": ['$v = $_GET["x"];\necho "hai $v";'],
    "php-redirect-input": ['header("Location: " . $_GET["u"]);'],
    "php-include-variable": ["require $berkas;"],
    "php-upload-move": ['move_uploaded_file($_FILES["a"]["tmp_name"], $tujuan);'],
}
JAVASCRIPT = {
    "js-eval": [
        "eval(x)",
        'const f = new Function("a", b)',
        'setTimeout("a" + b, 1)',
        "window.eval(x)",
        "(0, eval)(x)",
        'window["eval"](x)',
        "const e = eval",
    ],
    "js-command": ['exec("ls " + x)', "child_process.execSync(`ls ${x}`)"],
    "js-html": ["el.innerHTML = x", "document.write(x)", "el.insertAdjacentHTML('beforeend', x)"],
    "js-html-input": ["el.innerHTML = location.hash"],
    "js-sql-concat": [
        'db.query("SELECT * FROM a WHERE id = " + id)',
        "db.query(`select * from a where id = ${id}`)",
    ],
    "js-tls-off": ["const o = {rejectUnauthorized: false}", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"'],
    "js-weak-random": ["const token = Math.random()"],
    "js-jwt-secret": ['jwt.sign(isi, "kunci")'],
    "js-hidden-name": ["\\u0065val(x)"],
    "js-file-input": ["fs.readFile(req.query.nama, f)"],
}
SAFE_PHP = [
    'User::whereRaw("nama = ?", [$request->nama])->where("id", $_GET["id"])->get();',
    'DB::select("select * from a where b = ?", [$request->b]);',
    '$pdo->prepare("select * from a where b = ?")->execute([$_GET["b"]]);',
    'mysqli_query($c, "SELECT * FROM a WHERE id=" . (int) $_GET["id"]);',
    'exec("ls " . escapeshellarg($x));',
    'exec("ls");',
    'echo htmlspecialchars($_GET["a"]);',
    'unserialize($x, ["allowed_classes" => false]);',
    'require __DIR__ . "/../vendor/autoload.php";',
    '$f->store("dokumen");',
    "assert($a instanceof B);",
    '$aturan = ["password" => "required|min:8", "password_confirmation" => "hashed"];',
    '$p = env("DB_PASSWORD", "");',
    'class A extends Model { protected $guarded = ["id"]; }',
    'preg_replace("/a/i", $x, $y);',
    '$v = e($_GET["x"]); $w = (int) $_GET["y"]; echo $v . $w;',
    'echo "aman"; $x = $_GET["a"];',
]
SECRETS = {
    "secret-private-key": ("kunci.pem", f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_BODY}\n"),
    "secret-aws": ("a.json", '{"k": "AKIAABCDEFGHIJKLMNOP"}'),
    "secret-github": ("a.md", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    "secret-gitlab": ("a.txt", "glpat-abcdefghijklmnopqrst"),
    "secret-url": ("a.yml", "url: mysql://root:kabup4ten@localhost/db"),
    "secret-laravel-key": ("phpunit.xml", f'<env name="APP_KEY" value="{KEY}"/>'),
    "secret-password": ("config.php", '<?php\n$password = "R4hasia!2025";'),
    "env-secret": (".env", "DB_PASSWORD=secret\n"),
    "env-example-secret": (".env.example", "DB_PASSWORD=R4hasia!2025\n"),
    "env-committed": (".env", "APP_NAME=Aplikasi\n"),
    "env-debug": (".env.production", "APP_ENV=production\nAPP_DEBUG=true\n"),
}


def scan(folder: Path, files: dict[str, str | bytes]) -> ScanReport:
    return scan_commit(folder / "r", commit(folder / "r", dict(files)))


def rules_by_path(report: ScanReport) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for flaw in report.flaws:
        found.setdefault(flaw.path, set()).add(flaw.rule)
    return found


def test_every_php_flaw_is_found_in_each_of_its_forms(tmp_path: Path) -> None:
    files = {
        f"{rule}/{n}.php": f"<?php\n{code}\n" for rule, codes in PHP.items() for n, code in enumerate(codes)
    }
    report = scan(tmp_path, dict(files))
    found = rules_by_path(report)
    assert {path for path in files if path.split("/")[0] not in found.get(path, set())} == set()
    assert report.unscanned == ()


def test_every_javascript_flaw_is_found_in_javascript_typescript_and_tsx(tmp_path: Path) -> None:
    files = {
        f"{rule}/{n}.{ending}": f"{code}\n"
        for rule, codes in JAVASCRIPT.items()
        for n, code in enumerate(codes)
        for ending in ("js", "mjs", "cjs", "jsx", "ts", "tsx")
    }
    report = scan(tmp_path, dict(files))
    found = rules_by_path(report)
    assert {path for path in files if path.split("/")[0] not in found.get(path, set())} == set()
    assert report.unscanned == ()


def test_safe_php_has_no_grave_flaw(tmp_path: Path) -> None:
    report = scan(tmp_path, {f"{n}.php": f"<?php\n{code}\n" for n, code in enumerate(SAFE_PHP)})
    assert not closes_gate(report), [(flaw.rule, SAFE_PHP[int(flaw.path[:-4])]) for flaw in report.flaws]


def test_python_flaws_are_found_by_bandit(tmp_path: Path) -> None:
    report = scan(
        tmp_path, {"a.py": 'import os\nos.system("ls " + x)\ncur.execute("select * from a where b=%s" % c)\n'}
    )
    assert {"bandit-B605", "bandit-B608"} <= rules_by_path(report)["a.py"]


@pytest.mark.parametrize("rule", sorted(SECRETS))
def test_a_planted_secret_is_found(tmp_path: Path, rule: str) -> None:
    path, text = SECRETS[rule]
    assert rule in rules_by_path(scan(tmp_path, {path: text}))[path]


def test_a_secret_never_stands_in_the_report(tmp_path: Path) -> None:
    report = scan(
        tmp_path, {"a.php": '<?php\n$password = "R4hasia!2025";', "b.py": 'password = "R4hasia!2025"\n'}
    )
    assert len(report.flaws) >= 2
    assert "R4hasia" not in repr(report)


@pytest.mark.parametrize("value", ["", "null", "ISI DI SINI", '"${LAIN}"', "ganti_saya", "your-password"])
def test_an_env_example_with_placeholders_is_fine(tmp_path: Path, value: str) -> None:
    assert scan(tmp_path, {".env.example": f"APP_KEY=\nDB_PASSWORD={value}\n"}).flaws == ()


def test_blade_raw_echo_and_request_echo_are_found(tmp_path: Path) -> None:
    report = scan(
        tmp_path,
        {"v.blade.php": "<p>{{ $a }}</p>\n{!! $isi !!}\n{!! nl2br(e($b)) !!}\n<?php echo $_GET['x']; ?>\n"},
    )
    assert [(flaw.rule, flaw.line) for flaw in report.flaws] == [("blade-raw-echo", 2), ("php-xss-echo", 4)]


@pytest.mark.parametrize(
    "echo", ["e($a) . $b", "nl2br(e($a) . $b)", "$a ?: e($b)", "$a->isi", "strtoupper($a)"]
)
def test_an_escape_around_half_of_a_raw_echo_does_not_excuse_it(tmp_path: Path, echo: str) -> None:
    report = scan(tmp_path, {"v.blade.php": f"{{!! {echo} !!}}\n"})
    assert [flaw.rule for flaw in report.flaws] == ["blade-raw-echo"]


def test_scripts_inside_pages_templates_and_components_are_scanned(tmp_path: Path) -> None:
    files = {
        "a.html": "<script type='application/json'>{]</script>\n<script>\neval(x)</script>",
        "b.blade.php": "<script>\nconst a = {{ $x }};\neval(a)</script>",
        "c.phtml": "<?php $x = 1; ?>\n<script>var a = <?= json_encode($x) ?>;\neval(a)</script>",
        "d.vue": '<template><p v-html="x">{{ a < b }}</p></template>\n<script lang="ts">\n'
        'const a: any = eval("x")</script>',
    }
    report = scan(tmp_path, dict(files))
    assert {(flaw.path, flaw.line) for flaw in report.flaws if flaw.rule == "js-eval"} == {
        (path, 3) for path in files
    }
    assert report.unscanned == ()
    assert ("d.vue", "vue-raw-html") in {(flaw.path, flaw.rule) for flaw in report.flaws}


@pytest.mark.parametrize(
    "path",
    [
        "a.phtml",
        "a.PHP",
        "a.php3",
        "a.php5",
        "a.inc",
        "a.module",
        "a.foo",
        "artisan",
        "a.php.jpg",
        ".htm",
        "a.svg",
        "a.php.",
    ],
)
def test_php_under_an_odd_name_is_scanned_as_php(tmp_path: Path, path: str) -> None:
    assert [flaw.rule for flaw in scan(tmp_path, {path: "<?php\neval($x);\n"}).flaws] == ["php-eval"]


def test_php_in_a_picture_and_a_server_setting_that_runs_pictures_are_found(tmp_path: Path) -> None:
    files = {
        "a.jpg": b"\xff\xd8\0<?php eval(1);",
        ".htaccess": b"Options -Indexes\nAddType application/x-httpd-php .jpg\n",
    }
    assert rules_by_path(scan(tmp_path, dict(files))) == {
        "a.jpg": {"php-in-media"},
        ".htaccess": {"server-runs-data"},
    }


def test_a_shebang_names_the_language_of_a_file_without_ending(tmp_path: Path) -> None:
    report = scan(
        tmp_path,
        {
            "a": "#!/usr/bin/env python3\nimport os\nos.system(x)\n",
            "b": "#!/usr/bin/node\neval(x)\n",
            "c": "#!/bin/sh\ncurl https://a | sh\n",
            "d": "#!/usr/bin/env ruby\nputs 1\n",
        },
    )
    assert {"bandit-B605", "js-eval", "sh-remote-run"} <= {flaw.rule for flaw in report.flaws}
    assert [path for path, _ in report.unscanned] == ["d"]
