"""A server over stdio that asks the person before it answers, in both eras."""

from __future__ import annotations

from typing import Annotated

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Elicit, MCPServer, Resolve
from pydantic import BaseModel

server = MCPServer("asking", version="1.2.3", instructions="Ask for a colour.")


class Colour(BaseModel):
    """What the person chose."""

    colour: str


def wanted() -> Elicit[Colour]:
    """Ask for it."""
    return Elicit("Which colour?", Colour)


@server.tool()
def paint(wall: str, choice: Annotated[ElicitationResult[Colour], Resolve(wanted)]) -> str:
    """Paint a wall in the colour that the person chooses."""
    chosen = choice.data.colour if isinstance(choice, AcceptedElicitation) else "nothing"
    return f"{wall} in {chosen}"


if __name__ == "__main__":
    server.run()
