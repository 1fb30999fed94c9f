"""Portico's page: where a person answers in a browser that the company's sign-on knows."""
