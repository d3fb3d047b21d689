#!/system/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=ash
#
# At the boot after it was removed.
# shellcheck source=common.sh
. "${0%/*}/common.sh"

stop
rm -rf "$state"
