"""The gate itself: each kind of wrong that it is there for is planted, and found."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.specgate import packages
from tests.specgate.compact import documents, gitlab_table
from tests.specgate.cut import Cutter
from tests.specgate.exchange import Exchange, Violation
from tests.specgate.gate import Gate
from tests.specgate.packages import PackageRefused, check_integrity
from tests.specgate.plugin import dumped, summary

LABEL = {"id": 1, "name": "fase::kak", "color": "#1f75cb", "description": None}
GITHUB_LABEL = {
    "id": 1,
    "node_id": "L_1",
    "url": "https://forge.contoh.go.id/api/v3/repos/a/b/labels/x",
    "name": "x",
    "description": None,
    "color": "1f75cb",
    "default": False,
}
SHA = "a" * 40


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def github(gate: Gate) -> Gate:
    if packages.vendor() is None:
        pytest.skip("GitHub's specifications are not there: `make specs` (needs npm)")
    return gate


def exchange(
    method: str,
    address: str,
    body: Any = None,
    *,
    status: int = 200,
    answer: Any = None,
    conditional: bool = False,
) -> Exchange:
    path, _, query = address.partition("?")
    written = json.dumps(body).encode() if body is not None else b""
    answered = json.dumps(answer).encode() if answer is not None else b""
    json_kind = "application/json"
    return Exchange(method, path, query, json_kind, written, status, json_kind, answered, conditional)


def told(gate: Gate, one: Exchange, **more: Any) -> list[str]:
    return [f"{found.where} {found.pointer}: {found.what}" for found in gate.hold([one], **more)]


def test_the_vendors_specifications_are_here_and_know_every_listed_operation() -> None:
    vendor = packages.vendor()
    if vendor is None:
        pytest.skip("GitHub's specifications are not there: `make specs` (needs npm)")
    assert vendor["rest"]["unknown"] == []
    assert {one["name"] for one in vendor["rest"]["operations"]} == set(packages.wanted_operations())
    sources = {one["name"]: one["source"] for one in vendor["rest"]["operations"]}
    assert sources["GET /repos/{owner}/{repo}"] == "api.github.com"
    assert sources["POST /admin/users"] == "ghes-3.19"
    assert all("docs.github.com" in one["document"] for one in vendor["rest"]["operations"])


def test_every_gitlab_schema_names_the_page_it_was_made_from_and_compiles() -> None:
    for name, document in documents():
        assert document["document"].startswith("https://docs.gitlab.com/api/"), name
    table = gitlab_table()
    for one in table.operations.values():
        assert one.answers, one.name
        parts = [
            "body",
            *(f"query {name}" for name in one.query),
            *(f"answer {code}" for code in one.answers),
        ]
        for part in parts:
            table.validator(one.name, part)


GITLAB_LABELS = "/api/v4/projects/5/labels"


def test_what_gitlab_documents_passes(gate: Gate) -> None:
    right = [
        exchange("GET", f"{GITLAB_LABELS}?per_page=100&with_counts=True", answer=[LABEL]),
        exchange("GET", "/api/v4/projects/berkas%2Fpa-1/labels/1", answer=LABEL),
        exchange("POST", GITLAB_LABELS, {"name": "x", "color": "#fff"}, status=201, answer=LABEL),
        exchange("POST", f"{GITLAB_LABELS}?color=%23fff", {"name": "x"}, status=201, answer=LABEL),
        exchange("GET", GITLAB_LABELS, status=304, conditional=True),
        exchange("GET", GITLAB_LABELS, status=404, answer={"message": "404 Project Not Found"}),
        exchange("DELETE", f"{GITLAB_LABELS}/1", status=204),
    ]
    assert gate.hold(right) == []


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        (exchange("GET", "/api/v4/projects/5/ramalan"), "no schema for GET /projects/…/ramalan"),
        (exchange("PATCH", GITLAB_LABELS), "no schema for PATCH /projects/…/labels"),
        (exchange("GET", f"{GITLAB_LABELS}?warna=x", answer=[]), "query /warna: no such parameter"),
        (
            exchange("GET", f"{GITLAB_LABELS}?per_page=x", answer=[]),
            "query /per_page: is not of type integer",
        ),
        (
            exchange("GET", "/api/v4/projects/5/repository/files/a?", answer={}),
            "query /ref: the parameter is missing",
        ),
        (
            exchange("GET", "/api/v4/projects/5/issues/tujuh", status=404, answer={"message": "x"}),
            "path /issue_iid: is not of type integer",
        ),
        (
            exchange("POST", GITLAB_LABELS, {"name": "x", "color": 5}, status=201, answer=LABEL),
            "request body /color: is not of type string",
        ),
        (
            exchange("POST", GITLAB_LABELS, {"name": "x"}, status=201, answer=LABEL),
            "request body : color is missing (schema of the operation)",
        ),
        (
            exchange(
                "POST", GITLAB_LABELS, {"name": "x", "color": "#fff", "warna": 1}, status=201, answer=LABEL
            ),
            "request body : no such field: warna (schema of the operation)",
        ),
        (
            exchange("GET", GITLAB_LABELS, answer=[{**LABEL, "id": "1"}]),
            "answer 200 /0/id: is not of type integer",
        ),
        (
            exchange("GET", GITLAB_LABELS, answer=[{**LABEL, "rona": 1}]),
            "answer 200 /0: no such field: rona (schema label)",
        ),
        (
            exchange("GET", GITLAB_LABELS, answer=[{"id": 1, "name": "x", "color": "#fff"}]),
            "answer 200 /0: description is missing (schema label)",
        ),
        (exchange("GET", GITLAB_LABELS, status=206, answer=[]), "answer : status 206 is not documented"),
        (exchange("GET", GITLAB_LABELS, status=500, answer={}), "answer : status 500 is not documented"),
        (exchange("GET", GITLAB_LABELS, status=304), "answer : status 304 is not documented"),
        (exchange("GET", GITLAB_LABELS, status=404, answer=[]), "answer 404 : a refusal has message|error"),
        (
            exchange("DELETE", f"{GITLAB_LABELS}/1", status=204, answer={}),
            "answer 204 : has a body where none is documented",
        ),
    ],
)
def test_what_gitlab_does_not_document_is_found(gate: Gate, wrong: Exchange, finding: str) -> None:
    assert any(finding in one for one in told(gate, wrong)), told(gate, wrong)


def test_a_finding_names_operation_place_value_and_document(gate: Gate) -> None:
    body = {"name": "x", "color": 5}
    (found,) = gate.hold([exchange("POST", GITLAB_LABELS, body, status=201, answer=LABEL)])
    assert str(found) == (
        "POST /projects/{id}/labels (gitlab/labels.json): request body at /color:"
        " is not of type string (value 5)\n"
        "    https://docs.gitlab.com/api/labels/#create-a-new-label"
    )


@pytest.mark.parametrize("secret", ["glpat-rahasia-sekali", "ghs_rahasiasekali", "-----BEGIN RSA"])
def test_no_finding_shows_a_secret(gate: Gate, secret: str) -> None:
    by_name = exchange(
        "PUT", "/api/v4/projects/5/hooks/1", {"token": [secret]}, status=404, answer={"message": ""}
    )
    by_look = exchange(
        "POST", GITLAB_LABELS, {"name": [secret], "color": ""}, status=404, answer={"message": ""}
    )
    texts = [str(one) for wrong in (by_name, by_look) for one in gate.hold([wrong])]
    assert len(texts) == 2
    assert not any("rahasia" in text or "RSA" in text for text in texts)


def test_a_refused_wrong_request_passes_only_in_a_test_that_says_so(gate: Gate) -> None:
    refused = exchange("POST", GITLAB_LABELS, {"name": 1}, status=400, answer={"error": "name is invalid"})
    taken = exchange("POST", GITLAB_LABELS, {"name": 1, "color": ""}, status=201, answer=LABEL)
    lied = exchange("POST", GITLAB_LABELS, {"name": 1}, status=400, answer=[])
    assert told(gate, refused)
    assert not told(gate, refused, refused_may_be_wrong=True)
    assert told(gate, taken, refused_may_be_wrong=True)
    assert told(gate, lied, refused_may_be_wrong=True)


GITHUB_LABELS = "/api/v3/repos/a/b/labels"


def test_what_github_documents_passes(github: Gate) -> None:
    made = exchange("POST", GITHUB_LABELS, {"name": "x", "color": "1f75cb"}, status=201, answer=GITHUB_LABEL)
    by_id = exchange("GET", "/api/v3/repositories/7/labels?per_page=100", answer=[GITHUB_LABEL])
    deep = exchange(
        "GET", "/api/v3/repos/a/b/contents/kak/kak.md?ref=main", status=404, answer={"message": "Not Found"}
    )
    root = exchange("GET", "/api/v3/repos/a/b/contents/", status=404, answer={"message": "Not Found"})
    assert github.hold([made, by_id, deep, root]) == []


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        (exchange("GET", "/api/v3/repos/a/b/ramalan"), "GitHub documents none"),
        (exchange("GET", "/api/v3/emojis"), "add «GET /emojis» to tests/specgate/github/operations.txt"),
        (exchange("GET", f"{GITHUB_LABELS}?warna=1", answer=[]), "query /warna: no such parameter"),
        (
            exchange("GET", "/api/v3/repos/a/b/issues/tujuh", status=404, answer={"message": "x"}),
            "path /issue_number: is not of type integer",
        ),
        (
            exchange("POST", GITHUB_LABELS, {"name": 1}, status=422, answer={"message": "x"}),
            "request body /name: is not of type string",
        ),
        (
            exchange("POST", GITHUB_LABELS, {"name": "x", "warna": "y"}, status=201, answer=GITHUB_LABEL),
            "request body : no such field: warna",
        ),
        (
            exchange("POST", GITHUB_LABELS, status=422, answer={"message": "x"}),
            "request body : the body is missing",
        ),
        (exchange("GET", GITHUB_LABELS, {"a": 1}, answer=[]), "request body : no body is documented"),
        (
            exchange("GET", GITHUB_LABELS, answer=[{**GITHUB_LABEL, "default": "no"}]),
            "answer 200 /0/default: is not of type boolean",
        ),
        (
            exchange("GET", GITHUB_LABELS, answer=[{**GITHUB_LABEL, "rona": 1}]),
            "no such field: rona (schema label)",
        ),
        (
            exchange("GET", GITHUB_LABELS, answer=[{k: v for k, v in GITHUB_LABEL.items() if k != "color"}]),
            "color is missing (schema label)",
        ),
        (exchange("GET", GITHUB_LABELS, status=202, answer=[]), "status 202 is not documented"),
    ],
)
def test_what_github_does_not_document_is_found(github: Gate, wrong: Exchange, finding: str) -> None:
    assert any(finding in one for one in told(github, wrong)), told(github, wrong)


QUERY = "query($id: ID!) { node(id: $id) { __typename ... on ProjectV2 { title number closed } } }"


def graphql(query: str, variables: Any, answer: Any) -> Exchange:
    return exchange("POST", "/api/graphql", {"query": query, "variables": variables}, answer=answer)


def test_a_graphql_request_and_answer_after_the_schema_pass(github: Gate) -> None:
    project = {"__typename": "ProjectV2", "title": "Kasus", "number": 1, "closed": False}
    none = {"data": {"node": None}, "errors": [{"message": "Could not resolve", "type": "NOT_FOUND"}]}
    right = [
        graphql(QUERY, {"id": "P_1"}, {"data": {"node": project}}),
        graphql(QUERY, {"id": "P_1"}, {"data": {"node": {"__typename": "Issue"}}}),
        graphql(QUERY, {"id": "P_1"}, none),
    ]
    assert github.hold(right) == []


@pytest.mark.parametrize(
    ("query", "variables", "node", "finding"),
    [
        (QUERY.replace("title", "judul"), {"id": "P"}, {}, "Cannot query field 'judul'"),
        (QUERY.replace("{ node", "{ nod"), {"id": "P"}, {}, "Cannot query field 'nod'"),
        ("query {", {}, {}, "Syntax Error"),
        (QUERY, {}, None, "Variable '$id'"),
        (QUERY, {"id": "P", "lain": 1}, None, "variables /variables/lain: is declared nowhere"),
        (QUERY, {"id": "P"}, {"__typename": "Ramalan"}, "Ramalan is no Node"),
        (
            QUERY,
            {"id": "P"},
            {"__typename": "ProjectV2", "number": 1, "closed": True},
            "title: was asked and is missing",
        ),
        (
            QUERY,
            {"id": "P"},
            {"__typename": "ProjectV2", "title": "x", "number": "1", "closed": True},
            "number: is not of type Int",
        ),
        (
            QUERY,
            {"id": "P"},
            {"__typename": "ProjectV2", "title": None, "number": 1, "closed": True},
            "title: is null, and String! is never",
        ),
        (QUERY, {"id": "P"}, {"__typename": "Issue", "lain": 1}, "lain: was not asked"),
    ],
)
def test_a_wrong_graphql_request_or_answer_is_found(
    github: Gate, query: str, variables: Any, node: Any, finding: str
) -> None:
    found = told(github, graphql(query, variables, {"data": {"node": node}}))
    assert any(finding in one for one in found), found


def test_nullable_and_closed_mean_in_json_schema_what_they_mean_in_openapi() -> None:
    cutter = Cutter(
        {"paths": {}, "components": {"schemas": {"satu": {"type": "object", "properties": {}}}}}, "x", ""
    )
    assert cutter.convert({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert cutter.convert({"type": "string", "nullable": True, "enum": ["a"]})["enum"] == ["a", None]
    assert cutter.convert({"allOf": [{"$ref": "#/components/schemas/satu"}], "nullable": True}) == {
        "anyOf": [
            {"type": "null"},
            {"allOf": [{"$ref": "urn:specgate:components#/$defs/satu~open"}], "unevaluatedProperties": False},
        ]
    }
    assert cutter.convert({"type": "object", "properties": {"a": {"type": "integer"}}}) == {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "additionalProperties": False,
    }


def test_a_package_that_is_not_the_pinned_one_is_refused() -> None:
    with pytest.raises(PackageRefused):
        check_integrity("@octokit/openapi", b"lain", "sha512-AAAA")


def test_versions_are_exact_and_no_registry_is_named() -> None:
    text = packages.PACKAGE_JSON.read_text(encoding="utf-8")
    pinned = json.loads(text)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned["dependencies"].values())
    assert set(pinned["integrity"]) == set(pinned["dependencies"])
    assert "://" not in text
    assert not list(packages.PACKAGE_JSON.parent.glob("package-lock.json"))


def test_every_pardon_says_why_and_the_list_is_short(gate: Gate) -> None:
    allowed = json.loads((packages.HERE / "allowed.json").read_text(encoding="utf-8"))["allowed"]
    assert len(allowed) <= 12
    assert all(len(entry["why"]) > 40 and entry["operation"] != ".*" for entry in allowed)
    assert len({entry["name"] for entry in allowed}) == len(allowed)
    wrong = Violation(
        "POST /projects/{id}/labels (gitlab/labels.json)", "request body", "/x", "no such field: x"
    )
    assert not gate._is_allowed(wrong)


def test_the_line_at_the_end_counts_operations_and_exchanges(gate: Gate) -> None:
    counted = Gate()
    counted.hold([exchange("GET", GITLAB_LABELS, answer=[LABEL])] * 3)
    tallies = [json.loads(dumped(counted.tally))] * 2
    (line,) = summary(tallies)
    assert line.startswith(
        "spec gate: gitlab 1 operations in 6 exchanges; webhooks: 0; allow-list: 0 entries"
    )
    assert summary([json.loads(dumped(Gate().tally))]) == []
