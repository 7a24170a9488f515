/*
 * What the fault tests do to our programs from within: the programs of tests/hooks are linked with
 * -Wl,--wrap around some of the functions they call, and so know nothing of it themselves.
 */
#ifndef TERN_HOOKS_HOOKS_H
#define TERN_HOOKS_HOOKS_H

/*
 * The process passes a boundary: a place where it may be killed. From the environment:
 * TERN_TEST_KILL=N kills it, with SIGKILL, at the N-th that it passes, whatever their kinds;
 * TERN_TEST_PASSED=FILE appends `name`, a line each, of all that were passed.
 */
void boundary(const char *name);

/* Takes back what was written and not synced (power.c). The process must end then. */
void power_cut(void);

/* How many writing transactions this process has ended, well or not. */
long commits_ended(void);

/* A number from the environment; otherwise where there is none. */
long setting(const char *name, long otherwise);

#endif
