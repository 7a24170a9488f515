/* A cache whose server has lost a part of its history. */
#ifndef TERN_TESTS_CACHE_RESET_FIXTURE_H
#define TERN_TESTS_CACHE_RESET_FIXTURE_H

#include "cache_fixture.h"

#include "cache/lost.h"

/* The generation after GENERATION. */
#define NEW "generation2"

/* Turns the cache to a history that parted at the fork; must_reset(): and finds it sound. */
enum cache_applied
reset(struct fixture *f, const char *generation, int64_t fork, struct cache_lost *lost);
void must_reset(struct fixture *f, const char *generation, int64_t fork);
/* All lists were compared. */
void compared(struct fixture *f, const char *generation, int64_t stamp);

/* bob's 1 to 3 and own 4 (its key is 4); then, lost, bob's 5, own 6, bob's 7. Returns the fork. */
int64_t live(struct fixture *f, struct message messages[7]);
/* A message comes, as a history has it. */
void comes(struct fixture *f, const char *generation, struct message message);
/* One that was lost, as it comes again under another number. */
struct message again(struct fixture *f, int64_t msg_id, const struct message *lost);

/* "generation2 15 > generation1 10": what reset would tell. Borrowed. */
const char *generations(struct fixture *f);
int64_t count_aside(struct fixture *f);
/* Does something to the database by SQL. */
void run(struct fixture *f, const char *sql);

#endif
