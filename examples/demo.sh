#!/usr/bin/env bash
# Builds qcc, compiles a small model for an MI300X and lets it tell a story, with no GPU:
#   examples/demo.sh ["Once upon a time"]
# Installs what is missing, builds into build/, and rebuilds nothing when it runs again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

prompt=${1:-"Once upon a time, there was a little girl named Lily. One day"}
model=examples/models/stories6M/onnx-genai-int4
artifact=build/demo/stories6M.gfx942.hsaco

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }
trap 'echo "demo: stopped by the error above" >&2' ERR

step "Packages"
scripts/setup.sh --for demo

step "Build"
if [ ! -f build/build.ninja ]; then
  echo "The first build takes about ten minutes on two cores."
  cmake --preset dev --log-level=WARNING -DQCC_BUILD_TESTS=OFF
fi
cmake --build build --target qcc qrun amdhip64_emulated

step "Compile $model for gfx942"
mkdir -p build/demo
build/bin/qcc "$model" -o "$artifact" --target gfx942

step "Run $artifact on the emulated device"
printf '%s' "$prompt"
build/bin/qrun "$artifact" --device emulated --prompt "$prompt" \
  --temperature 0 --max-tokens 160 --ignore-eos

step "Done; again with another prompt: examples/demo.sh \"The dragon\""
