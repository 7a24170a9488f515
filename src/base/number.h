/* Of two numbers, one. */
#ifndef TERN_BASE_NUMBER_H
#define TERN_BASE_NUMBER_H

#include <stdint.h>

static inline int64_t
lower(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t
higher(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
