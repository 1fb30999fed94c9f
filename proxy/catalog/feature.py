"""What a server offers by name: the four lists of MCP, and what each goes by on the wire."""

from __future__ import annotations

from enum import StrEnum


class Feature(StrEnum):
    """One kind of thing that servers list; the value is the key of the list in a result."""

    TOOLS = "tools"
    PROMPTS = "prompts"
    RESOURCES = "resources"
    TEMPLATES = "resourceTemplates"

    @property
    def method(self) -> str:
        """The request that lists it."""
        return "resources/templates/list" if self is Feature.TEMPLATES else f"{self.value}/list"

    @property
    def key(self) -> str:
        """The field of a definition by which it is asked for."""
        return {Feature.RESOURCES: "uri", Feature.TEMPLATES: "uriTemplate"}.get(self, "name")

    @property
    def group(self) -> str:
        """The capability that announces it, and the word policy has for it."""
        return "resources" if self is Feature.TEMPLATES else self.value

    @property
    def noun(self) -> str:
        """What one of them is called in a sentence."""
        return {Feature.TOOLS: "tool", Feature.PROMPTS: "prompt"}.get(self, "resource")


OTHERS = (Feature.PROMPTS, Feature.RESOURCES, Feature.TEMPLATES)
"""Everything but tools."""

LISTED_BY = {feature.method: feature for feature in Feature}
"""Method -> what it lists."""
