# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=ash disable=SC2154 # ARCH, MODPATH: the installer's
#
# Sourced by the installer, with the files in $MODPATH: say at once what would be found out
# only at the next boot.
# shellcheck source=common.sh
. "$MODPATH/common.sh"

[ "$ARCH" = arm64 ] || abort "! for arm64, not $ARCH"
if ! file=$(module_for "$MODPATH"); then
	ui_print "! this kernel is $(uname -r); the modules in here are for"
	for folder in "$MODPATH"/kernels/*; do
		ui_print "!   ${folder##*/}"
	done
	abort "! build one for this kernel, and this package with it: make android KO=..."
fi

mkdir -p "$state"
if [ ! -f "$config" ]; then
	ui_print "- your mappings belong in $config"
	cp "$MODPATH/sipsteer.conf" "$config"
fi
rm -f "$trying"
# Not kept on the phone: the other kernels' modules.
for folder in "$MODPATH"/kernels/*; do
	[ "$folder" = "${file%/*}" ] || rm -r "$folder"
done
set_perm "$MODPATH/system/bin/sipsteer" 0 2000 0755
ui_print "- reboot, then: su -c sipsteer show"
