#!/bin/sh
# assemble.sh TEXT: whether the texts that only tests use assemble for every GPU that the kernels are made for.
set -eu
command -v ptxas >/dev/null || {
  echo "not run: ptxas is not on PATH"
  exit 77
}
for sm in 75 80 86 89 90 100 120; do ptxas --gpu-name "sm_$sm" "$1" --output-file /dev/null; done
