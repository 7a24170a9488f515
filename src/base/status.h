/*
 * Status codes and errors.
 *
 * A function that can fail returns an enum status and, where a person may want to know more,
 * fills a struct error with one sentence: what, why, what to do. Each declaration says which
 * codes it may return; INTERNAL (a defect of ours) may come from anywhere. Out of memory ends
 * the process (see mem.h).
 */
#ifndef TERN_BASE_STATUS_H
#define TERN_BASE_STATUS_H

#include <stdbool.h>

enum status {
	STATUS_OK = 0,
	STATUS_NOT_FOUND,     /* no such thing, or nothing there */
	STATUS_USAGE,         /* the caller's words are wrong */
	STATUS_UNAVAILABLE,   /* the server can't be reached or doesn't serve; nothing was done */
	STATUS_INTERNAL,      /* a defect of ours */
	STATUS_CANNOT_CREATE, /* a file or directory can't be made */
	STATUS_IO,            /* disk, terminal or pipe failed */
	STATUS_AGAIN,         /* in doubt or locked: try again */
	STATUS_PROTOCOL,      /* the other side broke the protocol */
	STATUS_DENIED,        /* wrong password, token or right */
	STATUS_CONFIG,        /* configuration is wrong */
	STATUS_TOO_LARGE,     /* over a limit of wire/limits.h */
	STATUS_CONFLICT,      /* the same key with other content */
};

enum { ERROR_TEXT_MAX = 400 };

struct error {
	enum status status;
	char text[ERROR_TEXT_MAX];
};

/*
 * Sets *err (which may be NULL) to status and the formatted sentence, cut at ERROR_TEXT_MAX
 * between characters. Returns status, so that a caller can `return error_set(...)`.
 */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The exit code by which a program tells its caller of a status. */
int status_exit_code(enum status status);

#endif
