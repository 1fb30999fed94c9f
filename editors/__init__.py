"""Thin clients of the editors. They show, ask and start the shim; they never decide."""
