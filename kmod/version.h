/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of module and tool alike. All that is packaged or written about
 * them takes it from here (scripts/version).
 */
#ifndef _SIPSTEER_VERSION_H
#define _SIPSTEER_VERSION_H

#define SIPSTEER_VERSION "0.1.0"

#endif
