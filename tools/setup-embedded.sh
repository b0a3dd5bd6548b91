#!/usr/bin/env bash
# Installs from Debian what the checks need and the machine lacks. `cargo xtask` calls it; a second run only
# checks.
#   setup-embedded.sh compiler   a compiler with the library's sources, which builds for every target
#   setup-embedded.sh clippy     its clippy
#   setup-embedded.sh valgrind   valgrind
# Where nothing can be installed (no apt-get, not root) it says what is missing and fails.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

say() { echo "setup-embedded: $*" >&2; }
fail() { say "$*"; exit 1; }

installed() { [[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" == ?i* ]]; }
version() { dpkg-query -W -f '${Version}' "$1"; }

updated=no
apt_install() {
  command -v apt-get >/dev/null || fail "missing: $*; there is no apt-get here to install them with"
  [ "$(id -u)" = 0 ] || fail "missing: $*; as root: apt-get install --no-install-recommends $*"
  # Another apt-get may be at work: wait for it instead of failing.
  local wait=(-qq -o DPkg::Lock::Timeout=300)
  if [ $updated = no ]; then apt-get "${wait[@]}" update >&2; updated=yes; fi
  say "installing $*"
  local log
  log=$(mktemp)
  # Never at the cost of what is installed: rustc-web and cargo-web conflict with rustc, cargo and rustup.
  apt-get "${wait[@]}" -y --no-remove --no-install-recommends install "$@" >"$log" 2>&1 || {
    tail -20 "$log" >&2
    local other conflicts=()
    for other in rustc cargo rustup; do if installed "$other"; then conflicts+=("$other"); fi; done
    [ ${#conflicts[@]} = 0 ] || say "Debian's packages ${conflicts[*]} are installed and may conflict with these." \
      "Nothing was removed. With rustup, \`rustup target add\` makes Debian's compiler unnecessary."
    fail "apt-get failed"
  }
  rm -f "$log"
}
need() {
  local package missing=()
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}

# The packages of one compiler must have one version, or the sources do not fit it.
rust=(rustc-web cargo-web rust-web-src rust-web-llvm)
compiler() {
  need "${rust[@]}"
  local package
  for package in cargo-web rust-web-src; do
    if [ "$(version "$package")" != "$(version rustc-web)" ]; then
      say "$package and rustc-web have different versions"
      apt_install "${rust[@]}"
    fi
  done
  # rust-web-llvm brings /usr/bin/rust-lld, a link into lld-NN, but does not depend on that package.
  need "lld-$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')"
  command -v rust-lld >/dev/null || fail "no rust-lld, although rust-web-llvm and lld are installed"
  [ -f /usr/lib/rustlib/src/rust/library/core/src/lib.rs ] || fail "no library sources below /usr/lib/rustlib/src"
}

case "${1-}" in
  compiler) compiler ;;
  clippy) compiler; need rust-web-clippy ;;
  valgrind) need valgrind ;;
  *) echo "usage: $0 compiler | clippy | valgrind" >&2; exit 2 ;;
esac
