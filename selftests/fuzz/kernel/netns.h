/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_NETNS_H
#define FUZZ_NETNS_H

/* This thread is in the namespace of that name from now on, as "ip netns" has it; or it ends. */
void netns_enter(const char *name);

#endif
