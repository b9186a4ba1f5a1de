/*
 * vfs_no_wal.h - a WAL that is not there and cannot be made, where nothing can
 * be written: to those who read, it is empty.
 */
#pragma once
#include "store/disk/file.h"

struct file *vfs_no_wal(void);
