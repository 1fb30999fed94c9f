"""Portico's own methods: one contract, answered alike for editors and for the command line."""
