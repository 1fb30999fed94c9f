"""The contract of Portico's own methods in the languages of the clients.

`python -m editors.contract` writes the files that are committed; a test says when one is stale.
"""
