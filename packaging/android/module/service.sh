#!/system/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=ash
#
# At each boot, when data is there.
folder=${0%/*}
# shellcheck source=common.sh
. "$folder/common.sh"

start "$folder" && booted
