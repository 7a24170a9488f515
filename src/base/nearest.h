/* Words that were mistyped. */
#ifndef TERN_BASE_NEAREST_H
#define TERN_BASE_NEAREST_H

/*
 * The name that a mistyped word most likely means: one that it begins, else the one with the fewest
 * letters to put in, take out or change, two at most. name(arg, i) tells the i-th, NULL behind the
 * last. NULL where none is near.
 */
const char *nearest(const char *word, const char *(*name)(const void *arg, int i), const void *arg);

#endif
