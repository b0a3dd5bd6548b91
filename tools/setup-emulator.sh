#!/usr/bin/env bash
# Unpacks Debian's QEMU for Arm and RISC-V into a folder; installs nothing, so that it is in nobody's way: Debian's
# packages of QEMU must all have one version, and one of them may be installed in another.
#   setup-emulator.sh FOLDER      afterwards: FOLDER/bin/qemu-system-arm, FOLDER/bin/qemu-system-riscv32
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
folder=$1
fail() { echo "setup-emulator: $*" >&2; exit 1; }

[ ! -f "$folder/complete" ] || exit 0
command -v apt-get >/dev/null || fail "there is no apt-get here to get QEMU with"
[ "$(id -u)" = 0 ] || fail "only root can update the package lists; or install QEMU"
apt-get -qq -o DPkg::Lock::Timeout=300 update >&2

# Half an emulator from a run that was stopped would look like a whole one: build it aside, then rename.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/packages/partial" "$new/root" "$new/bin"
# With the libraries that it needs and this machine lacks.
apt-get -qq -y --download-only --no-install-recommends -o DPkg::Lock::Timeout=300 \
  -o Dir::Cache::archives="$new/packages" -o APT::Sandbox::User=root install qemu-system-arm qemu-system-misc >&2 ||
  fail "cannot download QEMU"
for file in "$new"/packages/*.deb; do dpkg -x "$file" "$new/root"; done
rm -r "$new/packages"

architecture=$(basename "$(echo "$new"/root/usr/lib/*-linux-gnu*)")
for program in qemu-system-arm qemu-system-riscv32; do
  # What is installed already was not downloaded, and is not needed.
  [ -x "$new/root/usr/bin/$program" ] || continue
  cat > "$new/bin/$program" <<Y
#!/bin/sh
root=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/root
LD_LIBRARY_PATH=\$root/usr/lib/$architecture:\$root/lib/$architecture\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec "\$root/usr/bin/$program" -L "\$root/usr/share/qemu" "\$@"
Y
  chmod +x "$new/bin/$program"
  "$new/bin/$program" --version | head -n 1
done
touch "$new/complete"
mv "$new" "$folder"
