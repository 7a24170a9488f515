/* The terminal: its modes, what it can do, what is read from it and written to it. */
#ifndef TERN_TUI_TERM_H
#define TERN_TUI_TERM_H

#include <sys/types.h>

#include "base/status.h"
#include "tui/screen.h"

struct term;

/*
 * Takes the terminal over: raw, on its other screen, with pastes and focus told. CONFIG: these are
 * no terminal, or one that can't place its cursor (the sentence names --plain). term_close() puts
 * everything back.
 */
enum status term_open(struct term **term, int in, int out, struct error *err);
void term_close(struct term *term); /* accepts NULL */

/* What the terminal of that name can do, whose description terminfo_open() has read. */
void term_describe(struct term_abilities *abilities, const char *name);

/* Gives it back for a while, as it was, and takes it again. */
void term_suspend(struct term *term);
enum status term_resume(struct term *term, struct error *err);

void term_size(const struct term *term, int *rows, int *columns);
const struct term_abilities *term_abilities(const struct term *term);
int term_colors(const struct term *term); /* 0, 8, 16, 256 or 1 << 24 */
bool term_is_utf8(const struct term *term);
bool term_links(const struct term *term); /* they are worth sending */
/* The descriptor that becomes readable, and read() of it without waiting. */
int term_input(const struct term *term);
ssize_t term_read(struct term *term, char *bytes, size_t room);

/* Writes all of it; a terminal that is gone is noticed by term_read(). */
void term_write(struct term *term, const char *bytes, size_t length);

void term_bell(struct term *term);
/* Tells the terminal of something (OSC 9, or 777 where that is its way); made safe, one line each.
 */
void term_notify(struct term *term, const char *title, const char *text);
void term_title(struct term *term, const char *title);

#endif
