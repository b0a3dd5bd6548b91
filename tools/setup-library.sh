#!/usr/bin/env bash
# Builds `core` and `alloc` for targets, once, from the sources that Debian's compiler comes with, as they are built for those
# who have `rustup target add`: with optimisation, object code and bitcode. And a compiler that finds them.
#   setup-library.sh FOLDER TARGET...      afterwards, for each: FOLDER/bin/rustc --target TARGET
# Several may run at once.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 FOLDER TARGET..." >&2; exit 2; }
mkdir -p "$1/bin" "$1/lib/rustlib"
folder=$(cd "$1" && pwd)
shift
libraries=$folder/lib/rustlib
missing=()
for target in "$@"; do [ -d "$libraries/$target" ] || missing+=("$target"); done
[ ${#missing[@]} -gt 0 ] || exit 0

# Half a library from a run that was stopped would look like a whole one: build it aside, then rename.
new=$(mktemp -d "$folder/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir "$new/src"
cat > "$new/Cargo.toml" <<'Y'
[package]
name = "empty"
edition = "2024"

[workspace]
Y
echo '#![no_std]' > "$new/src/lib.rs"
# `-Zbuild-std` wants a nightly compiler, or one that is told to behave as if it built itself.
env -u RUSTUP_TOOLCHAIN -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_TARGET PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc \
  RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$new/target" \
  /usr/bin/cargo build --manifest-path "$new/Cargo.toml" --quiet --release -Zbuild-std=core,alloc "${missing[@]/#/--target=}"

# What runs on the host while something is compiled needs the host's.
for own in /usr/lib/rustlib/*; do
  case $(basename "$own") in etc | src) ;; *) ln -sfn "$own" "$libraries/" ;; esac
done
cat > "$new/rustc" <<Y
#!/bin/sh
exec /usr/bin/rustc --sysroot "$folder" "\$@"
Y
chmod 755 "$new/rustc"
mv "$new/rustc" "$folder/bin/rustc"
for target in "${missing[@]}"; do
  mkdir -p "$new/$target/lib"
  for library in core alloc compiler_builtins; do
    cp "$new/target/$target/release/deps/lib$library"-*.rlib "$new/$target/lib"
  done
  # Somebody else may have been faster, with the same.
  mv -T "$new/$target" "$libraries/$target" 2>/dev/null || [ -d "$libraries/$target" ]
done
