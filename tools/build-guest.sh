#!/usr/bin/env bash
# Builds albireo-tiny, a Linux that boots in seconds: Debian's cloud kernel with a busybox around it. Needs a Debian or
# Ubuntu with apt, dpkg, cpio and gzip; no root. Nothing is installed: packages are downloaded and taken apart.
#
#   tools/build-guest.sh DIR     -> DIR/vmlinuz, DIR/initrd.gz, and DIR/albireo-tiny.img, a disk that boots by itself
#
# It takes its address by DHCP, reads a config drive or the Metadata API, sets its name, lets the server's key in as root by
# ssh (dropbear), runs user data that is a shell script, answers on port 80 with its name, keeps what is in /mnt and /tmp on
# its first disk, hears the power button, and gives a shell on its serial line.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/guest" && pwd)
[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
work=$(mktemp -d "$target/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
[ -n "$kernel" ] || { echo "$0: apt knows no linux-image-cloud-amd64: run apt-get update" >&2; exit 1; }
libraries=(libc6 libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g)
apt-get download -qq "$kernel" busybox-static dropbear-bin "${libraries[@]}" syslinux syslinux-common mtools dosfstools 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" root; done
found() { find root -path "*/$1" -type f | head -1; }

mkdir -p initrd/{bin,config,dev,etc,lib/modules,mnt,proc,run,sys,tmp,root}
install -m 755 "$(found bin/busybox)" initrd/bin/busybox
for applet in $(initrd/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "initrd/bin/$applet"; done
for module in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net \
  virtio_blk scsi_common scsi_mod sd_mod virtio_scsi cdrom sr_mod libata ata_piix libahci ahci isofs fat vfat nls_cp437 \
  nls_ascii nls_utf8 nls_iso8859-1 button evdev e1000 virtio_rng; do
  file=$(found "$module.ko*")
  case $file in
    '') continue ;;
    *.xz) xz -dc "$file" > "initrd/lib/modules/$module.ko" ;;
    *.zst) zstd -qdc "$file" > "initrd/lib/modules/$module.ko" ;;
    *) cp "$file" initrd/lib/modules/ ;;
  esac
  echo "$module.ko" >> initrd/lib/modules/order
done
# dropbear with the libraries that its own loader finds for it.
install -m 755 "$(found sbin/dropbear)" "$(found bin/dropbearkey)" initrd/bin/
loader=$(find root -name ld-linux-x86-64.so.2 -not -type d | head -1)
mkdir -p initrd/lib64 initrd/lib/x86_64-linux-gnu
cp -L "$loader" initrd/lib64/ld-linux-x86-64.so.2
"$loader" --library-path root/lib/x86_64-linux-gnu:root/usr/lib/x86_64-linux-gnu --list initrd/bin/dropbear |
  sed -n 's/.* => \(root[^ ]*\) .*/\1/p' | while read -r library; do cp -L "$library" initrd/lib/x86_64-linux-gnu/; done
install -m 755 "$here/init" initrd/init
install -m 755 "$here/blkid" "$here/curl" "$here/sudo" initrd/bin/
install -m 755 "$here/udhcpc.script" initrd/etc/udhcpc.script
(cd initrd && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet | gzip -9n) > initrd.gz
cp root/boot/vmlinuz-* vmlinuz

# A FAT file system from the disk's first block on, with syslinux in it.
tools=$work/root
run() { MTOOLS_SKIP_CHECK=1 PATH=$tools/usr/bin:$tools/usr/sbin:$tools/sbin:$PATH "$@"; }
truncate -s 32M disk
run mkfs.fat -n TINY disk >/dev/null
printf 'SERIAL 0 115200\nDEFAULT tiny\nPROMPT 0\nLABEL tiny\n KERNEL vmlinuz\n INITRD initrd.gz\n APPEND console=tty0 console=ttyS0 quiet panic=5\n' > syslinux.cfg
run mcopy -i disk vmlinuz initrd.gz syslinux.cfg ::
run syslinux --install disk
mv vmlinuz initrd.gz "$target/"
mv disk "$target/albireo-tiny.img"
ls -l "$target/vmlinuz" "$target/initrd.gz" "$target/albireo-tiny.img"
