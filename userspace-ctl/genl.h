/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GENL_H
#define GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

struct genl;
struct nlattr;

/* More than the kernel has in any attribute set. */
#define GENL_ATTR_MAX	31
#define GENL_PAYLOAD_MAX	65507

/**
 * struct genl_attrs - the attributes of a message or of a nest
 * @tb: by type; of several with one type the last
 * @first: where all of them begin
 * @size: of all of them, in bytes
 */
struct genl_attrs {
	const struct nlattr *tb[GENL_ATTR_MAX + 1];
	const void *first;
	size_t size;
};

/* Takes what one message says; 0, or a negative errno to stop. */
typedef int (*genl_reply_fn)(const struct genl_attrs *attrs, void *data);

/**
 * struct genl_dump - what to do with the entries of a table
 * @begin: start afresh; the table changed while it was read
 * @entry: take one entry
 */
struct genl_dump {
	int (*begin)(void *data);
	genl_reply_fn entry;
};

/* Takes an event: a SIPSTEER_CMD_*_NTF, and whether it replaces something. */
typedef void (*genl_event_fn)(uint8_t command, bool replaced,
			      const struct genl_attrs *attrs, void *data);

/**
 * struct genl_refusal - what the kernel refused first of a batch
 * @request: index of the request in the batch; negative if it is none's fault
 * @value: the word that is at fault, as genl_blame() was told; NULL if unknown
 * @reason: why; valid until the next request
 */
struct genl_refusal {
	int request;
	const char *value;
	const char *reason;
};

struct genl *genl_open(void);
struct genl *genl_open_if_there(bool *is_there);
void genl_close(struct genl *genl);

void genl_start(struct genl *genl, uint8_t command, uint16_t flags);
void genl_blame(struct genl *genl, const char *keyword, const char *value);
void genl_put_u8(struct genl *genl, uint16_t type, uint8_t value);
void genl_put_u32(struct genl *genl, uint16_t type, uint32_t value);
void genl_put_string(struct genl *genl, uint16_t type, const char *value);
void genl_put_data(struct genl *genl, uint16_t type, const void *data,
		   size_t size);
void genl_put_addr(struct genl *genl, uint16_t type, const struct addr *addr);
void genl_put_port(struct genl *genl, uint16_t type, uint16_t port);

int genl_do(struct genl *genl, genl_reply_fn reply, void *data);
int genl_dump(struct genl *genl, uint8_t command, const struct genl_dump *dump,
	      void *data);
int genl_result(struct genl *genl, int err);

void genl_batch_begin(struct genl *genl);
void genl_batch_add(struct genl *genl, uint8_t command, uint16_t flags);
bool genl_batch_is_full(const struct genl *genl);
int genl_batch_send(struct genl *genl, struct genl_refusal *refusal);

int genl_join(struct genl *genl, const char *const *groups);
int genl_fd(const struct genl *genl);
int genl_events(struct genl *genl, genl_event_fn event, void *data);

uint8_t genl_get_u8(const struct genl_attrs *attrs, int type, uint8_t absent);
uint32_t genl_get_u32(const struct genl_attrs *attrs, int type,
		      uint32_t absent);
uint64_t genl_get_u64(const struct genl_attrs *attrs, int type,
		      uint64_t absent);
void genl_get_string(const struct genl_attrs *attrs, int type, char *text,
		     size_t size);
int genl_get_prefix(const struct genl_attrs *attrs, int addr_type,
		    int len_type, struct prefix *prefix);
int genl_get_endpoint(const struct genl_attrs *attrs, int addr_type,
		      int port_type, struct endpoint *endpoint);
uint16_t genl_get_port(const struct genl_attrs *attrs, int type);
int genl_each_nest(const struct genl_attrs *attrs, int type,
		   genl_reply_fn reply, void *data);

#endif
