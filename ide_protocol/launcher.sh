#!/bin/sh
# The command `portico`. The interpreter starts isolated (-I): neither the workspace an editor
# happens to stand in nor its PYTHONPATH may put code of its own in our place, and for that reason
# `command -p` finds readlink on the system's own path and not on the caller's.
self=$(command -p readlink -f -- "$0") || exit
exec "${self%/*}/python" -I -m portico "$@"
