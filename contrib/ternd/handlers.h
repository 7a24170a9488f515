/* The handler of each method of wire/method.h. */
#ifndef TERND_HANDLERS_H
#define TERND_HANDLERS_H

#include "call.h"

/* Answers the call, now or later, exactly once. */
typedef void handler_fn(struct call *call);

handler_fn *handler_get(enum method_id id);

#endif
