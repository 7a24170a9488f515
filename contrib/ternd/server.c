#include "server.h"

#include <string.h>

bool
config_has_domain(const struct server_config *config, const char *domain)
{
	for (size_t i = 0; i < config->domain_count; i++)
		if (strcmp(config->domains[i], domain) == 0)
			return true;
	return false;
}
