#!/usr/bin/env bash
# Makes the kernels' texts (kernels/ptx/*.ptx) from kernels/digest.cu, or compares them with what it would make.
#
#   make_ptx.sh          writes them
#   make_ptx.sh --check  fails if one differs, does not assemble, spills, or needs more registers than planned
#
# nvcc writes the same text every time, but each version of it another one: the pinned version alone counts. Its
# `.version` line is lowered to the first PTX version that has the target, so that older drivers take the text.
set -euo pipefail
cd "$(dirname "$0")/../kernels"

readonly PINNED='release 13.0, V13.0.88'
# Text, and the PTX version that introduced its target (PTX ISA, "Release Notes").
readonly TEXTS=('75 6.3' '80 7.0' '90 7.8')
# What each text must assemble for.
declare -rA ASSEMBLED=([75]='75' [80]='80 86 89' [90]='90 100 120')
# 128 threads of 64 registers leave room for 8 blocks on a multiprocessor.
readonly MOST_REGISTERS=64

if ! nvcc --version | grep -qF "$PINNED"; then
  echo "not run: the texts are made by nvcc $PINNED"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for text in "${TEXTS[@]}"; do
  read -r sm version <<<"$text"
  nvcc -std=c++20 --expt-relaxed-constexpr -Werror all-warnings -ptx -arch="compute_$sm" digest.cu -o "$work/raw.ptx"
  sed -E "s/^\.version .*/.version $version/" "$work/raw.ptx" >"$work/sm_$sm.ptx"
  for target in ${ASSEMBLED[$sm]}; do
    ptxas -v -arch="sm_$target" "$work/sm_$sm.ptx" -o /dev/null 2>"$work/report"
    if grep -E '[1-9][0-9]* bytes (stack frame|spill)' "$work/report"; then
      echo "sm_$sm.ptx uses local memory on sm_$target"
      exit 1
    fi
    most=$(grep -oE 'Used [0-9]+ registers' "$work/report" | grep -oE '[0-9]+' | sort -n | tail -n 1)
    echo "sm_$sm.ptx on sm_$target: at most $most registers, no local memory"
    if [ "$most" -gt "$MOST_REGISTERS" ]; then
      echo "more than the $MOST_REGISTERS registers that are planned"
      exit 1
    fi
  done
  if [ "${1:-}" = --check ]; then
    cmp "$work/sm_$sm.ptx" "ptx/sm_$sm.ptx"
  else
    mkdir -p ptx
    cp "$work/sm_$sm.ptx" "ptx/sm_$sm.ptx"
  fi
done
