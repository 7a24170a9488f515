/* Printers of what is looked at: people, groups, devices (doc/tern-json.5). */
#ifndef TERN_CLI_PRINT_DETAILS_H
#define TERN_CLI_PRINT_DETAILS_H

#include "cli/print.h"

/* An address, what the owner calls it (NULL: it is no contact), and its profile (NULL: none is
 * held). */
void print_person(
    enum format format, const char *address, const char *name, const struct profile *profile);

/* One's own. */
void print_profile(enum format format, const struct profile *profile);

/* looked: more than its name is known. */
void print_group_detail(enum format format, const struct group_detail *detail, bool looked);
/* What the owner calls them, and they themselves; "" for none. */
void print_member(enum format format, const char *group, const struct member *member,
    const char *name, const char *display);

void print_device(enum format format, const struct device *device);

#endif
