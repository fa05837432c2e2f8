#!/usr/bin/env bash
# Installs what is missing, builds everything into build/ and runs every test; arguments go to ctest
# (test/run.sh -R lit). Rebuilds nothing when it runs again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

trap 'echo "test/run.sh: failed" >&2' ERR

scripts/setup.sh --for tests
cmake --preset dev --log-level=WARNING -DQCC_BUILD_TESTS=ON
cmake --build build
ctest --test-dir build --output-on-failure --parallel 2 "$@"
