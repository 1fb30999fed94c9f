"""The Knowledge server: search that cites, documents, resources."""

from __future__ import annotations

import pytest
from mcp import Client

from sandbox.kit import Refusal
from sandbox.servers.knowledge import knowledge
from sandbox.servers.knowledge_index import Index, sections
from tests.sandbox.loopback import said


@pytest.mark.parametrize(
    ("question", "cite"),
    [
        ("Why is my Spark job skewed?", "spark-tuning.md#skewed-keys"),
        ("how do I get access to revenue metrics", "access-requests.md#which-group"),
        ("a review of my server is still open", "mcp-approvals.md#the-three-reviews"),
        ("who is on call at handover", "on-call.md#handover"),
    ],
)
async def test_a_question_finds_the_section_that_answers_it(question: str, cite: str) -> None:
    """The first finding is the right section, with a snippet and a source to cite."""
    async with Client(knowledge().server) as client:
        result = await client.call_tool("search", {"query": question})
    assert result.structured_content is not None
    first = result.structured_content["result"][0]
    assert first["cite"] == cite
    assert first["snippet"]


async def test_every_citation_can_be_read() -> None:
    """A cited source, with or without its section, opens the document it names."""
    async with Client(knowledge().server) as client:
        found = await client.call_tool("search", {"query": "approval", "limit": 20})
        assert found.structured_content is not None
        for finding in found.structured_content["result"]:
            page = await client.call_tool("read_document", {"source": finding["cite"]})
            assert page.structured_content is not None
            assert f"# {finding['section']}" in page.structured_content["text"]
        missing = await client.call_tool("read_document", {"source": "../../etc/passwd"})
    assert missing.is_error
    assert "There is no document" in said(missing)


@pytest.mark.parametrize(
    "query", ['"', "a* OR (", "NEAR(x y)", "title:spark", "spark -tuning", "'"]
)
def test_what_people_type_is_never_a_query_language(query: str) -> None:
    """Operators of the search engine are words or nothing, and never an error of the engine."""
    index = Index({"a.md": "# A\n\nspark and tuning\n"})
    try:
        hits = index.search(query, 5)
    except Refusal:
        hits = []
    assert {hit.source for hit in hits} <= {"a.md"}


def test_sections_with_more_of_the_words_come_first() -> None:
    """A section with every word is the best, and one with some of them is still found."""
    index = Index({"a.md": "# A\n\nblue whale\n", "b.md": "# B\n\nblue blue blue sky\n"})
    assert [hit.source for hit in index.search("blue whale", 5)] == ["a.md", "b.md"]
    assert [hit.source for hit in index.search("whale submarine", 5)] == ["a.md"]
    with pytest.raises(Refusal, match="at least one word"):
        index.search("?!", 5)


def test_documents_are_cut_at_their_headings() -> None:
    """Each section carries its heading, and empty ones are left out."""
    text = "before\n# One\n\n## Two\nsecond\n\n# Three\nthird\n"
    assert list(sections(text)) == [("", "before"), ("Two", "second"), ("Three", "third")]


async def test_documents_are_resources_as_well() -> None:
    """Every document of the handbook can be listed and read as a resource."""
    async with Client(knowledge().server) as client:
        listed = (await client.list_resources()).resources
        assert len(listed) == len(Index.handbook().documents) >= 12
        by_name = {resource.name: resource for resource in listed}
        read = await client.read_resource(by_name["on-call.md"].uri)
    assert read.contents[0].mime_type == "text/markdown"
    assert getattr(read.contents[0], "text", "").startswith("# On-call handbook")
