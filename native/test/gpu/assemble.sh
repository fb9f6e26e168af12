#!/bin/sh
# assemble.sh TEXT...: whether texts assemble for every GPU that the kernels are made for.
set -eu
command -v ptxas >/dev/null || {
  echo "not run: ptxas is not on PATH"
  exit 77
}
for text in "$@"; do
  for sm in 75 80 86 89 90 100 120; do ptxas --gpu-name "sm_$sm" "$text" --output-file /dev/null; done
done
