/* Names of consumers, as they are typed. */
#ifndef TERN_CLI_CONSUMER_H
#define TERN_CLI_CONSUMER_H

#include "base/status.h"

/* NULL is none, and right. USAGE. */
enum status check_consumer(const char *name, struct error *err);

#endif
