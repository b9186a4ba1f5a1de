/*
 * dkim_state.h - what a key that signs mail is for at the moment.
 *
 * Of each algorithm one key signs, and one waits in reserve: its record is
 * published before anything is signed with it. What has signed stays published
 * until nothing that it signed is on its way any more; its private half is gone
 * when another takes its place.
 */
#pragma once

enum dkim_state {
	DKIM_RESERVE,		/* published, and signs after the active one */
	DKIM_ACTIVE,
	DKIM_OLD,		/* published, and signs no more */
	DKIM_REVOKED,		/* nobody is to believe it: p= is empty */
};
