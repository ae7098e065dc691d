from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import certifi
import pytest

from automation.settings import MissingSetting, from_environment, survey

SECRET = "glpat-sangat-rahasia"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIrahasia\n-----END RSA PRIVATE KEY-----\n"


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    return {
        "LAIK_URL": "https://git.contoh.go.id/",
        "LAIK_TOKEN_FILE": str(tmp_path / "token"),
        "LAIK_KENDALI": "diskominfo/kendali",
        "LAIK_STATE": str(tmp_path / "laik"),
    }


def refusal(values: dict[str, str]) -> MissingSetting:
    with pytest.raises(MissingSetting) as caught:
        from_environment(values)
    assert SECRET not in caught.value.explain("id") + caught.value.explain("en") + repr(caught.value)
    return caught.value


def test_the_four_settings_that_must_be_there_are_enough(good: dict[str, str]) -> None:
    settings = from_environment(good)
    assert settings.url == "https://git.contoh.go.id"
    assert settings.token == SECRET
    assert settings.store_url == f"sqlite:///{settings.state / 'laik.sqlite3'}"
    assert settings.out == settings.state / "saji"
    assert (settings.dns, settings.http, settings.http_port, settings.reload) == (None, None, 80, ())
    assert (settings.https_port, settings.apply) == (443, ())


@pytest.mark.parametrize("name", ["LAIK_URL", "LAIK_TOKEN_FILE", "LAIK_KENDALI", "LAIK_STATE"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_setting_is_named(good: dict[str, str], name: str, value: str | None) -> None:
    values = {key: text for key, text in good.items() if key != name}
    if value is not None:
        values[name] = value
    assert name in refusal(values).explain()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAIK_DNS", "127.0.0.1"),
        ("LAIK_DNS", ":53"),
        ("LAIK_HTTP", "127.0.0.1:http"),
        ("LAIK_HTTP", "127.0.0.1:70000"),
        ("LAIK_HTTP_PORT", "delapan puluh"),
        ("LAIK_HTTP_PORT", "0"),
        ("LAIK_HTTP_PORT", "²"),
        ("LAIK_HTTPS_PORT", "443x"),
        ("LAIK_RELOAD", "systemctl 'reload"),
        ("LAIK_APPLY", "sudo 'laik"),
        ("LAIK_FORGE", "gitea"),
        ("LAIK_URL", "git.contoh.go.id"),
        ("LAIK_URL", "ssh://git.contoh.go.id"),
        ("LAIK_URL", "http://["),
        ("LAIK_URL", "https://git.contoh.go.id/api/v4"),
        ("LAIK_HOOK_URL", "laik.contoh.go.id"),
        ("LAIK_HOOK_URL", "https://laik.contoh.go.id/webhook/github"),
        ("LAIK_WRITE_SPACING", "sebentar"),
        ("LAIK_WRITE_SPACING", "-1"),
        ("LAIK_WRITE_SPACING", "61"),
        ("LAIK_WRITE_SPACING", "nan"),
        ("LAIK_CA_FILE", "/tiada/akar.pem"),
        ("LAIK_APP_ID", "123"),  # GitLab has no such apps
    ],
)
def test_a_setting_of_the_wrong_shape_is_named(good: dict[str, str], name: str, value: str) -> None:
    assert name in refusal({**good, name: value}).explain()


@pytest.mark.parametrize("content", [b"", b" \n", SECRET.encode() + b"\nlagi", b"\xff\xfe" + SECRET.encode()])
def test_a_secret_file_that_holds_no_single_word_is_named_and_its_content_never_shown(
    good: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "rusak").write_bytes(content)
    names = ["LAIK_TOKEN_FILE", "LAIK_HOOK_SECRET_FILE", "LAIK_HOOK_SIGNING_FILE"]
    for name in names if b"lagi" not in content else names[:1]:
        assert name in refusal({**good, name: str(tmp_path / "rusak")}).explain()


def test_a_secret_file_that_is_not_there_is_named(good: dict[str, str], tmp_path: Path) -> None:
    refused = refusal({**good, "LAIK_HOOK_SECRET_FILE": str(tmp_path / "tiada")})
    assert "LAIK_HOOK_SECRET_FILE" in refused.explain()


def test_webhook_secrets_stand_one_a_line_the_newest_first(good: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "kait").write_text("baru\n\nlama\n")
    settings = from_environment({**good, "LAIK_HOOK_SECRET_FILE": str(tmp_path / "kait")})
    assert settings.hook_secrets == ("baru", "lama")
    assert settings.hook_secret == "baru"
    assert from_environment(good).hook_secret == ""


@pytest.mark.parametrize("content", ["dua kata\nlama", "\n".join(map(str, range(11)))])
def test_a_line_of_two_words_and_too_many_lines_are_refused(
    good: dict[str, str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "kait").write_text(content)
    refused = refusal({**good, "LAIK_HOOK_SECRET_FILE": str(tmp_path / "kait")})
    assert "LAIK_HOOK_SECRET_FILE" in refused.explain()


def test_signing_tokens_are_read_and_only_they(good: dict[str, str], tmp_path: Path) -> None:
    file, name = tmp_path / "tanda", "LAIK_HOOK_SIGNING_FILE"
    token = "whsec_" + b64encode(bytes(32)).decode()
    file.write_text(token)
    assert from_environment({**good, name: str(file)}).hook_signing == (token,)
    for wrong in (SECRET, "whsec_", "whsec_!!!!", "whsec_" + b64encode(b"pendek").decode()):
        file.write_text(wrong)
        assert name in refusal({**good, name: str(file)}).explain()


@pytest.mark.parametrize("host", ["https://laik.contoh.go.id", "https://laik.contoh.go.id/"])
def test_a_bare_webhook_host_gets_the_door_of_the_forge(good: dict[str, str], host: str) -> None:
    settings = from_environment({**good, "LAIK_HOOK_URL": host})
    assert settings.hook_url == "https://laik.contoh.go.id/webhook/gitlab"
    github = from_environment({**good, "LAIK_HOOK_URL": host, "LAIK_FORGE": "github"})
    assert github.hook_url == "https://laik.contoh.go.id/webhook/github"


def test_a_path_behind_a_proxy_stays_as_it_was_written(good: dict[str, str]) -> None:
    url = "https://contoh.go.id/laik/webhook/gitlab"
    assert from_environment({**good, "LAIK_HOOK_URL": url}).hook_url == url


def test_github_wants_the_address_that_people_use(good: dict[str, str]) -> None:
    values = {**good, "LAIK_FORGE": "github", "LAIK_URL": "https://github.com"}
    assert from_environment(values).url == "https://github.com"
    assert "LAIK_URL" in refusal({**values, "LAIK_URL": "https://api.github.com"}).explain()


@pytest.fixture
def app(good: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings of a GitHub App."""
    (tmp_path / "kunci.pem").write_text(KEY)
    kept = {name: value for name, value in good.items() if name != "LAIK_TOKEN_FILE"}
    return {
        **kept,
        "LAIK_FORGE": "github",
        "LAIK_APP_ID": "4321",
        "LAIK_APP_KEY_FILE": str(tmp_path / "kunci.pem"),
    }


def test_an_app_needs_no_token(app: dict[str, str]) -> None:
    settings = from_environment(app)
    assert settings.token == ""
    assert settings.app is not None
    assert (settings.app.id, settings.app.key, settings.app.installation) == (4321, KEY, None)
    assert "MIIrahasia" not in repr(settings)
    chosen = from_environment({**app, "LAIK_APP_INSTALLATION": "77"}).app
    assert chosen is not None
    assert chosen.installation == 77


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"LAIK_FORGE": "gitlab"}, "LAIK_APP_ID"),
        ({"LAIK_APP_ID": "laik"}, "LAIK_APP_ID"),
        ({"LAIK_APP_ID": "0"}, "LAIK_APP_ID"),
        ({"LAIK_APP_ID": ""}, "LAIK_APP_ID"),
        ({"LAIK_APP_KEY_FILE": ""}, "LAIK_APP_KEY_FILE"),
        ({"LAIK_APP_INSTALLATION": "dinas"}, "LAIK_APP_INSTALLATION"),
    ],
)
def test_a_half_or_wrongly_named_app_is_refused_by_name(
    app: dict[str, str], change: dict[str, str], named: str
) -> None:
    assert named in refusal({**app, **change}).explain()


def test_an_app_and_a_token_exclude_each_other(app: dict[str, str], good: dict[str, str]) -> None:
    refused = refusal({**app, "LAIK_TOKEN_FILE": good["LAIK_TOKEN_FILE"]})
    assert "LAIK_TOKEN_FILE" in refused.explain()


@pytest.mark.parametrize(
    "content", [SECRET, KEY.replace("PRIVATE", "PUBLIC"), KEY.replace("RSA ", "ENCRYPTED ")]
)
def test_a_file_that_is_no_private_key_is_named(app: dict[str, str], tmp_path: Path, content: str) -> None:
    (tmp_path / "kunci.pem").write_text(content)
    assert "LAIK_APP_KEY_FILE" in refusal(app).explain()


def test_certificates_and_spacing_are_taken(good: dict[str, str]) -> None:
    settings = from_environment({**good, "LAIK_CA_FILE": certifi.where(), "LAIK_WRITE_SPACING": "0.5"})
    assert (settings.ca_file, settings.write_spacing) == (Path(certifi.where()), 0.5)
    assert (from_environment(good).ca_file, from_environment(good).write_spacing) == (None, None)


def test_no_secret_shows_in_the_representation(good: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "kait").write_text("rahasia-kait")
    values = {
        **good,
        "LAIK_HOOK_SECRET_FILE": str(tmp_path / "kait"),
        "LAIK_STORE": "postgresql+psycopg://laik:sandi-basis@basisdata/laik",
    }
    shown = repr(from_environment(values))
    assert not any(word in shown for word in (SECRET, "rahasia-kait", "sandi-basis"))


def test_a_survey_reads_what_can_be_read_and_names_every_fault(good: dict[str, str]) -> None:
    values = {**good, "LAIK_DNS": "tanpa-porta", "LAIK_HTTP_PORT": "nol"}
    del values["LAIK_URL"]
    settings, problems = survey(values)
    assert [one.where.file for one in problems] == ["LAIK_URL", "LAIK_DNS", "LAIK_HTTP_PORT"]
    assert (settings.url, settings.dns, settings.http_port) == ("", None, 80)
    assert (settings.token, settings.control_path) == (SECRET, "diskominfo/kendali")


def test_a_survey_of_nothing_names_the_four_settings_that_must_be_there() -> None:
    names = {one.where.file for one in survey({})[1]}
    assert names == {"LAIK_URL", "LAIK_TOKEN_FILE", "LAIK_KENDALI", "LAIK_STATE"}


def test_a_signing_key_needs_a_ring_and_only_one_of_two_signs(good: dict[str, str], tmp_path: Path) -> None:
    key, ring = str(tmp_path / "tanda.pem"), str(tmp_path / "kunci.json")
    assert "LAIK_KEYRING" in refusal({**good, "LAIK_SIGNING_KEY_FILE": key}).explain("id")
    both = {**good, "LAIK_SIGNING_KEY_FILE": key, "LAIK_KEYRING": ring, "LAIK_SIGN": "sudo tanda"}
    assert "LAIK_SIGN" in refusal(both).explain("en")
    alone = from_environment({**good, "LAIK_SIGN": "sudo -n tanda", "LAIK_KEYRING": ring})
    assert (alone.sign, alone.keyring, alone.signing_key) == (("sudo", "-n", "tanda"), Path(ring), None)
    without = from_environment(good)
    assert (without.sign, without.keyring, without.signing_key) == ((), None, None)
