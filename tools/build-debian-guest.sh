#!/usr/bin/env bash
# Builds albireo-debian, a Debian with cloud-init and sshd as a disk that boots by itself: what a user's image is, small
# enough for an emulated machine. Nothing is installed here but what is asked for below.
#
#   tools/build-debian-guest.sh DIR [SUITE [MIRROR]]     -> DIR/albireo-debian.qcow2; SUITE is bookworm unless given
#
# Needs a Debian or Ubuntu with: mmdebstrap qemu-utils e2fsprogs (apt-get install them), and a Debian archive that
# mmdebstrap reaches: its own default, or MIRROR. As root, or as a user with a line in /etc/subuid.
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 3 ] || { echo "usage: $0 DIR [SUITE [MIRROR]]" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/guest" && pwd)
for program in mmdebstrap qemu-img mke2fs apt-get dpkg-deb; do
  command -v "$program" >/dev/null || { echo "$0: $program is missing: apt-get install mmdebstrap qemu-utils e2fsprogs" >&2; exit 1; }
done
mkdir -p "$1"
target=$(cd "$1" && pwd)
suite=${2:-bookworm}
work=$(mktemp -d "$target/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# cloud-init of this suite asks dhclient for its first address; growpart needs sfdisk.
packages=systemd-sysv,udev,dbus,linux-image-cloud-amd64,cloud-init,cloud-guest-utils,fdisk,openssh-server,sudo
packages+=,isc-dhcp-client,ifupdown,iproute2,iputils-ping,netbase,e2fsprogs
mmdebstrap --quiet --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="sh '$here/debian-files' \"\$1\"" \
  --customize-hook='download /vmlinuz vmlinuz' --customize-hook='download /initrd.img initrd.img' \
  "$suite" root.tar ${3:+"$3"}

# The root file system, with the owners that the files have in the archive.
make_root='mkdir root && tar -x -C root --exclude="./dev/*" -f root.tar && truncate -s 1500M root.ext4 &&
  mke2fs -q -t ext4 -L root -d root root.ext4 && rm -rf root'
if [ "$(id -u)" = 0 ]; then sh -c "$make_root"; else mmdebstrap --unshare-helper sh -c "$make_root"; fi

# A FAT file system with syslinux before it, whose kernel is that of the build.
apt-get download -qq syslinux syslinux-common mtools dosfstools 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" tools; done
run() { MTOOLS_SKIP_CHECK=1 PATH=$work/tools/usr/bin:$work/tools/usr/sbin:$work/tools/sbin:$PATH "$@"; }
sector=512 boot_start=2048 boot_sectors=196608
root_start=$((boot_start + boot_sectors)) root_sectors=$(($(stat -c %s root.ext4) / sector))
truncate -s $((boot_sectors * sector)) boot.fat
run mkfs.fat -n BOOT -h $boot_start boot.fat >/dev/null
printf 'SERIAL 0 115200\nDEFAULT debian\nPROMPT 0\nLABEL debian\n KERNEL vmlinuz\n INITRD initrd.img\n APPEND root=LABEL=root ro console=tty0 console=ttyS0 quiet\n' > syslinux.cfg
run mcopy -i boot.fat vmlinuz initrd.img syslinux.cfg ::
run syslinux --install boot.fat

# An entry of the partition table: state, kind, first sector and number of sectors, the last two in 32 bits.
entry() {
  local state=$1 kind=$2 number
  printf "\\x$state\\xfe\\xff\\xff\\x$kind\\xfe\\xff\\xff"
  for number in "$3" "$4"; do
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((number & 255)) $((number >> 8 & 255)) $((number >> 16 & 255)) $((number >> 24 & 255)))"
  done
}
truncate -s $(((root_start + root_sectors) * sector)) disk
put() { dd of=disk conv=notrunc,sparse bs=1M oflag=seek_bytes seek="$1" status=none; }
head -c 440 tools/usr/lib/syslinux/mbr/mbr.bin | put 0
{ entry 80 0c $boot_start $boot_sectors; entry 00 83 $root_start $root_sectors; } | put 446
printf '\x55\xaa' | put 510
put $((boot_start * sector)) < boot.fat
put $((root_start * sector)) < root.ext4
qemu-img convert -q -c -O qcow2 disk albireo-debian.qcow2
mv albireo-debian.qcow2 "$target/"
ls -l "$target/albireo-debian.qcow2"
