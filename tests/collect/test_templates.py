"""Every bundled template: it renders, its globs mean something, and untouched it passes no content check."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import checks
from automation.collect.documents import collect_document
from automation.collect.folder import FolderTree
from automation.collect.procedures import bundled as procedures
from automation.collect.templates import OWNERS_TEAM, bundled, bundled_for, load_folder
from automation.core.errors import RenderFailed
from automation.core.evidence import Evidence, EvidenceView, document_id
from automation.core.finding import HOLDS, worst
from automation.core.policy import load_policy
from automation.core.render import RenderedFile, matches, render_tree
from automation.core.requestform import github_form, gitlab_template
from automation.core.template import TemplateManifest
from automation.core.yamltext import load_mapping

TEMPLATES = sorted(bundled())
FORGES = ("gitlab", "github")
HOSTILE = "{{ 7*7 }} \"x\" 'y' \\ */ --> ?> <script> $(id) ${APP_KEY} # : - [a](b) @all"


def rendered(template: str, **answers: object) -> dict[str, RenderedFile]:
    source = bundled()[template]
    return {file.path: file for file in render_tree(source, {**source.manifest.examples(), **answers})}


def test_the_templates_of_the_architecture_are_bundled() -> None:
    assert TEMPLATES == ["base", "berkas", "hosting", "kendali", "php-laravel", "rahasia"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_renders_with_its_example_answers_the_same_twice(template: str) -> None:
    assert rendered(template) == rendered(template)


def _choices(manifest: TemplateManifest) -> list[dict[str, str]]:
    """Answers that choose files, in every combination of forge and SOP the manifest knows."""
    names = {variable.nama for variable in manifest.variabel}
    forges = [{"forge": forge} for forge in FORGES] if "forge" in names else [{}]
    sops = [{"sop": sop} for sop in manifest.bila.get("sop", ())] or [{}]
    return [{**forge, **sop} for forge in forges for sop in sops]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_glob_of_a_manifest_matches_something(template: str) -> None:
    manifest = bundled()[template].manifest
    paths = {path for answers in _choices(manifest) for path in rendered(template, **answers)}
    conditional = [glob for by in manifest.bila.values() for globs in by.values() for glob in globs]
    for glob in (*manifest.berkas.managed, *manifest.berkas.seed, *manifest.executable, *conditional):
        assert any(matches(path, [glob]) for path in paths), glob


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_variable_is_explained_and_used(template: str) -> None:
    source = bundled()[template]
    everything = "\n".join([*source.files, *(raw.decode() for raw in source.files.values())])
    for variable in source.manifest.variabel:
        assert re.search(rf"\b{variable.nama}\b", everything), variable.nama


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_managed_file_says_so_at_its_top(template: str) -> None:
    for file in rendered(template).values():
        if file.ownership == "managed":
            assert b"Dikelola Diskominfo melalui laik" in b"\n".join(file.content.splitlines()[:2]), file.path


@pytest.mark.parametrize("template", TEMPLATES)
def test_files_are_utf8_text_ending_in_one_line_break(template: str) -> None:
    for file in rendered(template).values():
        text = file.content.decode()
        assert not text or (text.endswith("\n") and not text.endswith("\n\n")), file.path
        assert "{{" not in text or file.path.endswith(".blade.php"), file.path


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_hostile_title_breaks_no_file(template: str) -> None:
    names = {variable.nama for variable in bundled()[template].manifest.variabel}
    free = {"nama_aplikasi", "perangkat_daerah", "ringkasan", "instansi", "pemerintah", "pd_nama"} & names
    for path, file in rendered(template, **dict.fromkeys(free, HOSTILE)).items():
        if path.endswith(".json"):
            json.loads(file.content)
        if path.endswith((".yml", ".yaml")):
            load_mapping(file.content, path=path)
        if path.endswith(".md"):
            assert b"<script>" not in file.content, path
            assert b"[a](b)" not in file.content, path
        if path.startswith(".env"):
            assert b"$" not in file.content, path


def test_a_hostile_title_stays_inside_its_php_string() -> None:
    content = rendered("php-laravel", nama_aplikasi=HOSTILE)["config/layanan.php"].content.decode()
    literal = content.split("'nama' => ", 1)[1].splitlines()[0]
    assert literal == "'" + HOSTILE.replace("\\", "\\\\").replace("'", "\\'") + "',"


@pytest.mark.parametrize("template", ["base", "berkas", "php-laravel"])
@pytest.mark.parametrize("sop", sorted(procedures()))
def test_the_steps_of_every_sop_fit_in_its_repositories(template: str, sop: str) -> None:
    steps = [step.activity.id for step in procedures()[sop].steps]
    files = rendered(template, sop=sop, langkah=steps)
    listing = files["README.md" if template == "berkas" else ".laik/SOP.md"].content.decode()
    assert f"\n{len(steps)}. " in listing


def test_php_laravel_lies_over_base() -> None:
    base, laravel = rendered("base"), rendered("php-laravel")
    assert set(base) <= set(laravel)
    assert laravel["artisan"].executable
    assert laravel[".gitlab-ci.yml"] != base[".gitlab-ci.yml"]
    assert not any(path == ".env" or path.startswith("vendor/") for path in laravel)


def test_the_control_template_is_a_valid_policy() -> None:
    policy = load_policy(rendered("kendali")["laik.yaml"].content)
    assert policy.proyek.kendali == "diskominfo/kendali"
    assert set(policy.templat) <= set(TEMPLATES)
    assert policy.holders("kepala_pd", "dinkes") == {"kepala-dinkes"}


def test_the_gitlab_issue_template_is_the_request_form() -> None:
    text = rendered("kendali")[".gitlab/issue_templates/Permohonan.md"].content.decode()
    assert text.endswith("\n\n" + gitlab_template().rstrip("\n") + "\n")


def test_the_github_issue_form_is_the_request_form() -> None:
    files = rendered("kendali", forge="github")
    text = files[".github/ISSUE_TEMPLATE/permohonan.yml"].content.decode()
    assert text.split("\n", 1)[1] == github_form()


@pytest.mark.parametrize("template", ["base", "php-laravel", "hosting", "kendali"])
def test_a_repository_on_github_has_nothing_of_gitlab_but_its_counterparts(template: str) -> None:
    files = rendered(template, forge="github")
    assert not any(path.startswith(".gitlab") for path in files)
    assert ".github/pull_request_template.md" in files
    for path, file in files.items():
        text = file.content.decode().casefold()
        assert "merge request" not in text, path
        assert ".gitlab" not in text, path


@pytest.mark.parametrize("template", ["base", "php-laravel"])
def test_what_gitlab_checks_github_checks_too(template: str) -> None:
    files = rendered(template, forge="github")
    pipeline = load_mapping(rendered(template)[".gitlab-ci.yml"].content, path="ci").data
    workflow = load_mapping(files[".github/workflows/periksa.yml"].content, path="alur").data
    wanted = [
        line for job in pipeline.values() if isinstance(job, dict)
        for key in ("before_script", "script") for line in job.get(key, ())
    ]  # fmt: skip
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {line.strip() for line in wanted} == {step["run"].strip() for step in steps if "run" in step}
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v[0-9.]+", step["uses"]) for step in steps if "uses" in step)
    assert workflow["permissions"] == {"contents": "read"}


def test_the_forge_in_use_chooses_without_an_answer() -> None:
    source = bundled_for("github", "dinas")["base"]
    answers = {name: value for name, value in source.manifest.examples().items() if name != "forge"}
    files = {file.path: file.content.decode() for file in render_tree(source, answers)}
    assert ".gitlab-ci.yml" not in files
    assert f"/.laik/ @dinas/{OWNERS_TEAM}\n" in files["CODEOWNERS"]
    assert '"forge": "github"' in files[".laik/jawaban.yml"]
    gitlab = {file.path for file in render_tree(bundled_for("gitlab", "dinas")["base"], answers)}
    assert gitlab == set(rendered("base"))


def test_accounts_own_the_policy_on_github_where_no_organisation_can() -> None:
    owners = rendered("kendali", forge="github")["CODEOWNERS"].content.decode().splitlines()[-1]
    assert owners == "* @kepala-diskominfo @teknis-1 @teknis-2"


def test_a_github_app_may_be_the_bot() -> None:
    text = rendered("kendali", bot="laik[bot]", grup_berkas="diskominfo", grup_aplikasi="diskominfo")
    assert load_policy(text["laik.yaml"].content).bot == "laik[bot]"


def test_the_attendance_list_has_only_its_header() -> None:
    text = rendered("berkas")["presentasi-awal/daftar-hadir.csv"].content.decode()
    assert list(csv.reader(text.splitlines())) == [["nama", "jabatan", "unit", "hadir"]]


def test_the_security_report_stands_in_the_folder_of_its_case() -> None:
    assert set(rendered("rahasia", folder_kasus="pa-2026-0007")) == {
        "pa-2026-0007/keamanan/laporan-hasil-pengujian.md"
    }


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> EvidenceView:
    """All documents of the Lombok Tengah SOP as the templates leave them."""
    procedure = procedures()["lombok-tengah"]
    homes = {"berkas": "berkas", "aplikasi": "php-laravel", "rahasia": "rahasia"}
    trees = {home: written(tmp_path_factory.mktemp(home), name) for home, name in homes.items()}
    collected: dict[str, Evidence] = {}
    for name, document in procedure.documents.items():
        folder = "pa-2026-0042/" if document.home == "rahasia" else ""
        evidence = collect_document(name, document, trees[document.home], folder=folder)
        collected[document_id(name)] = evidence
    return EvidenceView(collected=collected, documents=procedure.documents)


def written(folder: Path, template: str, **answers: object) -> FolderTree:
    for path, file in rendered(template, **answers).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    return FolderTree(folder)


def content_checks() -> Mapping[str, tuple[str, ...]]:
    """Checks that judge documents alone, with the subjects the SOP gives them."""
    found: dict[str, tuple[str, ...]] = {}
    for step in procedures()["lombok-tengah"].steps:
        documents = tuple(
            one for one in step.judging.subjects if one not in {"form", "code", "scan", "hosting"}
        )
        for check in step.judging.checks:
            needs = checks.discover()[check].needs
            if documents and all(need.startswith("doc:") for need in needs):
                found[check] = documents
    return found


@pytest.mark.parametrize(("check", "subjects"), sorted(content_checks().items()))
def test_untouched_templates_pass_no_content_check(
    untouched: EvidenceView, check: str, subjects: tuple[str, ...]
) -> None:
    findings = checks.discover()[check].judge(untouched, subjects)
    assert worst(findings) not in HOLDS, findings


@pytest.mark.parametrize("sop", ["bali", "bali-lanjutan", "bolmut"])
def test_the_scaffold_of_another_sop_brings_its_forms_and_none_is_filled(sop: str, tmp_path: Path) -> None:
    procedure = procedures()[sop]
    tree = written(tmp_path, "berkas", sop=sop)
    facts = {fact.path for fact in tree.files("")}
    forms = {name: one for name, one in procedure.documents.items() if one.path in facts}
    assert {one.path for one in procedure.documents.values() if one.kind == "yaml"} & facts
    assert not [path for path in facts if path.startswith(("kak/", "pengadaan/"))]
    found = {document_id(name): collect_document(name, one, tree) for name, one in forms.items()}
    assert all(one.state.value == "present" for one in found.values())
    view = EvidenceView(collected=found, documents=procedure.documents, declared=procedure.roles)
    for step in procedure.steps:
        subjects = tuple(name for name in step.judging.subjects if name in forms)
        for check in step.judging.checks:
            needs = checks.discover()[check].needs
            if subjects and set(needs) <= set(found):
                findings = checks.discover()[check].judge(view, subjects)
                assert not all(one.holds for one in findings), (step.key, check)


def test_every_document_with_a_template_is_readable_and_where_the_sop_looks(untouched: EvidenceView) -> None:
    there = {name for name, one in untouched.collected.items() if one.state.value == "present"}
    assert there == {
        "doc:laporan_hasil_analisis", "doc:kak", "doc:penyedia", "doc:notulen_rapat", "doc:daftar_hadir",
        "doc:uat_skenario", "doc:uat_hasil", "doc:formulir_hosting", "doc:aplikasi_sejenis",
        "doc:alur_proses", "doc:presentasi_akhir", "doc:dokumentasi_testing", "doc:laporan_hasil_pengujian",
    }  # fmt: skip


def test_a_link_inside_a_template_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "jahat"
    folder.mkdir()
    (folder / "template.yml").write_text("format: x\n")
    (folder / "bocor").symlink_to("/etc/passwd")
    with pytest.raises(RenderFailed, match="simbolik") as refusal:
        load_folder(tmp_path)
    assert refusal.value.where.file == "jahat/bocor"


def test_a_template_is_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "kecil"
    folder.mkdir()
    (folder / "template.yml").write_text(
        'format: laik/templat/1\nid: kecil\nnama: {id: Kecil, en: Small}\nversi: "2026.1"\n'
        "berkas: {seed: [a]}\n"
    )
    (folder / "a").write_text("isi\n")
    assert [file.path for file in render_tree(load_folder(tmp_path)["kecil"], {})] == ["a"]
