"""The rules that a server's tools are held against, by names that never change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TOOLS = 40
"""Tools of one server; a host that takes no more (Cursor) has no room for a second server."""

TOKENS = 1000
"""What one definition may cost, in tokens as `proxy.lint.cost` counts them."""

DESCRIPTION = 1024
"""Characters of a description that every model API takes (OpenAI's functions take no more)."""

NAME = 64
"""Characters of a tool's name that every model API takes."""


class Rule(StrEnum):
    """One rule; the value is its name, for reports and for `--ignore`."""

    NAME_REJECTED = "name-rejected"
    NAME_CUT = "name-cut"
    NAME_TWICE = "name-twice"
    NAME_ALIKE = "name-alike"
    NO_ANNOTATIONS = "no-annotations"
    ANNOTATIONS_DISAGREE = "annotations-disagree"
    NO_DESCRIPTION = "no-description"
    VAGUE_DESCRIPTION = "vague-description"
    LONG_DESCRIPTION = "long-description"
    PARAMETER_UNDESCRIBED = "parameter-undescribed"
    PARAMETER_UNTYPED = "parameter-untyped"
    SCHEMA_NOT_OBJECT = "schema-not-object"
    SCHEMA_TOP_LEVEL = "schema-top-level"
    SCHEMA_REFERENCE = "schema-reference"
    SCHEMA_ARRAY = "schema-array"
    SCHEMA_PATTERN = "schema-pattern"
    SCHEMA_REQUIRED = "schema-required"
    SCHEMA_INVALID = "schema-invalid"
    SCHEMA_HEADER = "schema-header"
    POISONED = "poisoned"
    MANY_TOKENS = "many-tokens"
    MANY_TOOLS = "many-tools"
    LEFT_OUT = "left-out"
    NOISE = "noise"


WRONG: dict[Rule, str] = {
    Rule.NAME_REJECTED: f"A name has other characters than letters, digits, `_` and `-`, or more "
    f"than {NAME}: model APIs reject it.",
    Rule.NAME_CUT: "With the server's name in front, a name is too long, and ends in a hash.",
    Rule.NAME_TWICE: "Two tools have the same name.",
    Rule.NAME_ALIKE: "A name looks like another tool's, or like one of Portico's own.",
    Rule.NO_ANNOTATIONS: "Neither `readOnlyHint` nor `destructiveHint`: hosts expect the worst, "
    "and ask about each call.",
    Rule.ANNOTATIONS_DISAGREE: "It claims to be read-only, and its name or another annotation "
    "says that it takes something away.",
    Rule.NO_DESCRIPTION: "No description: a model has to guess from the name.",
    Rule.VAGUE_DESCRIPTION: "A description of fewer than four words, or one that repeats the name.",
    Rule.LONG_DESCRIPTION: f"A description of more than {DESCRIPTION:,} characters, which some "
    "model APIs reject.",
    Rule.PARAMETER_UNDESCRIBED: "A parameter without a description, or with its name for one.",
    Rule.PARAMETER_UNTYPED: "A parameter without a type: some hosts reject the tool, and models "
    "guess.",
    Rule.SCHEMA_NOT_OBJECT: "A schema that is not of type `object`.",
    Rule.SCHEMA_TOP_LEVEL: "`anyOf`, `oneOf`, `allOf`, `not`, `enum` or `if` at the top of an "
    "input schema, which model APIs reject.",
    Rule.SCHEMA_REFERENCE: "A `$ref` that leads out of the schema, or to nothing in it.",
    Rule.SCHEMA_ARRAY: "A list that does not say of what, in an input schema: some hosts reject "
    "the tool.",
    Rule.SCHEMA_PATTERN: "A `pattern` with look-around, back-references or a dialect of its own, "
    "which not every host understands.",
    Rule.SCHEMA_REQUIRED: "A parameter is required and not among the properties.",
    Rule.SCHEMA_INVALID: "A schema that is no JSON Schema.",
    Rule.SCHEMA_HEADER: "`x-mcp-header` where MCP forbids it: clients drop the tool.",
    Rule.POISONED: "Words that no honest description needs, or characters that nobody sees: "
    "Portico holds the tool back.",
    Rule.MANY_TOKENS: f"A definition that costs more than {TOKENS:,} tokens in every request.",
    Rule.MANY_TOOLS: f"More than {TOOLS} tools, which is all that some hosts take of all servers.",
    Rule.LEFT_OUT: "More tools, or larger ones, than Portico takes.",
    Rule.NOISE: "A program prints to its standard output what is no message, which some clients "
    "do not forgive.",
}
"""What is wrong, and for whom; the table of docs/experiment.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is not kept.

    Attributes:
        rule: Which.
        tool: The tool's own name, safe to show; empty for the server as a whole.
        says: What is wrong there, as one sentence that is safe to show.
    """

    rule: Rule
    tool: str
    says: str
