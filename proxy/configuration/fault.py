"""What is wrong with a configuration, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proxy.outline.place import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct.

    Attributes:
        file: Path of the file.
        line: Line in it, from 1; where a key is missing, the line of its table.
        key: Dotted key as TOML writes it; empty for the file as a whole.
        message: What is wrong and what is allowed, without a final stop.
        path: The key again, as steps from the top; an integer is the place of an array's element.
    """

    file: str
    line: int
    key: str
    message: str
    path: Path = ()

    def as_json(self) -> dict[str, object]:
        """Itself for whoever reads JSON."""
        return {"file": self.file, "line": self.line, "key": self.key, "message": self.message}

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return place + (f"{self.key}: {self.message}" if self.key else self.message)


class ConfigurationFault(Fault):
    """`portico.toml` cannot be used; `problems` holds every reason, in the order of the file."""

    reference = "configuration-invalid"
    who = Who.PERSON
    remedy = "Correct the file, then run `portico config check`."

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__(
            "\n".join(map(str, self.problems)),
            data={"problems": [problem.as_json() for problem in self.problems]},
        )


class PolicyUnusable(Fault):
    """The company's policy cannot be used, so everything is denied; `data` holds every problem."""

    reference = "policy-unusable"
    who = Who.COMPANY
    remedy = "Have your administrator correct it; `portico policy check` shows every problem."

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            f"Your company's policy cannot be used: {first}{more}.",
            data={"problems": [problem.as_json() for problem in problems]},
        )


class ExpectationsInvalid(Fault):
    """A file of expectations cannot be used; `data` holds every problem."""

    reference = "expectations-invalid"
    who = Who.PERSON
    remedy = "Correct the file; docs/policy.md shows the format."

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            "\n".join(map(str, problems)),
            data={"problems": [problem.as_json() for problem in problems]},
        )
