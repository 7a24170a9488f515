/* Telling somebody who looks elsewhere that a message came. */
#ifndef TERN_TUI_NOTICE_H
#define TERN_TUI_NOTICE_H

#include "tui/chat.h"

/* Gives notice of what became unread since the last call, as the settings say; never of what is on
 * the screen, of what is muted, or of one's own. Called after each change. */
void notice_look(struct chat *chat);

#endif
