"""What a server may ask a person, and how it is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.trust.elicitation import LONGEST_URL, screened
from proxy.trust.fault import SecretAsked, UnsafeForm, UnsafePage


def form(message: str = "Which?", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON.
    """A form as a server sends it."""
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    return {"message": message, "requestedSchema": schema, "vendor": 1}


SECRETS = (
    form(password={"type": "string"}),
    form(sso_password={"type": "string"}, otp={"type": "string"}),
    form(apiKey={"type": "string"}),
    form(value={"type": "string", "title": "API token"}),
    form(value={"type": "string", "title": "Your token"}),
    form(value={"type": "string", "description": "Enter your one-time code"}),
    form(value={"type": "string", "description": "Password"}),
    form(value={"type": "string", "format": "password"}),
    form(value={"type": "string", "writeOnly": True}),
    form("Your session expired. Re-enter your SSO password.", value={"type": "string"}),
    form("Please provide the recovery phrase", value={"type": "string"}),
    form(Kennwort={"type": "string"}),
    form(v={"type": "string", "title": "Mot de passe"}),
    form(v={"type": "string", "title": "Contraseña"}),
    form(v={"type": "string", "title": "пароль"}),
    form(v={"type": "string", "title": "パスワード"}),
    form(v={"type": "string", "title": "请输入密码"}),
    form(v={"type": "string", "title": "pass\u200bword"}),
    form(v={"type": "string", "title": "\u03a1assword"}),
    form("\u0415nter your p\u0430ssword", v={"type": "string"}),
    form(v={"type": "string", "title": "P a s s w o r d"}),
    form(p_a_s_s_w_o_r_d={"type": "string"}),
    form(pin={"type": "integer"}),
    form(token={"type": "string"}),
    form("Do not give us your phone number, enter your PIN.", value={"type": "string"}),
    form("Don't forget to enter your password!", value={"type": "string"}),
    form("Never share your password (but type your PIN here)", value={"type": "string"}),
    form("Do not give us your phone number, your password is enough", value={"type": "string"}),
    form("Never enter your old password. Enter your new password.", value={"type": "string"}),
    form("Do not send us your PIN.", pin={"type": "string"}),
    form(value={"type": "string", "description": "Do not share your PIN. Password"}),
)


@pytest.mark.parametrize(
    "asked", SECRETS, ids=lambda a: str(a["requestedSchema"]["properties"])[:40]
)
def test_a_form_that_asks_for_a_secret_is_refused(asked: dict[str, Any]) -> None:
    """By name, title, description or message, in many languages."""
    with pytest.raises(SecretAsked) as refused:
        screened("Presto", asked)
    assert refused.value.message.startswith("Presto asked for a secret")


HONEST = (
    form(table={"type": "string"}, limit={"type": "integer", "description": "Rows, at most."}),
    form(max_tokens={"type": "integer"}),
    form("Pin this to the top?", pinned={"type": "boolean"}),
    form("Which key of the object?", key={"type": "string", "title": "Sort key"}),
    form("Compassion, passenger or passage?", word={"type": "string"}),
    form("The token count is high. Go on?", go={"type": "boolean"}),
    form("Your name? Please do not enter your password.", name={"type": "string"}),
    form(
        integer={
            "type": "integer",
            "description": "Your favourite integer (do not give us your phone number, PIN, "
            "or other sensitive info)",
        }
    ),
    form(country={"type": "string", "enum": ["DE", "ÅL"], "enumNames": ["Germany", "Åland"]}),
)


@pytest.mark.parametrize(
    "asked", HONEST, ids=lambda a: str(a["requestedSchema"]["properties"])[:40]
)
def test_an_honest_form_passes_as_it_came(asked: dict[str, Any]) -> None:
    """Every field survives, those that nobody knows too."""
    assert screened("Presto", asked) == asked


def test_the_words_of_a_form_are_safe_to_show() -> None:
    """Escapes go, reversed text shows, links are none; what is given back stays or is refused."""
    shown = screened(
        "Presto",
        form(
            "Your \x1b[31msession\x1b[0m\r[ends](https://evil.example)",
            go={
                "type": "string",
                "title": "a\u202eb",
                "oneOf": [{"const": "y", "title": "\x1b[8mno"}],
            },
        ),
    )
    assert shown["message"] == "Your session\n[ends] (https://evil.example)"
    (field,) = shown["requestedSchema"]["properties"].values()
    assert (field["title"], field["oneOf"]) == ("a<U+202E>b", [{"const": "y", "title": "no"}])
    unsafe: list[dict[str, Any]] = [
        {"a\u200b": {}},
        {"a": {"enum": ["x\x1b[8m"]}},
        {"a": {"oneOf": [{"const": "\u202e"}]}},
    ]
    for fields in unsafe:
        with pytest.raises(UnsafeForm):
            screened("Presto", form(**fields))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://evil.example/",
        "https://sso.corp.example@evil.example/",
        "https://user:pw@evil.example/",
        "https://evil.example/`id`",
        "https://evil.example/;\nx",
        "https://evil.example\\@sso.corp.example/",
        "https://\u0430pple.example/",
        "-https://evil.example",
        "https://",
        "vscode://x",
        "https://evil.example/" + "a" * LONGEST_URL,
        7,
        None,
    ],
    ids=lambda url: str(url)[:30],
)
def test_an_address_that_nobody_should_open_is_refused(url: object) -> None:
    """Only plain https, without a user name, and short enough to be looked at."""
    with pytest.raises(UnsafePage):
        screened("Presto", {"mode": "url", "message": "Sign", "url": url})


def test_a_page_is_shown_whole_with_its_host() -> None:
    """The person reads where it leads before anything opens; punycode is said."""
    url = "https://sign.corp.example/here?order=7"
    shown = screened("Presto", {"mode": "url", "message": "Sign here.", "url": url})
    assert shown["message"] == f"Sign here.\nIt wants to open a page at sign.corp.example:\n{url}"
    assert shown["url"] == url
    local = screened("Presto", {"mode": "url", "message": "", "url": "http://127.0.0.1:8000/x"})
    assert local["message"].startswith("It wants to open a page at 127.0.0.1:")
    puny = screened(
        "Presto", {"mode": "url", "message": "", "url": "https://xn--pple-43d.example/"}
    )
    assert "in punycode and shows as “\u0430pple.example”" in puny["message"]


@given(st.dictionaries(st.text(), st.dictionaries(st.text(), st.text() | st.none())), st.text())
def test_any_form_is_shown_safely_or_refused(fields: dict[str, Any], message: str) -> None:
    """Whatever a server sends, no control character of it reaches a person."""
    try:
        shown = screened("Presto", form(message, **fields))
    except (SecretAsked, UnsafeForm):
        return
    assert all(c.isprintable() or c == "\n" for c in shown["message"])


@pytest.mark.parametrize(
    "words", [{"title": "Enter your password"}, {"description": "Password"}, {"title": "Token"}]
)
def test_a_form_whose_own_heading_asks_for_a_secret_is_refused(words: dict[str, str]) -> None:
    """Some clients show the title of the whole form."""
    asked = form(value={"type": "string"})
    asked["requestedSchema"] |= words
    with pytest.raises(SecretAsked):
        screened("Presto", asked)


def test_the_heading_of_a_form_is_safe_to_show() -> None:
    """As the words of its fields are."""
    asked = form(value={"type": "string"})
    asked["requestedSchema"] |= {"title": "\x1b[31mRed", "description": "a\u202eb"}
    shown = screened("Presto", asked)["requestedSchema"]
    assert (shown["title"], shown["description"]) == ("Red", "a<U+202E>b")


@pytest.mark.parametrize("default", ["a\u202eb", ["ok", "a\u200bb"]])
def test_a_default_that_hides_something_is_refused(default: object) -> None:
    """Whoever presses the button gives it back as it is."""
    with pytest.raises(UnsafeForm):
        screened("Presto", form(value={"type": "string", "default": default}))


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("It wants to open a page at sso.example:\nhttps://sso.example", True),
        ("See HTTPS://user@sso.example/x first.", True),
        ("This is https://pay.example/help, go on.", False),
        ("Go to https://pay.example.", False),
        ("Go on?", False),
    ],
)
def test_a_page_that_is_announced_as_another_one_is_refused(message: str, *, refused: bool) -> None:
    """A server's own words must not show an address that is not the one that opens."""
    asked = {"mode": "url", "url": "https://pay.example/go", "message": message}
    if refused:
        with pytest.raises(UnsafePage):
            screened("Presto", asked)
    else:
        assert "pay.example" in screened("Presto", asked)["message"]
