/*
 * scram_peer.h - for tests: the client of SCRAM, from what RFC 5802 3 says.
 */
#pragma once
#include "vault/scram.h"

/* Its proof, for the server's first message "r=...,s=...,i=..."; the signature
 * that the server has to show for it. */
void scram_peer_prove(enum scram_hash hash, struct str password,
    struct str bare, struct str server_first, struct str without_proof,
    uint8_t proof[SCRAM_KEY_MAX], uint8_t signature[SCRAM_KEY_MAX]);
