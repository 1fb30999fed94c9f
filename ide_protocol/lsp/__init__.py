"""LSP: the front that editors speak to, over pygls."""
