#!/usr/bin/env bash
# leaks.sh CYCLE_TEST STAND_IN: no memory is lost or misused in the life of a shard, as valgrind sees it; and valgrind sees
# what is lost on purpose.
set -uo pipefail
if ! command -v valgrind >/dev/null; then
  echo "not run: valgrind is not here"
  exit 77
fi
readonly FOUND=99
checked() {
  valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible \
    --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=$FOUND "$@"
}
checked "$1" "$2" || exit 1
checked "$1" "$2" --leak >/dev/null 2>&1
[ $? -eq $FOUND ] || { echo "memory that was lost on purpose was not found"; exit 1; }
