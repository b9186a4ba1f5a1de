/*
 * conf_int.h - what the files of postern.conf's reader share.
 *
 *   conf.c        the table of options, and what is the server's own
 *   conf_check.c  single values, while their line is known
 *   conf_out.c    how mail leaves: names, relay, queue, routes
 */
#pragma once
#include <confuse.h>

#include "conf/conf.h"
#include "base/log.h"

enum { WORKERS_MAX = 8, CORES_MAX = WORKERS_MAX };

/* A row of the table of options. */
struct option_row {
	const char *name;
	cfg_type_t type;
	int (*check)(cfg_t *cfg, cfg_opt_t *opt);
	const struct option_row *block; /* of a section */
	cfg_flag_t flags;	/* CFGF_TITLE, CFGF_LIST; else by the type */
};

struct word {
	const char *name;
	uint32_t value;
};
const struct word *conf_word(const struct word *words, const char *name);

/* "50M" in octets; "5m" in seconds; "192.0.2.53@5353". */
bool conf_size(const char *text, uint64_t *v);
bool conf_duration(const char *text, uint32_t *seconds);
bool conf_server(struct arena *a, const char *text,
    struct nameserver_conf *out);

int conf_check_number(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_size(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_duration(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_hostname(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_v4(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_v6(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_server(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_word(cfg_t *cfg, cfg_opt_t *opt, const struct word *words);

/* conf_out.c: its options, its defaults, and from what was read to the value
 * (E_IO: a password's file cannot be read). */
extern const struct option_row conf_stub_options[], conf_relay_options[],
    conf_queue_options[], conf_route_options[];
int conf_check_stub(cfg_t *cfg, cfg_opt_t *opt);
int conf_check_route(cfg_t *cfg, cfg_opt_t *opt);
void conf_out_defaults(struct config *c);
int conf_out_take(cfg_t *cfg, struct str folder, struct arena *a,
    struct config *c, struct err *err);
