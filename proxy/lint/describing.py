"""What is wrong with what tools say of themselves: annotations, descriptions, parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from proxy.lint.naming import shown
from proxy.lint.place import places, resolved
from proxy.lint.rule import DESCRIPTION, Finding, Rule
from proxy.plain import exact, plain
from proxy.policy.risk import Risk
from proxy.registry.draft import claimed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPACED = re.compile(r"[\s\x00-\x7f\u00a0-\u2fff]*")
_LEAST = 4
"""Words below which a description says no more than the name."""

_TYPED = ("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref")


def of_annotations(tool: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with what a tool claims about its effects."""
    hints = tool.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    reads, harms = hints.get("readOnlyHint"), hints.get("destructiveHint")
    if not isinstance(reads, bool) and not isinstance(harms, bool):
        says = "It does not say whether it only reads; set readOnlyHint or destructiveHint."
        yield Finding(Rule.NO_ANNOTATIONS, shown(tool), says)
    elif reads is True and claimed(tool) is Risk.DESTRUCTIVE:
        other = "destructiveHint" if harms is True else "its name"
        says = f"readOnlyHint says that it only reads, {other} that it takes something away."
        yield Finding(Rule.ANNOTATIONS_DISAGREE, shown(tool), says)


def of_description(tool: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with a tool's description."""
    text = tool.get("description")
    text = text.strip() if isinstance(text, str) else ""
    if not text:
        says = "It has no description; say what it does, and when to use it."
        yield Finding(Rule.NO_DESCRIPTION, shown(tool), says)
    elif _is_vague(text, str(tool.get("name", ""))):
        says = f"“{plain(exact(text), 60)}” says little more than the name."
        yield Finding(Rule.VAGUE_DESCRIPTION, shown(tool), says)
    elif len(text) > DESCRIPTION:
        says = f"Its description has {len(text):,} characters; some APIs take {DESCRIPTION:,}."
        yield Finding(Rule.LONG_DESCRIPTION, shown(tool), says)


def of_parameters(tool: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with how a tool's parameters are described."""
    schema = tool.get("inputSchema")
    for where, node in places(schema):
        properties = node.get("properties")
        for name, one in (properties if isinstance(properties, dict) else {}).items():
            place = plain(exact(f"{where}.{name}" if where else name), 80)
            part = one if isinstance(one, dict) else {}
            if not _is_described(name, part, schema):
                says = f"The parameter {place} is not described."
                yield Finding(Rule.PARAMETER_UNDESCRIBED, shown(tool), says)
            if not any(word in part for word in _TYPED):
                says = f"The parameter {place} has no type."
                yield Finding(Rule.PARAMETER_UNTYPED, shown(tool), says)


def _is_described(name: str, part: Mapping[str, Any], schema: object) -> bool:
    # What a parameter's own schema does not say, the one that it refers to may.
    for one in (part, resolved(schema, part.get("$ref"))):
        text = one.get("description") if isinstance(one, dict) else None
        if isinstance(text, str) and (said := _words(text)):
            return said != _words(name)
    return False


def _is_vague(text: str, name: str) -> bool:
    if not _SPACED.fullmatch(text):
        return False  # Chinese and its neighbours put no blanks between words.
    said = _words(text)
    return len(said) < _LEAST or said == _words(name)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(_HUMP.sub(" ", text))]
