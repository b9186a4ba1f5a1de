/*
 * test_world.h - people_world.h, where they speak POP3.
 */
#pragma once
#include "lib/people_world.h"
#include "pop3/pop3_int.h"
