/*
 * schema_22.h - the step to version 22: part of schema.c.
 */
#pragma once

static const char version_22[] =
    "";
