/*
 * What a person takes for one character (a grapheme cluster), and how many columns a terminal gives
 * it. Clusters and widths are libunistring's; on top come what terminals do with emoji, and what
 * one's own terminal does otherwise.
 */
#ifndef TERN_TUI_CLUSTER_H
#define TERN_TUI_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CLUSTER_MAX = 40,  /* bytes; what is longer is cut, and the rest has no columns */
	WIDTH_RANGES = 16, /* of one's own */
};

/* How the terminal at hand draws. */
struct widths {
	bool ambiguous_wide; /* characters that East Asian fonts have wide */
	bool vs16_wide;      /* U+FE0F makes a narrow character an emoji of 2 columns */
	bool zwj_joined;     /* a sequence with joiners is one emoji, not one for each part */
	struct width_range {
		uint32_t first, last;
		int columns;
	} ranges[WIDTH_RANGES];
	int range_count;
};

/* What most terminals do: not wide, not wide, joined. */
void widths_init(struct widths *widths);

/* Sets one thing: "ambiguous=1|2", "vs16=1|2", "zwj=joined|apart", or "1f300-1f5ff=2" (or 0, 1).
 * False where it is none of that, or there are too many ranges. */
bool widths_set(struct widths *widths, const char *setting);

struct cluster {
	size_t bytes;
	int columns; /* 0, 1 or 2 */
	int most;    /* what a terminal may give it that counts every character by itself */
	bool unsure; /* terminals differ about its columns */
};

/* The cluster at text, which has a length of at least 1 byte. A byte that isn't UTF-8, or a
 * control, is one by itself with one column. */
struct cluster cluster_next(const char *text, size_t length, const struct widths *widths);

/* The columns of all of it, as one line. */
int cluster_columns(const char *text, size_t length, const struct widths *widths);

/* How many bytes of it fit into so many columns; *used (may be NULL) is how many those take. */
size_t
cluster_fit(const char *text, size_t length, int columns, int *used, const struct widths *widths);

#endif
