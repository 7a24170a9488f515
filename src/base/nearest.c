#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

enum {
	WORD_MAX_NEAR = 24,
	TOO_FAR = 3, /* more than two wrong letters are another word */
};

static int
least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters have to be put in, taken out or changed to make one of the other; b is no longer
 * than WORD_MAX_NEAR. */
static int
distance(const char *a, const char *b)
{
	int row[WORD_MAX_NEAR + 1];
	int width = (int)strlen(b);

	for (int j = 0; j <= width; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int before = row[0];

		row[0] = i;
		for (int j = 1; j <= width; j++) {
			int above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, before + (a[i - 1] != b[j - 1]));
			before = above;
		}
	}
	return row[width];
}

const char *
nearest(const char *word, const char *(*name)(const void *arg, int i), const void *arg)
{
	const char *found = NULL, *candidate;
	size_t length = strlen(word);
	int smallest = TOO_FAR;

	if (length > WORD_MAX_NEAR)
		return NULL;
	for (int i = 0; length > 1 && (candidate = name(arg, i)); i++)
		if (strncmp(candidate, word, length) == 0)
			return candidate;
	for (int i = 0; (candidate = name(arg, i)); i++) {
		int far = strlen(candidate) <= WORD_MAX_NEAR ? distance(candidate, word) : TOO_FAR;

		if (far < smallest) {
			smallest = far;
			found = candidate;
		}
	}
	return found;
}
