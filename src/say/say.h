/*
 * What the command line and the chat both say to people, in their language, in one place. The only
 * layer below those two that translates.
 */
#ifndef TERN_SAY_SAY_H
#define TERN_SAY_SAY_H

#include <stdint.h>

#include "model/message.h"

/* How an address is to be called; its answer is copied before the next call. */
typedef const char *say_name(void *arg, const char *address);

/* What a change of a group was ("alice added bob"), in a sentence the caller frees; NULL where it
 * is no such message. name may be NULL: the addresses themselves. Not made safe for a terminal. */
char *say_change(const struct message *message, say_name *name, void *arg);

/* As message_state_name(); NULL where it goes without saying (sent). */
const char *say_state(enum message_state state);

/* "37 messages not loaded"; the caller frees. */
char *say_hole(int64_t count);

#endif
