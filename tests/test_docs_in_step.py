"""The documents say what the code is: commands, settings, modules, refusals, links, both languages."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import click
import pytest

from automation.cli import VERBS
from automation.collect import procedures, templates
from automation.core import memory
from automation.core.gate import FLOOR, HOSTING_CHECK
from automation.core.health import STATES
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.requestform import FIELDS
from automation.core.rights import APP_PERMISSIONS, CLASSIC_SCOPES, GITLAB_SCOPES, LIVE_SCOPE, TOO_MUCH
from automation.core.ruling import typed
from automation.core.verbs import VERBS as SPOKEN
from automation.demo.refusals import EXPECTED
from automation.keys import EVERYTHING, HOSTING, SECRET, SERVING, SHARED
from automation.smoke.steps import STEPS
from automation.store.ledger import KINDS
from checks import discover
from tests.bench.__main__ import BENCHES

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, INDONESIAN, ENGINE = ROOT / "README.md", ROOT / "README.id.md", ROOT / "automation/README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
GUIDE, PANDUAN = ROOT / "automation/SETUP.md", ROOT / "automation/SETUP.id.md"
BOTH = pytest.mark.parametrize("readme", [ENGLISH, INDONESIAN], ids=["en", "id"])
SECURITY = ROOT / "SECURITY.md"
# How GitHub's page of an App calls the permissions that its API names otherwise.
PERMISSION_NAMES = {
    "administration": "Administration",
    "checks": "Checks",
    "contents": "Contents",
    "issues": "Issues",
    "members": "Members",
    "metadata": "Metadata",
    "organization_projects": "Projects",
    "pull_requests": "Pull requests",
    "repository_hooks": "Webhooks",
    "statuses": "Commit statuses",
    "workflows": "Workflows",
}
OURS = ("automation", "checks", "project_templates", "tests", ".github", ".ci")
SKIPPED = {"__pycache__", ".venv", "node_modules"}
PROCEDURES = procedures.bundled()
EACH_SOP = pytest.mark.parametrize("sop", PROCEDURES.values(), ids=list(PROCEDURES))

# In parts, so that this file does not find itself.
_MACHINES = r"(?<![\w.-])/" + r"(?:work|tmp/laik)(?![\w-])"
_REGISTRIES = r"\b(?:" + "|".join(
    rf"{name}\.{end}"
    for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("golang", "org"))
) + r")\b|" + "index" + r"-url\s*[= ]\s*\S*//"  # fmt: skip


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _files() -> list[Path]:
    own = [path for path in ROOT.iterdir() if path.is_file() and path.suffix not in {".lock", ""}]
    below = [path for folder in OURS for path in (ROOT / folder).rglob("*") if path.is_file()]
    kept = [path for path in (*own, *below) if not SKIPPED & set(path.parts) and path.suffix != ".pyc"]
    return sorted({*kept, ROOT / "Makefile"})


def _markdown() -> list[Path]:
    return [path for path in _files() if path.suffix == ".md"]


def _commands() -> list[str]:
    found = []
    for verb, (module, _) in VERBS.items():
        command: click.Command = import_module(module).command
        words = sorted(command.commands) if isinstance(command, click.Group) else [""]
        found += [f"laik {verb} {word}".strip() for word in words]
    return found


def _options(command: click.Command) -> set[str]:
    inner = command.commands.values() if isinstance(command, click.Group) else (command,)
    return {
        option
        for one in inner
        for parameter in one.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }


def _settings() -> set[str]:
    return set(re.findall(r"\bLAIK_[A-Z_]+\b", _text(ROOT / "automation/settings.py")))


def _targets() -> list[str]:
    return re.findall(r"^([a-z]+):.*##", _text(ROOT / "Makefile"), re.MULTILINE)


def _blocks(text: str) -> list[str]:
    return re.findall(r"^```\w*\n.*?^```$", text, re.MULTILINE | re.DOTALL)


def _section(text: str, *titles: str) -> str:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return next(body for title, body in pairwise(parts) if title in titles)


def _prose(text: str) -> str:
    """The text without code: what stands there is no link."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def _links(path: Path) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", _prose(_text(path))) if ":" not in link]


def test_every_command_is_in_the_engine_readme():
    text = _text(ENGINE)
    assert [command for command in _commands() if command not in text] == []


def test_every_command_that_the_readmes_name_exists():
    known = {tuple(command.split()) for command in _commands()} | {("laik", verb) for verb in VERBS}
    groups = {command[1] for command in known if len(command) == 3}
    for path in (ENGLISH, INDONESIAN, ENGINE, *(one for one in (GUIDE, PANDUAN) if one.exists())):
        shown = "\n".join(_blocks(_text(path)))
        named = re.findall(r"`(laik(?: [a-z]+)+)", _text(path))
        named += re.findall(r"^(laik(?: [a-z]+)+)(?= -)", shown, re.MULTILINE)
        table = _section(_text(ENGINE), "Where the build differs from the first design")
        for line in named:
            words = tuple(line.split())
            told_absent = path == ENGINE and f"`{line}`" in table
            assert told_absent or words[: 3 if words[1] in groups else 2] in known, (path.name, line)


def test_every_option_of_every_command_is_in_the_engine_readme():
    text = _section(_text(ENGINE), "Command line")
    for verb, (module, _) in VERBS.items():
        missing = {option for option in _options(import_module(module).command) if option not in text}
        assert not missing, f"laik {verb}: {missing}"


@pytest.mark.parametrize("readme", [ENGLISH, INDONESIAN, ENGINE], ids=["en", "id", "engine"])
def test_every_setting_is_in_the_readme(readme: Path):
    text = _text(readme)
    assert {name for name in _settings() if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("readme", [ENGLISH, INDONESIAN, ENGINE], ids=["en", "id", "engine"])
def test_every_setting_that_a_readme_names_is_read_somewhere(readme: Path):
    sources = "".join(_text(path) for path in _files() if path.suffix in {".py", ".sh"})
    named = set(re.findall(r"\bLAIK_[A-Z_]+\b", _text(readme)))
    assert {name for name in named if name not in sources} == set()


def test_every_module_folder_and_module_is_in_the_engine_readme():
    text = _text(ENGINE)
    folders = [path.parent for path in (ROOT / "automation").glob("*/__init__.py")]
    modules = [
        module
        for folder in ("automation", "automation/core", "automation/bots")
        for module in (ROOT / folder).glob("*.py")
        if not module.name.startswith("_")
    ]
    missing = [folder.name for folder in folders if f"`automation/{folder.name}/`" not in text]
    missing += [module.name for module in modules if f"`{module.name}`" not in text]
    assert missing == [], "give each a row under Modules in automation/README.md"


@pytest.mark.parametrize(
    ("page", "start", "end"),
    [
        (ENGINE, "Imports run one way, and import-linter holds it: ", ".\n"),
        (CONTRIBUTING, "and `make imports` holds it:\n", "\n\n-"),
    ],
    ids=["engine", "contributing"],
)
def test_the_order_of_imports_is_told_as_it_is_held(page: Path, start: str, end: str):
    settings = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in settings["contracts"] if one["type"] == "layers")
    held = [{name.strip().removeprefix("automation.") for name in one.split("|")} for one in layers]
    text = _text(page)
    told = text.partition(start)[2].partition(end)[0]
    assert [set(re.findall(r"[a-z]+", one)) for one in told.split("<-")] == held[::-1]


def test_every_file_that_the_engine_readme_names_exists():
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", _text(ENGINE))
    places = [ROOT / "automation", ROOT / "automation/core", ROOT / "automation/bots", ROOT]
    places += [ROOT / "automation/forges", ROOT / "automation/localforge"]
    missing = [name for name in named if not any((place / name).exists() for place in places)]
    assert missing == []


def test_every_module_that_observes_is_named_in_the_engine_readme():
    row = next(line for line in _text(ENGINE).splitlines() if line.startswith("| `automation/observe/`"))
    modules = {path.stem for path in (ROOT / "automation/observe").glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`([a-z]+)`", row)) == modules


def test_every_benchmark_is_in_the_engine_readme():
    section = _section(_text(ENGINE), "Benchmarks")
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)))
    assert named == list(BENCHES)


def test_every_ledger_entry_is_described_with_the_keys_that_it_has():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", _text(ENGINE), re.MULTILINE))
    described = re.split(r"^([a-z_]+)  +(?=\S)", memory.__doc__ or "", flags=re.MULTILINE)[1:]
    for kind, body in zip(described[::2], described[1::2], strict=True):
        parts = body.partition("===")[0].split(";")
        keys = {key for part in parts for key in re.findall(r"\w+", part.partition(":")[0])}
        assert {key for key in keys if key not in rows[kind]} == set(), kind


def test_every_kind_of_ledger_entry_and_every_queue_key_is_in_the_engine_readme():
    text = _text(ENGINE)
    kinds = re.findall(r"^([a-z_]+)  +\S", memory.__doc__ or "", re.MULTILINE)
    assert len(kinds) >= 10
    keys = (HOSTING, SERVING, SECRET, EVERYTHING)
    assert [word for word in (*kinds, *keys) if f"`{word}`" not in text] == []
    assert f"| `{SHARED}" in text
    rows = set(re.findall(r"^\| `(\w+)` \|", _section(text, "What the ledger holds"), re.MULTILINE))
    assert rows >= KINDS


def _diagnoses() -> set[str]:
    """Ids of the checks of ``laik doctor``, as the modules that judge name them."""
    sources = [*(ROOT / "automation/core").glob("health_*.py"), *(ROOT / "automation/smoke").glob("*.py")]
    named = re.findall(r'\bCheck\(\s*"(\w+)"', "".join(_text(path) for path in sources))
    return {*named, *(step.id for step in STEPS)}


def test_every_check_of_the_doctor_is_in_the_engine_readme_and_every_one_it_lists_exists():
    rows = re.findall(r"^\| .+ \| (`.+`) \|$", _section(_text(ENGINE), "What `laik doctor` looks at"), re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == _diagnoses()


def test_a_diagnosis_is_told_in_four_states():
    assert set(STATES) == {"ok", "warn", "fail", "unknown"}
    told = _section(_text(ENGINE), "What `laik doctor` looks at")
    assert all(f"`{state}`" in told for state in STATES)


def test_the_security_page_names_every_permission_and_scope_that_laik_asks_for():
    pages = (
        _section(_text(SECURITY), "The least rights of laik's token"),
        _section(_text(SECURITY), "Hak paling sedikit bagi token laik"),
    )
    for page in pages:
        row = next(line for line in page.splitlines() if "GitHub App" in line)
        assert [PERMISSION_NAMES[name] for name in APP_PERMISSIONS if PERMISSION_NAMES[name] not in row] == []
        assert _classic_scopes(page) == ({*CLASSIC_SCOPES}, LIVE_SCOPE)
        assert f"`{GITLAB_SCOPES[0]}`" in page


def _classic_scopes(table: str) -> tuple[set[str], str]:
    """Scopes that a page asks of a classic token, and the one it asks for only sometimes."""
    row = next(line for line in table.splitlines() if re.match(r"\|.*GitHub.*(classic|klasik)", line))
    scopes = re.findall(r"`([a-z_:]+)`", row)
    return {one for one in scopes if one != LIVE_SCOPE}, LIVE_SCOPE if LIVE_SCOPE in table else ""


@pytest.mark.parametrize("guide", [GUIDE, PANDUAN], ids=["en", "id"])
def test_the_guide_names_every_permission_and_scope_that_laik_asks_for(guide: Path):
    text = _text(guide)
    assert [name for name in PERMISSION_NAMES.values() if name.casefold() not in text.casefold()] == []
    rights = re.split(r"^## ", text, flags=re.MULTILINE)[3]
    assert _classic_scopes(rights) == ({*CLASSIC_SCOPES}, LIVE_SCOPE)
    assert f"`{GITLAB_SCOPES[0]}`" in rights


@pytest.mark.parametrize("guide", [GUIDE, PANDUAN], ids=["en", "id"])
def test_the_guide_warns_of_the_very_scopes_that_the_doctor_warns_of(guide: Path):
    rights = re.split(r"^## ", _text(guide), flags=re.MULTILINE)[3]
    (sentence,) = re.findall(r"(?:Do not give|Jangan beri) [^;.]*", rights)
    assert set(re.findall(r"`([a-z_:]+)`", sentence)) == TOO_MUCH


@pytest.mark.parametrize("guide", [GUIDE, PANDUAN], ids=["en", "id"])
def test_the_guide_says_what_to_do_about_every_check_of_the_doctor(guide: Path):
    last = re.split(r"^## ", _text(guide), flags=re.MULTILINE)[-1]
    cells = re.findall(r"^\| (`.+?`) \|", last, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", " ".join(cells)))
    assert named == {one for one in _diagnoses() if not one.startswith("live_")}


def _outline(guide: str) -> tuple[list[str], list[str], list[str]]:
    """What the guide has in both languages: levels of its headings, command lines, and what it quotes."""
    titles = re.findall(r"^(#+) ", re.sub(r"^ *```.*?^ *```$", "", guide, flags=re.M | re.S), re.M)
    blocks = "".join(re.findall(r"^ *```sh\n(.*?)^ *```$", guide, re.M | re.S))
    commands = [line.strip() for line in blocks.splitlines() if not line.strip().startswith("#")]
    quoted = sorted(set(re.findall(r"`(laik [a-z][^`]*|LAIK_[A-Z_]+)`", guide)))
    return titles, commands, quoted


def test_the_two_guides_have_the_same_parts_and_the_same_commands():
    assert _outline(_text(GUIDE)) == _outline(_text(PANDUAN))


@BOTH
def test_every_make_target_is_in_the_readme_and_every_target_it_names_exists(readme: Path):
    text, targets = _text(readme), _targets()
    assert [target for target in targets if f"`{target}`" not in text and f"make {target}" not in text] == []
    named = re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE)
    assert {name for name in named if name not in targets} == set()


@BOTH
def test_every_refusal_of_the_demonstration_is_in_the_readme(readme: Path):
    text = _text(readme)
    section = _section(text, "What is refused, and why", "Yang ditolak, dan alasannya")
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(EXPECTED)
    assert re.findall(r"^   ditolak: (.+)$", text, re.MULTILINE) == [
        name.replace("_", " ") for name in EXPECTED
    ]


@BOTH
def test_the_last_line_of_the_demonstration_in_the_readme_is_a_good_one(readme: Path):
    block = next(one for one in _blocks(_text(readme)) if one.startswith("```json"))
    report = json.loads(block.splitlines()[1])
    assert report["refusals_expected"] == report["refusals_seen"] == len(EXPECTED)
    assert report["steps_total"] == report["steps_done"] == len(PROCEDURES[report["sop"]].steps)
    assert all(report[word] for word in ("hosting_merged", "zone_checked", "vhost_checked", "checkers"))


@BOTH
def test_the_readme_shows_what_people_type_at_each_step_of_the_sop(readme: Path):
    rows = re.findall(r"^\| (\d+) \|.*\| (.*?) ?\|$", _text(readme), re.MULTILINE)
    steps = PROCEDURES["lombok-tengah"].steps
    assert [int(number) for number, _ in rows] == [step.number for step in steps]
    for (_, cell), step in zip(rows, steps, strict=True):
        verbs = [step.act.verb, step.act.refuse] if step.act else []
        wanted = [f"@laik {typed(verb)} {step.act.about} <" for verb in verbs if verb and step.act]
        assert cell.count("@laik") == len(wanted), step.key
        assert all(line in cell for line in wanted), step.key


@BOTH
def test_every_command_to_laik_in_the_readme_is_one_it_knows(readme: Path):
    spoken = {word.replace("-", "_") for word in re.findall(r"@laik ([a-z-]+)", _text(readme))}
    assert spoken <= set(SPOKEN)


def test_the_two_readmes_have_the_same_parts_and_the_same_code():
    english, indonesian = _text(ENGLISH), _text(INDONESIAN)
    assert len(re.findall(r"^## ", english, re.M)) == len(re.findall(r"^## ", indonesian, re.M))
    assert _blocks(english) == _blocks(indonesian)
    assert english.count("\n- ") == indonesian.count("\n- ")
    assert english.count("\n|") == indonesian.count("\n|")


@EACH_SOP
def test_every_sop_names_existing_checks_and_steps(sop: Procedure):
    keys, known = {step.key for step in sop.steps}, set(discover())
    named = {check for step in sop.steps for check in step.judging.checks} | {*FLOOR, HOSTING_CHECK}
    named |= {check for step in sop.steps for branch in step.flow.branches for check in branch.checks}
    assert named <= known
    assert all(step.gate in sop.gates() for step in sop.steps)
    assert {step.next for step in sop.steps if step.next} <= keys
    assert {step.back for step in sop.steps if step.back} <= keys
    if sop.hosting is not None:
        assert {*sop.hosting.after, *filter(None, [sop.hosting.completes])} <= keys


@EACH_SOP
def test_every_sop_can_be_asked_for_and_says_words_that_laik_knows(sop: Procedure):
    options = {field.id: field.options for field in FIELDS}
    assert sop.id in options["sop"] or sop.continues in options["sop"]
    assert {step.act.verb for step in sop.steps if step.act} <= set(SPOKEN)


def test_the_templates_that_people_may_ask_for_exist():
    options = {field.id: field.options for field in FIELDS}
    allowed = Policy.model_fields["templat"].default
    assert {*options["templat"], *allowed, "berkas", "kendali", "hosting"} <= set(templates.bundled())


@pytest.mark.parametrize("path", _markdown(), ids=lambda path: str(path.relative_to(ROOT)))
def test_internal_links_point_to_what_exists(path: Path):
    for link in _links(path):
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(_text(target)), link


def test_no_file_speaks_of_a_machine_or_a_registry():
    forbidden = re.compile(f"{_MACHINES}|{_REGISTRIES}")
    found = []
    for path in _files():
        try:
            text = _text(path)
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), 1)
        found += [f"{path.relative_to(ROOT)}:{number}" for number, line in lines if forbidden.search(line)]
    assert found == []
