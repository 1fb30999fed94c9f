"""A browser without a window, for `BROWSER`: `python -I visitor.py FILE URL`.

It opens the page as a person's browser would, and presses the button whose label `FILE` holds, if
any. Then it writes into `FILE.seen` what the page showed, and what it shows after the press.
"""

import asyncio
import sys
from pathlib import Path

from sandbox.browser import Browser


async def visit(url: str, label: str) -> str:
    """Open `url` and press the button that says `label`, if any; all that was shown."""
    async with Browser.start("") as browser:
        await browser.open(url)
        shown = browser.words
        if label:
            await browser.press_label(label)
            shown += f"\n{browser.words}"
        return shown


if __name__ == "__main__":
    file = Path(sys.argv[1])
    shown = asyncio.run(visit(sys.argv[2], file.read_text(encoding="utf-8")))
    file.with_suffix(".seen").write_text(shown, encoding="utf-8")
