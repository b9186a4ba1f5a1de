/*
 * postern: the command people type, and the master.
 */
#include "admin/admin.h"
#include "master/master.h"

int
main(int argc, char **argv)
{
	static const struct server server = { master_run };

	return admin_main(&server, argc, argv);
}
