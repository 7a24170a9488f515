/* What the machine itself gives at this moment, so that figures of one run can be told as ratios.
 */
#ifndef TERN_BENCH_MACHINE_H
#define TERN_BENCH_MACHINE_H

struct machine {
	double sync_ms;  /* median of writing 4 KiB and fdatasync() */
	double round_ms; /* median of 64 bytes to another process over loopback and back */
};

/* Measures both, for about a second; files go below dir. */
void machine_measure(struct machine *machine, const char *dir);

/* Measures and prints a line. */
void machine_print(const char *dir);

#endif
