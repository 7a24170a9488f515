/* _() for the mains and cli: the only parts that speak a person's language. */
#ifndef TERN_BASE_GETTEXT_H
#define TERN_BASE_GETTEXT_H

#if defined ENABLE_NLS && ENABLE_NLS
#include <libintl.h>
#define _(text) gettext(text)
#else
#define _(text) (text)
#endif

/* Marks a text of a table for translation; whoever prints it says _(). */
#define N_(text) text

#endif
