/*
 * test_world.h - people_world.h, where they speak IMAP.
 */
#pragma once
#include "imap/imap_int.h"
#include "lib/people_world.h"
