"""A browser without a window: it opens an address and follows it to wherever it leads.

`driver` names it in `BROWSER`, where `portico login` looks for one. The suite's issuers ask nobody
for a password, so that following is all that a person would do.
"""

from __future__ import annotations

import contextlib
import sys
import urllib.error
import urllib.request

if __name__ == "__main__":
    with (
        contextlib.suppress(urllib.error.HTTPError),  # the page that says that it failed
        urllib.request.urlopen(sys.argv[1], timeout=20) as page,  # noqa: S310 - from the hub.
    ):
        page.read()
