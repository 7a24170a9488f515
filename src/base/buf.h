/*
 * A growing byte buffer with a mandatory ceiling. Once an append would pass the ceiling the
 * buffer is `failed`: this and every later append does nothing, so that a writer may append
 * many pieces and check once at the end. The bytes are always followed by a 0.
 */
#ifndef TERN_BASE_BUF_H
#define TERN_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;    /* owned; NULL while nothing was appended */
	size_t length; /* bytes in use */
	size_t room;   /* bytes allocated */
	size_t limit;  /* length never passes this */
	bool failed;
};

/* Makes *b empty with that ceiling, in bytes. buf_finish() frees. */
void buf_init(struct buf *b, size_t limit);

/* Frees what *b holds and leaves it empty with the same ceiling. */
void buf_finish(struct buf *b);

/* Empties *b, keeping its memory, and clears `failed`. */
void buf_clear(struct buf *b);

/* Appends length bytes. False when the buffer has failed. */
bool buf_add(struct buf *b, const void *data, size_t length);
bool buf_add_string(struct buf *b, const char *text);
bool buf_add_char(struct buf *b, char c);
bool buf_add_int(struct buf *b, int64_t value);
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for length more bytes and returns where they go, or NULL (failed); the caller
 * then adds what it wrote to b->length. */
char *buf_reserve(struct buf *b, size_t length);

/* Removes the first length bytes (at most all). */
void buf_drop(struct buf *b, size_t length);

/* The content as a string; never NULL. Borrowed until *b changes. */
const char *buf_string(const struct buf *b);

/* The content as a string the caller frees; *b is left empty. */
char *buf_take(struct buf *b);

#endif
