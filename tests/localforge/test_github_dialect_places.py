"""GitHub's dialect of the embedded forge: who asks, accounts, places, people, and the answers' shapes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from automation.localforge import apps, users
from automation.localforge.githubdialect.app import routes
from automation.localforge.githubdialect.limits import PER_HOUR, Limits
from automation.localforge.githubdialect.signin import Visitor
from automation.localforge.server import RunningForge, start


class Office:
    """A running forge with bare requests; accounts by name."""

    def __init__(self, running: RunningForge) -> None:
        self.running = running
        self.tokens = {"root": running.admin_token}
        self.numbers = itertools.count(1)
        self.session = requests.Session()

    def send(
        self, verb: str, path: str, body: Any = None, *, by: str = "root", **more: Any
    ) -> requests.Response:
        headers = {"Authorization": f"token {self.token(by)}", **more.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.running.url}/api/v3{path}"
        return self.session.request(
            verb, url, json=body, headers=headers, timeout=30, allow_redirects=False, **more
        )

    def token(self, name: str) -> str:
        if name not in self.tokens:
            self.send("POST", "/admin/users", {"login": name, "email": f"{name}@contoh.go.id"})
            scopes = {"scopes": ["repo", "admin:org", "delete_repo"]}
            self.tokens[name] = self.send("POST", f"/admin/users/{name}/authorizations", scopes).json()[
                "token"
            ]
        return self.tokens[name]

    def organisation(self, owner: str = "pemilik") -> str:
        self.token(owner)
        name = f"org-{next(self.numbers)}"
        assert self.send("POST", "/admin/organizations", {"login": name, "admin": owner}).status_code == 201
        return name

    def repository(self, place: str, *, by: str = "pemilik", **facts: Any) -> dict[str, Any]:
        body = {"name": f"r{next(self.numbers)}", "private": True, **facts}
        answer = self.send("POST", f"/orgs/{place}/repos", body, by=by)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with start(tmp_path_factory.mktemp("forge"), dialect="github") as running:
        yield Office(running)


# -- who asks --------------------------------------------------------------------------------------


def test_both_words_before_a_token_are_understood_and_a_wrong_token_is_bad_credentials(
    office: Office,
) -> None:
    url = f"{office.running.url}/api/v3/user"
    for word in ("token", "Bearer", "bearer"):
        headers = {"Authorization": f"{word} {office.running.admin_token}"}
        assert requests.get(url, headers=headers, timeout=9).json()["login"] == "root"
    wrong = requests.get(url, headers={"Authorization": "Bearer salah"}, timeout=9)
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Bad credentials")
    assert requests.get(url, timeout=9).json()["message"] == "Requires authentication"


def test_an_account_s_token_does_not_open_what_a_site_administrator_may(office: Office) -> None:
    answer = office.send("POST", "/admin/users", {"login": "baru"}, by="pemilik")
    assert answer.status_code == 404
    assert answer.json()["status"] == "404"


def test_a_suspended_account_is_shut_out_and_let_in_again(office: Office) -> None:
    assert office.send("GET", "/user", by="cuti").status_code == 200
    assert office.send("PUT", "/users/cuti/suspended").status_code == 204
    assert office.send("GET", "/user", by="cuti").status_code == 401
    assert office.send("DELETE", "/users/cuti/suspended").status_code == 204
    assert office.send("GET", "/user", by="cuti").status_code == 200


@pytest.mark.parametrize("kind", ["none", "HS256", "other key", "too long", "past", "from the future"])
def test_a_forged_or_stale_app_assertion_opens_nothing(office: Office, kind: str) -> None:
    app = apps.create_app(office.running.engine, f"laik-{next(office.numbers)}", {"metadata": "read"})
    now = datetime.now(UTC)
    claims: dict[str, Any] = {"iss": str(app.app_id), "iat": now, "exp": now + timedelta(minutes=9)}
    key: Any = app.private_key_pem
    algorithm = "RS256"
    if kind == "none":
        key, algorithm = None, "none"
    elif kind == "HS256":
        key, algorithm = "x" * 32, "HS256"
    elif kind == "other key":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif kind == "too long":
        claims["exp"] = now + timedelta(minutes=30)
    elif kind == "past":
        claims |= {"iat": now - timedelta(minutes=20), "exp": now - timedelta(minutes=10)}
    else:
        claims |= {"iat": now + timedelta(minutes=5), "exp": now + timedelta(minutes=9)}
    signed = jwt.encode(claims, key, algorithm=algorithm)
    url = f"{office.running.url}/api/v3/app"
    refused = requests.get(url, headers={"Authorization": f"Bearer {signed}"}, timeout=9)
    assert (refused.status_code, refused.json()["message"]) == (401, "A JSON web token could not be decoded")


def test_an_app_s_token_is_no_person_s(office: Office) -> None:
    place = office.organisation()
    made = apps.create_app(office.running.engine, "laik-app", {"metadata": "read"}, organisations=(place,))
    found = apps.installation_by_id(office.running.engine, made.installation_ids[0])
    office.tokens["app"], _ = apps.create_installation_token(office.running.engine, found)
    assert office.send("GET", "/user", by="app").status_code == 403
    repo = office.repository(place)
    listed = office.send("GET", "/installation/repositories", by="app").json()
    assert (listed["total_count"], listed["repositories"][0]["id"]) == (1, repo["id"])
    other = office.repository(office.organisation())
    assert office.send("GET", f"/repositories/{other['id']}", by="app").status_code == 404
    members = {one["login"] for one in office.send("GET", f"/orgs/{place}/members", by="pemilik").json()}
    assert members == {"pemilik"}
    assert office.send("GET", "/users/laik-app[bot]").json()["type"] == "Bot"


# -- places ----------------------------------------------------------------------------------------


def test_a_private_repository_is_not_there_for_others_not_even_a_site_administrator(office: Office) -> None:
    repo = office.repository(office.organisation())
    for by in ("orang-lain", "root"):
        assert office.send("GET", f"/repos/{repo['full_name']}", by=by).status_code == 404
        assert office.send("GET", f"/repositories/{repo['id']}", by=by).status_code == 404


def test_members_read_by_the_base_permission_until_it_is_none(office: Office) -> None:
    place = office.organisation()
    repo = office.repository(place)
    office.token("anggota")
    joined = office.send("PUT", f"/orgs/{place}/memberships/anggota", {"role": "member"}, by="pemilik")
    assert (joined.json()["state"], joined.json()["role"]) == ("active", "member")
    assert office.send("GET", f"/repos/{repo['full_name']}", by="anggota").status_code == 200
    none = {"default_repository_permission": "none"}
    assert office.send("PATCH", f"/orgs/{place}", none, by="anggota").status_code == 403
    assert office.send("PATCH", f"/orgs/{place}", none, by="pemilik").status_code == 200
    assert office.send("GET", f"/repos/{repo['full_name']}", by="anggota").status_code == 404
    mine = office.repository(place, by="anggota")
    assert mine["permissions"]["admin"]


def test_a_moved_repository_is_found_by_its_old_name_until_somebody_takes_that(office: Office) -> None:
    place = office.organisation()
    repo = office.repository(place)
    old = repo["full_name"]
    office.send("PATCH", f"/repos/{old}", {"name": "baru"}, by="pemilik")
    moved = office.send("GET", f"/repos/{old}/topics?per_page=2", by="pemilik")
    assert moved.status_code == 301
    assert moved.headers["Location"] == (
        f"{office.running.url}/api/v3/repositories/{repo['id']}/topics?per_page=2"
    )
    assert office.send("GET", moved.headers["Location"], by="pemilik").status_code == 200
    assert office.send("PUT", f"/repos/{old}/topics", {"names": []}, by="pemilik").status_code == 307
    assert office.send("GET", f"/repos/{old}", by="orang-lain").status_code == 404
    taker = office.repository(place, name=repo["name"])
    assert office.send("GET", f"/repos/{old}", by="pemilik").json()["id"] == taker["id"]


def test_a_transferred_repository_keeps_its_id(office: Office) -> None:
    first, second = office.organisation(), office.organisation()
    repo = office.repository(first)
    answer = office.send("POST", f"/repos/{repo['full_name']}/transfer", {"new_owner": second}, by="pemilik")
    assert answer.status_code == 202
    found = office.send("GET", f"/repositories/{repo['id']}", by="pemilik").json()
    assert found["full_name"] == f"{second}/{repo['name']}"


def test_a_name_is_given_once_and_a_description_is_one_line(office: Office) -> None:
    place = office.organisation()
    repo = office.repository(place)
    again = office.send("POST", f"/orgs/{place}/repos", {"name": repo["name"]}, by="pemilik")
    assert again.status_code == 422
    assert again.json()["errors"][0]["message"] == "name already exists on this account"
    body = {"name": "lain", "description": "dua\nbaris"}
    assert office.send("POST", f"/orgs/{place}/repos", body, by="pemilik").status_code == 422


def test_an_outsider_is_invited_and_a_member_joins_at_once(office: Office) -> None:
    place = office.organisation()
    repo = office.repository(place)
    office.token("vendor")
    office.token("orang-dalam")
    office.send("PUT", f"/orgs/{place}/memberships/orang-dalam", {"role": "member"}, by="pemilik")
    people = f"/repos/{repo['full_name']}/collaborators"
    invited = office.send("PUT", f"{people}/vendor", {"permission": "push"}, by="pemilik")
    assert (invited.status_code, invited.json()["permissions"]) == (201, "write")
    inside = office.send("PUT", f"{people}/orang-dalam", {"permission": "maintain"}, by="pemilik")
    assert (inside.status_code, inside.content) == (204, b"")
    assert office.send("GET", f"/repos/{repo['full_name']}", by="vendor").status_code == 404
    mine = office.send("GET", "/user/repository_invitations", by="vendor").json()
    stolen = office.send("PATCH", f"/user/repository_invitations/{mine[0]['id']}", by="orang-lain")
    assert stolen.status_code == 404
    accepted = office.send("PATCH", f"/user/repository_invitations/{mine[0]['id']}", by="vendor")
    assert accepted.status_code == 204
    told = office.send("GET", f"{people}/vendor/permission", by="pemilik").json()
    assert (told["permission"], told["role_name"]) == ("write", "write")
    assert office.send("PUT", f"{people}/orang-lain", {"permission": "pull"}, by="vendor").status_code == 403


def test_a_deleted_repository_needs_its_own_scope_and_is_gone(office: Office) -> None:
    repo = office.repository(office.organisation())
    account = users.find_user(office.running.engine, "pemilik")
    assert account is not None
    _, office.tokens["tanpa-hapus"] = users.create_token(
        office.running.engine, account, "t", scopes=("repo",)
    )
    assert office.send("DELETE", f"/repos/{repo['full_name']}", by="tanpa-hapus").status_code == 403
    assert office.send("DELETE", f"/repos/{repo['full_name']}", by="pemilik").status_code == 204
    assert office.send("GET", f"/repositories/{repo['id']}", by="pemilik").status_code == 404


# -- shapes ----------------------------------------------------------------------------------------


def test_every_route_of_a_repository_answers_by_id_too() -> None:
    paths = {(route.method, route.path) for route in routes()}
    for method, path in paths:
        if path.startswith("/repos/{owner}/{repo}"):
            below = path.removeprefix("/repos/{owner}/{repo}")
            assert (method, "/repositories/{repository_id}" + below) in paths


def test_pages_are_linked_only_where_there_are_more(office: Office) -> None:
    place = office.organisation()
    for _ in range(5):
        office.repository(place)
    whole = office.send("GET", f"/orgs/{place}/repos", by="pemilik")
    assert "Link" not in whole.headers
    middle = office.send("GET", f"/orgs/{place}/repos?per_page=2&page=2&sort=created", by="pemilik")
    assert len(middle.json()) == 2
    assert set(middle.links) == {"prev", "next", "last", "first"}
    assert "page=3" in middle.links["next"]["url"]
    last = office.send("GET", middle.links["last"]["url"], by="pemilik")
    assert len(last.json()) == 1
    assert office.send("GET", f"/orgs/{place}/repos?page=9", by="pemilik").json() == []
    assert len(office.send("GET", f"/orgs/{place}/repos?per_page=0", by="pemilik").json()) == 5


def test_rule_9_what_is_unchanged_is_304_costs_nothing_and_depends_on_the_token(office: Office) -> None:
    repo = office.repository(office.organisation())
    path = f"/repos/{repo['full_name']}"
    first = office.send("GET", path, by="pemilik")
    known = {"If-None-Match": first.headers["ETag"]}
    again = office.send("GET", path, by="pemilik", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    account = users.find_user(office.running.engine, "pemilik")
    assert account is not None
    _, office.tokens["pemilik-baru"] = users.create_token(
        office.running.engine, account, "t", scopes=("repo",)
    )
    assert office.send("GET", path, by="pemilik-baru", headers=known).status_code == 200


def test_the_hour_s_requests_end_and_begin_anew(office: Office) -> None:
    engine = office.running.engine
    limits, who = Limits(engine), Visitor().limited
    for _ in range(PER_HOUR):
        limits.headers(who, counted=True)
    with pytest.raises(Exception, match="API rate limit exceeded"):
        limits.check(who)
    clock = engine.clock
    try:
        engine.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
        limits.check(who)
    finally:
        engine.clock = clock


@pytest.mark.off_spec("broken bodies")
@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b'"teks"', 400, "Body should be a JSON object"),
        (b"{}", 422, '"name" wasn\'t supplied'),
        (b'{"name": 7}', 422, "is not a string"),
        (b'{"name": "a/b"}', 422, "Validation Failed"),
        (b'{"name": "x", "private": "ya"}', 422, "is not a boolean"),
        (b'{"name": "\\ud800"}', 422, ""),
    ],
)
def test_a_broken_body_is_refused_in_github_s_shape(
    office: Office, body: bytes, status: int, message: str
) -> None:
    url = f"{office.running.url}/api/v3/orgs/{office.organisation()}/repos"
    headers = {"Authorization": f"token {office.token('pemilik')}", "Content-Type": "application/json"}
    answer = requests.post(url, data=body, headers=headers, timeout=9)
    assert answer.status_code == status
    assert message in answer.json()["message"]
    assert answer.json()["documentation_url"].startswith("https://docs.github.com/")


@pytest.mark.off_spec("an address that there is not")
def test_every_answer_has_github_s_headers(office: Office) -> None:
    for path in ("/user", "/tidak-ada", "/repos/a/b"):
        headers = office.send("GET", path).headers
        for name in ("X-GitHub-Request-Id", "X-RateLimit-Remaining", "X-OAuth-Scopes", "Date"):
            assert name in headers
    assert office.send("GET", "/user", headers={"User-Agent": ""}).status_code == 403


def test_git_takes_any_name_beside_the_token(office: Office) -> None:
    repo = office.repository(office.organisation(), auto_init=True)
    url = f"{repo['clone_url']}/info/refs?service=git-upload-pack"
    for name in ("x-access-token", "siapa-saja", ""):
        found = requests.get(url, auth=(name, office.token("pemilik")), timeout=9)
        assert found.status_code == 200
    assert requests.get(url, auth=("pemilik", "salah"), timeout=9).status_code == 401
