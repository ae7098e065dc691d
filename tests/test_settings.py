from __future__ import annotations

from pathlib import Path

import pytest

from automation.settings import MissingSetting, from_environment

SECRET = "glpat-sangat-rahasia"


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
    ],
)
def test_a_setting_of_the_wrong_shape_is_named(good: dict[str, str], name: str, value: str) -> None:
    assert name in refusal({**good, name: value}).explain()


@pytest.mark.parametrize("content", [b"", b" \n", SECRET.encode() + b"\nlagi", b"\xff\xfe" + SECRET.encode()])
def test_a_secret_file_that_holds_no_single_word_is_named_and_its_content_never_shown(
    good: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "rusak").write_bytes(content)
    for name in ("LAIK_TOKEN_FILE", "LAIK_HOOK_SECRET_FILE"):
        assert name in refusal({**good, name: str(tmp_path / "rusak")}).explain()


def test_a_secret_file_that_is_not_there_is_named(good: dict[str, str], tmp_path: Path) -> None:
    refused = refusal({**good, "LAIK_HOOK_SECRET_FILE": str(tmp_path / "tiada")})
    assert "LAIK_HOOK_SECRET_FILE" in refused.explain()


def test_no_secret_shows_in_the_representation(good: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "kait").write_text("rahasia-kait")
    values = {
        **good,
        "LAIK_HOOK_SECRET_FILE": str(tmp_path / "kait"),
        "LAIK_STORE": "postgresql+psycopg://laik:sandi-basis@basisdata/laik",
    }
    shown = repr(from_environment(values))
    assert not any(word in shown for word in (SECRET, "rahasia-kait", "sandi-basis"))
