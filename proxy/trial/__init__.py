"""Trying a server that somebody writes: met by this process alone, and nothing of it is kept."""
