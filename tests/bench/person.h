/* People with a home of their own, who run the real tern against a bench's server. */
#ifndef TERN_BENCH_PERSON_H
#define TERN_BENCH_PERSON_H

#include <stdint.h>

#include "load.h"

struct person {
	const char *tern; /* the program; borrowed */
	char *home;
	char *environment[6];
};

/* Registers (or, with command "login", logs in) the account NAME@example.org, on a new device with
 * the home server->dir/home. */
void person_init(struct person *person, const struct load_server *server, const char *tern,
    const char *command, const char *name, const char *home);

/* Starts tern with these words, as person_run(); person_wait() waits for it to end, and ends the
 * bench where it failed. */
pid_t person_start(
    const struct person *person, const char *input, const char *output, const char *const *words);
void person_wait(pid_t pid, const char *const *words);

/* Runs tern with these words, its input from a file (or none), its output to a file (or none).
 * Returns how long it took, in microseconds; ends the bench where it failed. */
int64_t person_run(
    const struct person *person, const char *input, const char *output, const char *const *words);

/* Writes `times` lines of text, numbered where there are several. */
void person_write_file(const char *path, const char *text, int times);

/* Removes a directory and all in it. */
void person_remove_tree(const char *dir);

#endif
