#!/bin/sh
# The command `portico`. The interpreter starts isolated (-I): neither the workspace an editor
# happens to stand in nor its PYTHONPATH may put code of its own in our place.
self=$(readlink -f -- "$0")
exec "${self%/*}/python" -I -m portico "$@"
