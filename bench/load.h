#pragma once
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
/*
 * load.h - connections of the load generators to a server on loopback. What
 * fails ends the program with a line that says so.
 */

/* The program's name before what it says. */
extern const char *const load_name;

void load_die(const char *what) __attribute__((noreturn));

/* Seconds of a clock that only goes forward. */
double load_now(void);

struct load_peer {
	int fd;
	SSL *ssl;		/* NULL: in clear */
};

/* Connect, over TLS where tls is not NULL; it does not block from then on. */
void load_connect(struct load_peer *p, uint16_t port, SSL_CTX *tls);
void load_close(struct load_peer *p);

/* Loopback takes what we send in one go; what it does not is waited for. */
void load_say(struct load_peer *p, const char *octets, size_t n);

/* What there is now; 0 when that is nothing. */
ssize_t load_receive(struct load_peer *p, char *octets, size_t room);

/* Of the command line: 1 to max. */
unsigned long load_number(const char *text, unsigned long max);

void load_sort(double *seconds, size_t n);
