"""The way in: the shim that an editor starts, the birth of the hub, and who is let in there.

The shim imports this package, so nothing stands here.
"""
