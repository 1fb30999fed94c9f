"""Cassettes: the read-only calls of a session, kept in one readable file and served again."""
