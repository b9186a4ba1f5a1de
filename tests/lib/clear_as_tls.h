/*
 * clear_as_tls.h - what ALPN has settled on, where there is no TLS.
 */
#pragma once
#include "rt/stream.h"

extern const char *clear_as_tls_protocol;
