#!/bin/sh
# Installs Portico into a dev container, from the wheel that the company names and from nothing else:
# no registry has a package of this name that is known to be ours.
set -eu

wheel=${WHEEL:-} sha256=${SHA256:-} python=${PYTHON:-python3} home=${PORTICO_PREFIX:-/opt/portico}

fail() {
  echo "portico: $1" >&2
  exit 1
}

case $wheel in
  '') fail 'the option "wheel" is empty; set it to the wheel that your company publishes' ;;
  https://*.whl)
    [ -n "$sha256" ] || fail 'a wheel from an address needs the option "sha256"' ;;
  /*.whl) [ -f "$wheel" ] || fail "there is no file $wheel" ;;
  *) fail 'the option "wheel" must be an https URL or an absolute path, and end in .whl' ;;
esac
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$python is not Python 3.11 or newer"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $wheel in
  https://*)
    # The name says the version and stays; pip reads it.
    file=$work/$(basename "$wheel")
    # A redirect may lead anywhere, so the hash decides what is installed.
    "$python" - "$wheel" "$file" <<'PY'
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=60) as answer, open(sys.argv[2], "wb") as file:
    file.write(answer.read())
PY
    ;;
  *) file=$wheel ;;
esac
if [ -n "$sha256" ]; then
  echo "$sha256  $file" | sha256sum -c --quiet - || fail 'the wheel is not the one that "sha256" names'
fi

"$python" -m venv "$home"
# Its dependencies come from wherever this container's pip is configured to look.
"$home/bin/python" -m pip install --quiet --disable-pip-version-check "$file"
ln -sf "$home/bin/portico" "${PORTICO_BIN:-/usr/local/bin}/portico"
portico=$("${PORTICO_BIN:-/usr/local/bin}/portico" version)
echo "$portico is installed in $home"
