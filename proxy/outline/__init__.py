"""Where things stand in a text of TOML or JSON, also in one that somebody is still writing.

Pure, and it never fails: what cannot be understood is passed over. The reader of the configuration
takes the lines of its problems from here, the editor's language what is at a cursor.
"""
