"""A server's question to the person, looked at before anybody sees it. Pure.

Forms must not ask for secrets, and pages must be addresses that a person can judge (2025-11-25 and
2026-07-28, elicitation). Nobody but the person reads a question's words, so these, unlike all that
models read, are made safe to show. What a client has to give back as it was stays as it was, or the
question is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from proxy.address import BadAddress, origin
from proxy.plain import block, exact, plain, unlinked
from proxy.trust.fault import SecretAsked, UnsafeForm, UnsafePage
from proxy.trust.hidden import look_alike, unhidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_URL = 2048
"""Characters of an address that a person can still look at."""

_LONGEST_MESSAGE = 4000

_ALWAYS = (
    r"pass ?(?:word|wd|phrase|code)s?|pwd|api ?keys?|(?:private|access|secret|signing) keys?"
    r"|(?:access|auth(?:entication)?|api|bearer|refresh|session|security|login|personal) tokens?"
    r"|client secrets?|shared secrets?|otp|totp|one time (?:code|pass\w*|pin)|2fa|mfa"
    r"|(?:verification|security|recovery|backup|pin|sms) codes?|(?:seed|recovery) phrase"
    r"|credentials?|cvv|cvc|ssn|social security number"
    r"|passwort|kennwort|zugangsdaten|einmalcode|mot de passe|contrase[nñ]a|clave de acceso|senha"
    r"|palavra passe|parola d.?ordine|parola|wachtwoord|has[lł]o|lösenord|salasana|adgangskode"
    r"|passord|heslo|jelszó|şifre|пароль|κωδικός πρόσβασης"
)
_SPACELESS = (
    r"密码|密碼|口令|验证码|驗證碼|パスワード|暗証番号|認証コード|비밀번호|암호|인증번호|סיסמה"
    r"|كلمة (?:المرور|السر)|รหัสผ่าน"
)
_ALONE = r"token|secret|pin|tan|passkey|geheimnis|clave|cookie|private ?key"
_WANTED = r"enter|type|provide|give|confirm|supply|paste|send|submit|need|your|tell|fill in|gib|ihr"

_BEGINS = re.compile(rf"^(?:(?:{_ALWAYS})\b|{_SPACELESS})")
_SECRET_NAME = re.compile(rf"\b(?:{_ALWAYS})\b|{_SPACELESS}|^(?:your |the )?(?:{_ALONE})$")
_SECRET_WISH = re.compile(
    rf"\b(?:{_WANTED})\w*\b[^.!?]{{0,40}}(?:\b(?:{_ALWAYS}|{_ALONE})\b|{_SPACELESS})"
)
# A clause that is nothing but a warning: the refusal first, and then only what should not be given.
# Whatever else stands in it makes it no warning.
_WARNING = re.compile(
    r"(?:please |note |and |but )*(?:you (?:must|should) )?(?:do not|don.?t|never|not) "
    r"(?:give|enter|type|provide|share|send|submit|paste|include|supply|tell|put|use|reveal) "
    rf"(?:(?:{_ALWAYS}|{_ALONE}|us|me|here|your|any|an?|the|real|actual|other|or|and|nor|like"
    r"|sensitive|personal|private|confidential|info|information|data|details?|phone numbers?"
    r"|(?:credit )?card numbers?|addresse?s?)s?\b[ ,/]*+){1,30}+"
)
_CLAUSE_ENDS = re.compile(r"[.!?;](?=\s|$)|[()\n]")
_NAMED = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#\s]*@)?([^/?#:\s,;)\]]*[^/?#:\s,;)\].])")
"""The host of an address in running text."""

_SPELT = re.compile(r"\b(?:\w ){3,}\w\b")
"""A word whose letters stand apart."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def screened(server: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The params of an elicitation as a person may be shown it.

    Args:
        server: What people call the server.
        params: The params as the server gave them.

    Raises:
        SecretAsked: It asks for a secret.
        UnsafePage: It would open an address that nobody should open, or could not judge.
        UnsafeForm: Something in it cannot be shown and given back as it is.
    """
    message = str(params.get("message", ""))
    shown = unlinked(block(message[:_LONGEST_MESSAGE]))
    if params.get("mode") == "url" or ("url" in params and "requestedSchema" not in params):
        page = _page(server, params.get("url"), message)
        return {**params, "message": f"{shown}\n{page}" if shown else page}
    if _finds(_SECRET_WISH, _wishes(message)):
        raise SecretAsked(f"{server} asked for a secret.")
    schema = params.get("requestedSchema")
    if not isinstance(schema, dict):
        return {**params, "message": shown}
    return {**params, "message": shown, "requestedSchema": _form(server, schema)}


def _page(server: str, url: object, message: str) -> str:
    """What a person is told of the page: its address whole, and its host once more.

    Words that show another address would have the person look at that one.
    """
    if not isinstance(url, str) or len(url) > LONGEST_URL:
        raise UnsafePage(f"{server} asked to open an address that nobody could judge.")
    try:
        origin(url)
    except BadAddress as bad:
        raise UnsafePage(f"{server} asked to open an address that is refused: it {bad}.") from None
    host = (urlsplit(url).hostname or "").rstrip(".")
    if any(named != host.casefold() for named in _NAMED.findall(unhidden(message))):
        raise UnsafePage(f"{server} showed one address and asked to open another.")
    puny = ""
    if any(label.startswith("xn--") for label in host.split(".")):
        puny = f"\nIts name is in punycode and shows as “{_unicode(host)}”: look closely."
    return f"It wants to open a page at {host}:\n{url}{puny}"


def _unicode(host: str) -> str:
    try:
        return exact(host.encode("ascii").decode("idna"))
    except UnicodeError:
        return host


def _form(server: str, schema: dict[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties")
    if _is_secret("", schema):
        raise SecretAsked(f"{server} asked for a secret in a form (its heading).")
    schema = {**schema, **_shown(schema)}
    if not isinstance(fields, dict):
        return schema
    safe: dict[str, Any] = {}
    for name, field in fields.items():
        said = field if isinstance(field, dict) else {}
        if _is_secret(name, said):
            shown = plain(name, 40)
            raise SecretAsked(f"{server} asked for a secret in a form (its field {shown}).")
        if any(exact(given) != given for given in (name, *_given_back(said))):
            raise UnsafeForm(f"{server} sent a form with names or choices that hide something.")
        safe[name] = {**said, **_shown(said)} if isinstance(field, dict) else field
    return {**schema, "properties": safe}


def _is_secret(name: str, field: Mapping[str, Any]) -> bool:
    if field.get("format") == "password" or field.get("writeOnly") is True:
        return True
    described = _wishes(str(field.get("description", "")))
    return (
        _finds(_SECRET_NAME, name)
        or _finds(_SECRET_NAME, str(field.get("title", "")))
        or _finds(_SECRET_WISH, described)
        or _finds(_BEGINS, described)
    )


def _given_back(field: Mapping[str, Any]) -> Iterator[str]:
    """What a client gives back as it is."""
    default = field.get("default")
    for one in default if isinstance(default, list) else (default,):
        if isinstance(one, str):
            yield one
    items = field.get("items")
    for holder in (field, items if isinstance(items, dict) else {}):
        enum = holder.get("enum")
        yield from (one for one in (enum if isinstance(enum, list) else ()) if isinstance(one, str))
        for word in ("oneOf", "anyOf"):
            choices = holder.get(word)
            for choice in choices if isinstance(choices, list) else ():
                const = choice.get("const") if isinstance(choice, dict) else None
                if isinstance(const, str):
                    yield const


def _shown(field: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a field that only a person reads, made safe to show."""
    safe: dict[str, Any] = {}
    for key in ("title", "description"):
        if isinstance(said := field.get(key), str):
            safe[key] = unlinked(block(said))
    names = field.get("enumNames")
    if isinstance(names, list):
        safe["enumNames"] = [unlinked(plain(n)) if isinstance(n, str) else n for n in names]
    for word in ("oneOf", "anyOf"):
        if isinstance(choices := field.get(word), list):
            safe[word] = [_shown_choice(choice) for choice in choices]
    items = field.get("items")
    if isinstance(items, dict):
        safe["items"] = {**items, **_shown(items)}
    return safe


def _shown_choice(choice: object) -> object:
    return {**choice, **_shown(choice)} if isinstance(choice, dict) else choice


def _wishes(text: str) -> str:
    """Text without the clauses that only warn against giving a secret."""
    clauses = _CLAUSE_ENDS.split(text[:_LONGEST_MESSAGE])
    if not any(_is_warning(clause) for clause in clauses):
        return text
    return " ".join(clause for clause in clauses if not _is_warning(clause)).strip()


def _is_warning(clause: str) -> bool:
    return _WARNING.fullmatch(_words(clause).strip()) is not None


def _words(text: str) -> str:
    """Text as words in lower case: `apiKey`, `API_KEY` and `api-key` are two each."""
    return unhidden(re.sub(r"[_\-.:]+", " ", _CAMEL.sub(" ", text[:_LONGEST_MESSAGE])))


def _finds(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern is in a text as it reads: as it is, with look-alikes, or spelt out."""
    words = _words(text)
    readings = {words, _SPELT.sub(lambda spelt: spelt[0].replace(" ", ""), words)}
    if not words.isascii():
        readings |= {"".join(map(_latin, reading)) for reading in readings}
    return any(map(pattern.search, readings))


def _latin(character: str) -> str:
    """The letter that a letter of another script looks like, in either case; else itself."""
    if character.isascii() or not character.isalpha():
        return character
    like = look_alike(character) or look_alike(character.upper())
    return like.casefold() or character
