"""What hosts, models and people stumble over in a server's tools, before anybody else meets them.

Pure: definitions in, findings out. The rules and their names are in `proxy.lint.rule`.
"""
