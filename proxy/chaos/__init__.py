"""Trouble on purpose, for one window: servers that are slow, refuse, fail, or ask."""
