#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Install every Debian package that building, testing and showing this project
# takes, on Debian 12. Does nothing, and needs no root, when all is there.
# --all-arches: also what it takes to build for, and test on, other architectures
# than amd64 and arm64.

set -eu -o pipefail

packages=(
	# The kernels of the test machine (6.12 is in bookworm-security), what
	# modules for them are built with, and the source whose ynl and kselftest
	# runner the tests use.
	linux-image-cloud-amd64
	linux-headers-cloud-amd64
	linux-image-6.12-cloud-amd64
	linux-headers-6.12-cloud-amd64
	linux-source-6.12

	# The test machine itself: emulator, file sharing, initramfs.
	qemu-system-x86
	qemu-system-common
	seabios
	busybox-static
	cpio
	kmod
	lz4
	util-linux
	xz-utils
	zstd

	# The same on arm64.
	gcc-12-aarch64-linux-gnu
	gcc-aarch64-linux-gnu
	mmdebstrap
	qemu-system-arm

	# Building the module, the tool and the tests.
	gcc
	libc6-dev
	libcmocka-dev
	libjansson-dev
	libmnl-dev
	libnftnl-dev
	make
	nettle-dev
	pkg-config

	# Checking: static analysis, fuzzing (against oSIP), coverage, generated code, the kernel's
	# checkpatch.
	clang
	clang-tidy
	coccinelle
	git
	libclang-rt-dev
	libosip2-dev
	libpython3.11
	llvm
	patch
	perl
	python3
	python3-docutils
	python3-jsonschema
	python3-sphinx
	python3-yaml
	shellcheck
	sparse

	# Packages, and the stock system that they are tried on.
	debhelper
	dh-dkms
	lintian
	rpm

	# Building the kernel that looks for our mistakes (vm/run --kernel debug).
	bc
	bison
	flex
	libelf-dev

	# What tests and the demo run inside the machine.
	baresip-core
	conntrack
	ethtool
	iperf3
	iproute2
	iptables
	kamailio
	linphone-cli
	nftables
	procps
	sip-tester
	sipsak
	tayga
	tcpdump
	zsh
)

[[ ${1:-} != --all-arches ]] || packages+=(
	gcc-12-arm-linux-gnueabihf
	gcc-arm-linux-gnueabihf
	gcc-12-s390x-linux-gnu
	gcc-s390x-linux-gnu
	qemu-system-misc
	zip
)

is_installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Print those of the arguments that are not installed.
missing() {
	local present
	present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p') || true
	comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$present")
}

# No package starts its daemon while it is installed here: a SIP proxy on the
# builder's own port 5060 is nobody's wish.
deny_daemons() {
	policy=/usr/sbin/policy-rc.d
	if [[ ! -e $policy ]]; then
		trap 'rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
}

mapfile -t wanted < <(missing "${packages[@]}")
((${#wanted[@]})) || exit 0

if ((EUID != 0)); then
	echo "${0##*/}: run as root to install: ${wanted[*]}" >&2
	exit 1
fi
echo "${0##*/}: installing ${wanted[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
deny_daemons
new_kamailio=
is_installed kamailio || new_kamailio=y
apt-get -qq update
apt-get -qq -y --no-install-recommends install "${wanted[@]}" >&2
# Nor at the next boot, unless it was there before us.
[[ $new_kamailio ]] && update-rc.d kamailio disable
mapfile -t wanted < <(missing "${packages[@]}")
if ((${#wanted[@]})); then
	echo "${0##*/}: still missing: ${wanted[*]}" >&2
	exit 1
fi
