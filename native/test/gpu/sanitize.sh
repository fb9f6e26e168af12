#!/bin/sh
# sanitize.sh TOOL PROGRAM CASE: runs a case under a tool of compute-sanitizer; 77 where that or a GPU is missing.
set -eu
command -v compute-sanitizer >/dev/null || {
  echo "not run: compute-sanitizer is not on PATH"
  exit 77
}
# Under the tool its own findings decide, so what cannot run is found out before.
"$2" presence || exit $?
exec compute-sanitizer --tool "$1" --error-exitcode 1 "$2" "$3" --small
