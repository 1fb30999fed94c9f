"""The writers behind `portico install`: which client reads which file, and how to add one entry.

`clients` is the table, `change` decides what is to be written, `file` writes it, and `ledger`
remembers it, so that taking it out again leaves the file as it was, byte for byte.
"""
