#include <locale.h>

#include "base/gettext.h"
#include "base/io.h"
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	io_reserve_standard();
	/* Not LC_ALL: each category is a file to read, and none of the others is used. */
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
#if defined ENABLE_NLS && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
#endif
	return cli_main(argc, argv);
}
