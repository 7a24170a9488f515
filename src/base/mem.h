/*
 * Memory. Out of memory ends the process with a line on stderr: every database of ours is safe
 * at every instruction, so stopping is the one recovery that is always right.
 */
#ifndef TERN_BASE_MEM_H
#define TERN_BASE_MEM_H

#include <stddef.h>

/* As malloc(size), never NULL. The caller frees. */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));

/* As calloc(count, size), never NULL. The caller frees. */
void *mem_zalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* As reallocarray(old, count, size), never NULL. The caller frees. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of text (NULL gives NULL). The caller frees. */
char *mem_strdup(const char *text);

/* A copy of length bytes of text and a closing 0. The caller frees. */
char *mem_strndup(const char *text, size_t length) __attribute__((returns_nonnull));

/* A formatted string. The caller frees. */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

#endif
