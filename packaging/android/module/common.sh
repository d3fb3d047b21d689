# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=ash
#
# What install, boot and removal share. Run by the ash of BusyBox that Magisk and
# KernelSU bring.

# Not in the module's folder, which an update replaces.
state=${SIPSTEER_STATE:-/data/adb/sipsteer}
sysfs=${SIPSTEER_SYSFS:-/sys/module}
# shellcheck disable=SC2034 # for who includes this
config=$state/sipsteer.conf
# Is there while the phone boots with the module: found at the next boot, the last one did
# not get to its end.
trying=$state/trying

say() { echo "$(date '+%F %T') $*" >>"$state/log"; }

# module_for FOLDER: the module among those there that this kernel takes.
module_for() {
	local file
	file=$1/kernels/$(uname -r)/nf_sipsteer.ko
	[ -f "$file" ] && echo "$file"
}

loaded() { [ -d "$sysfs/nf_sipsteer" ]; }

# start FOLDER: load the module, and tell it the mappings. If anything is wrong with the file
# there are none, and the phone works as without this.
start() {
	local file
	if [ -e "$trying" ]; then
		say "the last boot with the module did not get to its end, so it stays out;" \
			"remove $trying to try again"
		return 1
	fi
	: >"$trying" && sync
	if ! loaded; then
		file=$(module_for "$1") || {
			say "no module for $(uname -r)"
			rm -f "$trying"
			return 1
		}
		if ! insmod "$file" 2>>"$state/log"; then
			say "cannot load $file: the kernel's log tells why"
			rm -f "$trying"
			return 1
		fi
	fi
	if [ -f "$config" ]; then
		"$1/system/bin/sipsteer" restore "$config" 2>>"$state/log" ||
			say "no mappings: something is wrong with $config"
	fi
}

# Only once the phone is up, the boot counts as survived.
booted() {
	until [ "$(getprop sys.boot_completed)" = 1 ]; do
		sleep 1
	done
	rm -f "$trying"
}

stop() {
	! loaded || rmmod nf_sipsteer
}
