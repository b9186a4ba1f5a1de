/*
 * option.h - postern.conf as a table: a row for each option.
 *
 * From it come the reader, its checks and the defaults, and, printed by
 * option_rows.c for tools/conf_docs, the example file, the man page and
 * doc/configuration.md. A new option is one row here, one field of
 * rt/config.h, and its use.
 */
#pragma once
#include "conf/conf.h"

/* scratch: of a server's row there is a copy for each before it. */
enum { CORES_MAX = 8, CONF_OCTETS_MAX = 256 << 10, CONF_SCRATCH = 128 << 20 };

enum conf_type {
	CONF_TEXT,
	CONF_HOSTNAME,
	CONF_PERSON,		/* an address with its domain */
	CONF_HOST,		/* a name, or "[192.0.2.1]" */
	CONF_PROXY,		/* socks5://host:port, or none */
	CONF_SECRET,		/* the first line of a file, whose name it is */
	CONF_PATH,		/* relative ones: to the file's folder */
	CONF_ADDRESS,		/* to listen on: of either kind, *, localhost */
	CONF_IPV4,
	CONF_IPV6,
	CONF_SERVERS,		/* of names: { "192.0.2.53@5353", ... } */
	CONF_NETWORKS,		/* { "192.0.2.0/24", "2001:db8::1", ... } */
	CONF_DOMAINS,		/* { "example.org", ... } */
	CONF_SOURCES,		/* { "192.0.2.1@out.example.org", ... } */
	CONF_SENDERS,		/* { "you@example.org", "example.net" } */
	CONF_CLASSES,		/* { "net.example:ADV", ... }: RFC 3865 2.2 */
	CONF_NUMBER,
	CONF_WORKERS,		/* a number, or "cores": one per core */
	CONF_SIZE,		/* octets: 50M */
	CONF_TIME,		/* seconds: 5m */
	CONF_BOOL,
	CONF_WORD,
};

enum conf_block { CONF_FILE, CONF_LISTEN, CONF_CERTIFICATE, CONF_STUB,
	CONF_DNS_LIST, CONF_RELAY, CONF_QUEUE, CONF_LIMITS, CONF_POOL,
	CONF_ROUTE, CONF_ERRAND,
	CONF_ATTACHMENTS, CONF_SCAN, CONF_OAUTH, CONF_LDAP, CONF_PAM,
	CONF_BLOCKS };

struct conf_word {
	const char *name;
	uint32_t value;
	const char *help;
};

struct conf_option {
	const char *name;
	enum conf_block block;
	enum conf_type type;
	uint64_t low, high;	/* of a number; of a text, its octets */
	const char *value;	/* the default, as in a file; NULL: none */
	size_t offset, width;	/* where it goes in the block's struct */
	const char *help;	/* what it is, in one line */
	/* What most do not need. */
	const char *more;	/* a sentence or two for the manual */
	const char *unset;	/* what holds if value is NULL */
	const char *example;	/* shown in place of the value */
	const struct conf_word *words;	/* of CONF_WORD; the last has no name */
	bool at_start;		/* a SIGHUP does not change it */
};
extern const struct conf_option conf_options[];
extern const size_t conf_noptions;

/* A block in braces; the first is the file itself. */
struct conf_reader;
struct conf_block_row {
	const char *name;
	/* Of which there can be many: each fills a struct of this shape, which
	 * goes to the list at `list` of struct config. NULL: its options are
	 * those of struct config. */
	const struct msg_shape *shape;
	size_t list;
	const char *title;	/* an example of it; NULL: it has none */
	size_t title_offset;
	const char *title_wanted;
	/* At its closing brace: what single options cannot tell; it appends
	 * to the list. It may be NULL. < 0: err says what is wrong. */
	int (*end)(struct conf_reader *r, void *record, struct err *err);
	const char *value;	/* blocks that are there if none is */
	const char *help, *more, *example;
	bool at_start;
};
extern const struct conf_block_row conf_blocks[CONF_BLOCKS];

/* A struct of a block while it is read: what its shape says, and more. */
struct conf_route {
	struct route_conf route;
	struct str password_file;
};
struct conf_ldap {
	struct ldap_conf ldap;
	struct str password_file;
};
struct conf_stub {
	struct stub_conf stub;
	struct str servers;	/* struct nameserver_conf each */
};
struct conf_oauth {
	struct oauth_conf oauth;
	struct str keys_file, secret_file;
};
union conf_record {
	struct pool_conf pool;
	struct listener_conf listener;
	struct cert_conf certificate;
	struct conf_stub stub;
	struct dns_list_conf dns_list;
	struct conf_route route;
	struct conf_oauth oauth;
	struct conf_ldap ldap;
	struct pam_conf pam;
};

/* Put a value where its option belongs. False: err says what was expected. */
must_check bool conf_set(const struct conf_option *o, struct str text,
    struct str folder, struct arena *a, void *record, struct err *err);
/* May it have several values, in braces? */
static inline bool
conf_is_list(const struct conf_option *o)
{
	return o->type == CONF_SERVERS || o->type == CONF_NETWORKS ||
	    o->type == CONF_DOMAINS || o->type == CONF_CLASSES ||
	    o->type == CONF_SOURCES || o->type == CONF_SENDERS;
}
/* What range or limit this option has: "100 to 2000". */
void conf_put_range(struct buf *b, const struct conf_option *o);
/* The defaults of a block's options. */
void conf_set_defaults(enum conf_block block, struct str folder,
    struct arena *a, void *record);
const struct conf_word *conf_word(const struct conf_word *words,
    struct str name);

/* egress.c: one more address of a pool; a proxy to leave by, as a struct
 * egress_conf. */
must_check bool conf_source_read(struct str text, struct arena *a,
    struct str *list);
bool conf_pool_is_there(struct conf_reader *r, struct str name);
must_check bool conf_proxy_read(struct str text, struct arena *a,
    struct str *out);
/* It says what it has to, and gets the password that stands elsewhere. */
int conf_proxy_check(struct str *proxy, struct str password, struct arena *a,
    struct err *err);

/* conf_end.c: the ends of blocks. */
int conf_end_listen(struct conf_reader *r, void *record, struct err *err);
int conf_end_certificate(struct conf_reader *r, void *record,
    struct err *err);
int conf_end_stub(struct conf_reader *r, void *record, struct err *err);
int conf_end_dns_list(struct conf_reader *r, void *record, struct err *err);
int conf_end_relay(struct conf_reader *r, void *record, struct err *err);
int conf_end_queue(struct conf_reader *r, void *record, struct err *err);
int conf_end_pool(struct conf_reader *r, void *record, struct err *err);
int conf_end_route(struct conf_reader *r, void *record, struct err *err);
int conf_end_oauth(struct conf_reader *r, void *record, struct err *err);
/* The first line of the file of an option, which is a password. */
int conf_first_line(const char *option, const char *path, struct arena *a,
    struct str *out, struct err *err);
int conf_end_ldap(struct conf_reader *r, void *record, struct err *err);
int conf_end_pam(struct conf_reader *r, void *record, struct err *err);

/* Labels with dots between, as DNS has them. */
bool conf_is_name(struct str s);
/* A name, of one word or more, or an address in brackets. */
bool conf_is_host(struct str s);
/* What others can look up: of two words at least, and no address. */
bool conf_is_hostname(struct str s);
/* Did this option stand in the block that is being read? */
bool conf_given(const struct conf_reader *r, enum conf_block block,
    const char *name);
/* Append a struct to the list of its block. */
void conf_append(struct conf_reader *r, enum conf_block block,
    const void *record);
/* What the blocks before this one came to. */
struct str conf_list(const struct conf_reader *r, enum conf_block block);
struct arena *conf_memory(const struct conf_reader *r);

/* Read a whole text into *c, which has its defaults. `file` is for what is
 * said about it. */
int conf_parse(struct str text, const char *file, struct str folder,
    struct arena *a, struct config *c, struct err *err);
