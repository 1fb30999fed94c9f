#!/bin/sh
# A real Secret Service inside a private bus: run a command with an unlocked keyring of its own.
# usage: dbus-run-session -- sh tests/keyring/session.sh COMMAND [ARG ...]
set -eu
XDG_DATA_HOME=$(mktemp -d)
XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_DATA_HOME XDG_RUNTIME_DIR
trap 'rm -rf "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR"' EXIT
printf test-only | gnome-keyring-daemon --unlock --components=secrets >/dev/null
export PORTICO_TEST_KEYRING=1
"$@"
