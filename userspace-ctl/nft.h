/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NFT_H
#define NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mnl_socket;
struct ruleset;

/* What a register, or a few of them in a row, can hold. */
#define NFT_BYTES_MAX	64
/* A verdict, not a value. */
#define NFT_REG_NONE	0xff

/**
 * struct nft_bytes - a value as the kernel compares it
 * @len: how many bytes
 * @bytes: mostly in network order
 */
struct nft_bytes {
	unsigned int len;
	unsigned char bytes[NFT_BYTES_MAX];
};

/**
 * struct nft_verdict - what becomes of a packet
 * @code: NF_ACCEPT, NF_DROP, or NFT_JUMP, NFT_GOTO, NFT_RETURN, NFT_CONTINUE
 * @chain: where to, for a jump or a goto; else NULL
 */
struct nft_verdict {
	int code;
	const char *chain;
};

enum nft_kind {
	NFT_KIND_OTHER,		/* only the name is known */
	NFT_KIND_META,		/* load of a packet's circumstance */
	NFT_KIND_CT,		/* load of a connection's property */
	NFT_KIND_FIB,		/* what the routes say of an address */
	NFT_KIND_PAYLOAD,	/* load of a part of the packet */
	NFT_KIND_MANGLE,	/* change of a part of the packet */
	NFT_KIND_BITWISE,	/* (value & mask) ^ xor */
	NFT_KIND_CMP,		/* goes on if it is true */
	NFT_KIND_RANGE,		/* goes on if it is true */
	NFT_KIND_LOOKUP,	/* goes on if found; may load what is found */
	NFT_KIND_VALUE,		/* load of a constant */
	NFT_KIND_VERDICT,	/* the rule's end */
	NFT_KIND_NAT,		/* dnat, snat */
	NFT_KIND_REDIRECT,	/* dnat to this host */
	NFT_KIND_OFFLOAD,	/* flow add */
	NFT_KIND_OBJECT,	/* use of a named object, as a ct helper */
	NFT_KIND_MATCH,		/* an iptables match */
	NFT_KIND_TARGET,	/* an iptables target */
};

/**
 * struct nft_expr - one step of a rule
 * @next: the step after it, or NULL
 * @kind: what it is; tells which part of the union counts
 * @name: the kernel's name for it; "target" and "match" have their own
 * @dreg: register that it writes, NFT_REG_NONE for none or for the verdict
 * @sreg: register that it reads, NFT_REG_NONE for none
 *
 * Registers are numbered by words of 4 bytes: what nft calls register 1 is 0
 * here, and its register 2 is 4.
 */
struct nft_expr {
	struct nft_expr *next;
	enum nft_kind kind;
	const char *name;
	unsigned char dreg;
	unsigned char sreg;
	union {
		struct {	/* META, CT: NFT_META_*, NFT_CT_* */
			uint32_t key;
		} load;
		struct {	/* FIB: NFT_FIB_RESULT_*, NFTA_FIB_F_* */
			uint32_t result;
			uint32_t flags;
		} fib;
		struct {	/* PAYLOAD, MANGLE: NFT_PAYLOAD_* */
			uint32_t base;
			uint32_t offset;
			uint32_t len;
		} payload;
		struct {	/* BITWISE; no mask if it is a shift */
			uint32_t len;
			struct nft_bytes mask;
			struct nft_bytes xor;
		} bitwise;
		struct {	/* CMP: NFT_CMP_* */
			uint32_t op;
			struct nft_bytes data;
		} cmp;
		struct {	/* RANGE: NFT_RANGE_*, both ends belong to it */
			uint32_t op;
			struct nft_bytes from;
			struct nft_bytes to;
		} range;
		struct {	/* LOOKUP: @dreg none and set->is_verdicts: a vmap */
			struct nft_set *set;
			bool invert;
		} lookup;
		struct nft_bytes value;		/* VALUE */
		struct nft_verdict verdict;	/* VERDICT */
		struct {	/* NAT: NFT_NAT_*; REDIRECT: only port_min.. */
			uint32_t type;
			uint32_t family;
			uint32_t flags;
			unsigned char addr_min;	/* registers */
			unsigned char addr_max;
			unsigned char port_min;
			unsigned char port_max;
		} nat;
		struct {	/* OFFLOAD */
			const char *flowtable;
		} offload;
		struct {	/* OBJECT: NFT_OBJECT_*; no name if from a map */
			uint32_t type;
			const char *object;
		} object;
		struct {	/* MATCH, TARGET */
			const char *name;
			uint32_t rev;
			uint32_t size;
			const void *info;
		} ext;
	};
};

/**
 * struct nft_rule - a rule
 * @next: the rule after it in its chain, or NULL
 * @chain: where it stands
 * @handle: the number to delete it by
 * @comment: nft's own comment, or NULL
 * @expr: its first step, or NULL
 */
struct nft_rule {
	struct nft_rule *next;
	const struct nft_chain *chain;
	uint64_t handle;
	const char *comment;
	struct nft_expr *expr;
};

/**
 * struct nft_chain - a chain
 * @next: another one, or NULL
 * @family: NFPROTO_*
 * @table: its table's name
 * @name: its name
 * @type: "filter", "nat" or "route" for a base chain; else NULL
 * @hook: where a base chain is hooked, NF_INET_* or the like
 * @priority: of a base chain
 * @device: the one device to which a base chain is bound, or NULL
 * @rule: its first rule, or NULL
 * @last: its last rule, or NULL
 */
struct nft_chain {
	struct nft_chain *next;
	uint32_t family;
	const char *table;
	const char *name;
	const char *type;
	uint32_t hook;
	int32_t priority;
	const char *device;
	struct nft_rule *rule;
	struct nft_rule *last;
};

/**
 * struct nft_elem - an element of a set or a map
 * @next: another one, or NULL
 * @key: its key, or the first key of a range
 * @key_end: the last key that belongs to it; the same as @key if it is one
 * @catch_all: it stands for all that no other element does; it has no key
 * @data: of a map that has values
 * @verdict: of a map that has verdicts
 * @object: of a map that has objects: its name; else NULL
 *
 * Of concatenations each part has a range of its own, and begins at a multiple
 * of 4 bytes.
 */
struct nft_elem {
	struct nft_elem *next;
	struct nft_bytes key;
	struct nft_bytes key_end;
	bool catch_all;
	struct nft_bytes data;
	struct nft_verdict verdict;
	const char *object;
};

/**
 * struct nft_set - a set or a map
 * @next: another one, or NULL
 * @family: NFPROTO_*
 * @table: its table's name
 * @name: its name, such as "__map3" for one that stands in a rule
 * @flags: NFT_SET_*
 * @key_len: in bytes
 * @is_verdicts: it is a map of verdicts
 * @parts: of how many parts a key consists, where the kernel knows; else 0
 * @part: how many bytes each has, before it is filled up to a multiple of 4
 * @elem: its first element once nft_elements() has read them
 * @read: it has
 */
struct nft_set {
	struct nft_set *next;
	uint32_t family;
	const char *table;
	const char *name;
	uint32_t flags;
	uint32_t key_len;
	bool is_verdicts;
	unsigned int parts;
	unsigned char part[NFT_BYTES_MAX / 4];
	struct nft_elem *elem;
	bool read;
};

/**
 * struct nft_object - a named object
 * @next: another one, or NULL
 * @family: NFPROTO_*
 * @table: its table's name
 * @name: its name
 * @type: NFT_OBJECT_*
 * @helper: of a ct helper: its name in the kernel, as "sip"; else NULL
 */
struct nft_object {
	struct nft_object *next;
	uint32_t family;
	const char *table;
	const char *name;
	uint32_t type;
	const char *helper;
};

/**
 * struct nft_ruleset - all of nftables in the network namespace
 * @chain: the first chain, or NULL; the kernel's order
 * @set: the first set, or NULL
 * @object: the first object, or NULL
 * @memory: owns all of it, and lives longer
 * @socket: for nft_elements()
 *
 * iptables-nft's rules are among them: their tables are "nat", "raw" and so on
 * of the families ip and ip6.
 */
struct nft_ruleset {
	struct nft_chain *chain;
	struct nft_set *set;
	struct nft_object *object;
	struct ruleset *memory;
	struct mnl_socket *socket;
};

int nft_read(struct nft_ruleset *ruleset, struct ruleset *memory);
void nft_close(struct nft_ruleset *ruleset);

const struct nft_elem *nft_elements(struct nft_ruleset *ruleset,
				    struct nft_set *set);
const struct nft_object *nft_find_object(const struct nft_ruleset *ruleset,
					 const struct nft_chain *chain,
					 uint32_t type, const char *name);
const char *nft_family_name(uint32_t family);

#endif
