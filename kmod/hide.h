/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_HIDE_H
#define SIPSTEER_HIDE_H

#include "walk.h"

struct sipsteer_hide;

void sipsteer_hide_message(const struct sipsteer_walk *walk,
			   unsigned int payload, unsigned int len);
struct sipsteer_hide *sipsteer_hide_create(u32 seq);
void sipsteer_hide_restart(struct sipsteer_hide *hide, u32 seq);
void sipsteer_hide_segment(const struct sipsteer_walk *walk,
			   struct sipsteer_hide *hide, u32 seq,
			   unsigned int payload);

#endif /* SIPSTEER_HIDE_H */
