/*
 * test_world.h - people_world.h, where they speak HTTP: the routes of login.c,
 * and a few that say what came.
 */
#pragma once
#include "lib/people_world.h"
#include "http/http_int.h"
