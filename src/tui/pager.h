/*
 * Lines that stand where the messages are until they are closed: help, hits of a search, members.
 * Those with a target can be chosen.
 */
#ifndef TERN_TUI_PAGER_H
#define TERN_TUI_PAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "tui/item.h"
#include "tui/view.h"

struct pager_target {
	struct address who;
	int64_t msg_id; /* 0: the conversation as it is */
};

struct pager;

/* Copies the title; never NULL. */
struct pager *pager_create(const char *title);
void pager_destroy(struct pager *pager);

/* Adds a line, cut at its line breaks into several; text may hold anything. */
void pager_add(struct pager *pager, enum theme_part part, const char *text);
/* One that can be chosen. */
void pager_add_target(struct pager *pager, const char *text, const struct pager_target *target);
/* Marks a stretch of the line added last. */
void pager_mark(struct pager *pager, size_t begin, size_t end);

size_t pager_count(const struct pager *pager);
const char *pager_title(const struct pager *pager);

/* Chooses the next line with a target, or without any moves by lines. */
void pager_move(struct pager *pager, int lines);
void pager_page(struct pager *pager, int pages);
/* NULL where none is chosen. Borrowed. */
const struct pager_target *pager_chosen(const struct pager *pager);

/* More can be had below its last line: pager_wants_more() says that it is in sight. */
void pager_set_more(struct pager *pager, bool more);
bool pager_wants_more(const struct pager *pager);

void pager_draw(struct pager *pager, struct screen *screen, const struct item_look *look,
    const struct rectangle *at);

#endif
