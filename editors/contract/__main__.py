"""`python -m editors.contract`: write the contract in every language of the clients."""

from __future__ import annotations

from editors.contract.files import FILES

if __name__ == "__main__":
    for path, written in FILES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(), encoding="utf-8")
