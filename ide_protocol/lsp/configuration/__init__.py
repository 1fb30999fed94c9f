"""Configuration as a language: `portico.toml`, and the files in which hosts keep their servers.

What is decided here is decided from a text and from what is known (`knowledge`), without a hub, an
editor or a file. Only `language` and `known` meet the hub.
"""
