#!/usr/bin/env bash
# Unpacks Debian's packages of one version of Rust into a folder; installs nothing.
#   setup-msrv.sh VERSION FOLDER      afterwards: RUSTC=FOLDER/bin/rustc FOLDER/bin/cargo check
set -euo pipefail
[ $# = 2 ] || { echo "usage: $0 VERSION FOLDER" >&2; exit 2; }
version=$1 folder=$2
fail() { echo "setup-msrv: $*" >&2; exit 1; }

[ ! -f "$folder/complete" ] || exit 0
command -v apt-get >/dev/null || fail "there is no apt-get here to get Rust $version with"
offered() { apt-cache madison rustc-web | awk -F'|' -v v="$version" '{ gsub(/ /, "", $2) } index($2, v ".") == 1 { print $2; exit }'; }
package=$(offered)
if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
  apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
  package=$(offered)
fi
[ -n "$package" ] || fail "Debian offers no rustc-web $version (are the package lists up to date?)"

# Half a compiler from a run that was stopped would look like a whole one: build it aside, then rename.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir "$new/packages" "$new/root" "$new/bin"
# rustc needs the LLVM that it was built with, which is another one than the newest.
llvm=$(apt-cache depends "libstd-rust-web-$version=$package" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p')
(cd "$new/packages" && apt-get -qq download "rustc-web=$package" "cargo-web=$package" \
  "libstd-rust-web-$version=$package" "libstd-rust-web-dev=$package" $llvm libpcre3 2>/dev/null) ||
  fail "cannot download Rust $version"
for file in "$new"/packages/*.deb; do dpkg -x "$file" "$new/root"; done
rm -r "$new/packages"

# The programs look for their shared libraries in /usr, and for the standard library beside themselves.
architecture=$(basename "$(echo "$new"/root/usr/lib/*-linux-gnu*)")
for program in rustc rustdoc cargo; do
  cat > "$new/bin/$program" <<Y
#!/bin/sh
root=$folder/root
LD_LIBRARY_PATH=\$root/usr/lib/$architecture:\$root/lib/$architecture\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec \$root/usr/bin/$program "\$@"
Y
  chmod +x "$new/bin/$program"
done
touch "$new/complete"
mv "$new" "$folder"
"$folder/bin/rustc" --version
