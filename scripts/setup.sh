#!/usr/bin/env bash
# Installs what is missing to build qcc on Debian 12:  scripts/setup.sh --for demo|tests
# Says what it installs, and does nothing (not even `apt-get update`) where nothing is missing.
set -euo pipefail

# This list is the only one; README says what each package is for.
demo_packages=(
  clang-22 lld-22 cmake ninja-build ccache pkg-config
  llvm-22-dev libmlir-22-dev mlir-22-tools liblld-22-dev
  flatbuffers-compiler libflatbuffers-dev
  protobuf-compiler libprotobuf-dev libonnx-dev
  nlohmann-json3-dev libcli11-dev libxxhash-dev libutf8proc-dev libpcre2-dev
)
test_packages=(
  libgtest-dev libgmock-dev
  llvm-22 llvm-22-tools libclang-rt-22-dev
  libamdhip64-dev rocm-device-libs
)

fail() {
  echo "setup: $*" >&2
  exit 1
}

[ "${1:-}" = --for ] || fail "usage: scripts/setup.sh --for demo|tests"
case "${2:-}" in
  demo) packages=("${demo_packages[@]}") ;;
  tests) packages=("${demo_packages[@]}" "${test_packages[@]}") ;;
  *) fail "usage: scripts/setup.sh --for demo|tests" ;;
esac

if ! { command -v apt-get && command -v dpkg-query; } >/dev/null; then
  echo "setup: no apt-get here, so nothing is installed; qcc needs what Debian 12 calls:" \
       "${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    fail "run it as root, or install as root: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

echo "setup: installing ${missing[*]}"
apt update || fail "the package lists could not be brought up to date; see apt-get's message above"
apt install --yes --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install them. LLVM 22 is in Debian 12's archive of security updates:" \
       "/etc/apt must name bookworm-security"
