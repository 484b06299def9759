"""The settings of the desk's door: other services to sign in with, and passkeys."""

from __future__ import annotations

import pytest

from liju_contact.config_desk import DeskSettings, is_protected
from liju_contact.domain.catalogue import Label
from tests.settings_texts import TEXT, changed, faults, line_of, read

PROVIDER = """
[[sign_in_provider]]
id = "company-sso"
label = { en = "Single sign-on", zh_Hans = "统一登录" }
issuer = "https://login.liju.example"
client_id = "liju-contact"
"""
HTTPS = changed('base_url = "http://127.0.0.1:8000"', 'base_url = "https://contact.liju.example"')
SECRET_NAME = "LIJU_SIGN_IN_PROVIDER_COMPANY_SSO_CLIENT_SECRET"


def test_without_settings_there_is_a_password_and_nothing_else() -> None:
    assert read().desk == DeskSettings(has_passkeys=False, providers=())


def test_a_provider_is_read_and_its_secret_may_come_from_the_environment() -> None:
    written = read(TEXT + PROVIDER + 'client_secret = "in the file"\n').desk
    carried = read(TEXT + PROVIDER, **{SECRET_NAME: "in the environment"}).desk.find_provider("company-sso")

    assert [provider.client_secret for provider in written.providers] == ["in the file"]
    assert carried is not None
    assert carried.client_secret == "in the environment"
    assert carried.label == Label({"en": "Single sign-on", "zh_Hans": "统一登录"})


def test_faults_of_a_provider_are_told_with_their_lines() -> None:
    text = TEXT + PROVIDER.replace("https:", "http:").replace("company-sso", "Company SSO") + PROVIDER + PROVIDER
    at = [line_of("[[sign_in_provider]]", text, nth=nth) for nth in (1, 2, 3)]

    found = faults(text, **{SECRET_NAME: "s"})

    assert found[0].startswith(f"config.toml, line {at[0] + 1}: sign_in_provider.0.id must be small letters")
    assert found[1].startswith(f"config.toml, line {at[0] + 3}: sign_in_provider.0.issuer must be an address")
    assert found[2].startswith(f"config.toml, line {at[0]}: sign_in_provider.0.client_secret is missing; LIJU_")
    assert found[3:] == [f"config.toml, line {at[2] + 1}: sign_in_provider.2.id stands twice: 'company-sso'."]


def test_a_provider_that_does_not_know_us_is_none() -> None:
    empty = faults(TEXT + PROVIDER.replace('"liju-contact"', '" "'), **{SECRET_NAME: "s"})
    missing = faults(TEXT + PROVIDER.replace('client_id = "liju-contact"\n', ""), **{SECRET_NAME: "s"})

    assert [fault.partition("client_id ")[2] for fault in empty + missing] == [
        "is empty: the service knows this program by it.",
        "is missing.",
    ]


@pytest.mark.parametrize(("base", "fault_count"), [(HTTPS, 0), (TEXT, 1)])
def test_passkeys_need_an_address_with_a_name(base: str, fault_count: int) -> None:
    text = changed("[desk]\n", '[desk]\npasskeys = "yes"\n', base)

    found = faults(text) if fault_count else []

    assert len(found) == fault_count
    assert all(": desk.passkeys needs a base_url with https and a name" in fault for fault in found)
    assert fault_count or read(text).desk.has_passkeys


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://login.liju.example/realm", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:1", True),
        ("http://login.liju.example", False),
        ("http://127.0.0.1.liju.example", False),
        ("https://user@login.liju.example", False),
        ("https://", False),
        ("https://[", False),
        ("file:///etc/passwd", False),
    ],
)
def test_an_address_is_protected_by_https_or_by_staying_here(url: str, *, expected: bool) -> None:
    assert is_protected(url) is expected
