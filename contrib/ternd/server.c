#include "server.h"

#include <string.h>

#include "conn.h"
#include "pool.h"
#include "sessions.h"

bool
config_has_domain(const struct server_config *config, const char *domain)
{
	for (size_t i = 0; i < config->domain_count; i++)
		if (strcmp(config->domains[i], domain) == 0)
			return true;
	return false;
}

void
server_end_device(struct server *server, int64_t device_id, const struct call *but)
{
	sessions_drop_device(server->sessions, device_id);
	pools_drop_device(server->pools, device_id);
	conns_end_device(server->conns, device_id, but);
}
