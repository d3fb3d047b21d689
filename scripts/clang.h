/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the configuration of a kernel that gcc has built says of gcc only.  With these, clang takes per-CPU
 * variables for plain ones, without an error.
 */
#undef CONFIG_CC_HAS_NAMED_AS
#undef CONFIG_USE_X86_SEG_SUPPORT
