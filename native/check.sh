#!/usr/bin/env bash
# Builds and tests the native core, plain and under the sanitizers, and compares what is generated. Needs CMake and a C++
# compiler; says what it could not do. The TypeScript packages must be built.
set -euo pipefail
cd "$(dirname "$0")"
for preset in release asan tsan; do
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" --parallel "$(nproc)" >/dev/null
  ctest --preset "$preset" --label-regex cpu
done
node tools/make_record_corpus.mjs --check
node wasm/build.mjs --check
