#include <locale.h>

#include "base/gettext.h"
#include "base/io.h"
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	io_reserve_standard();
	setlocale(LC_ALL, "");
#if defined ENABLE_NLS && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
#endif
	return cli_main(argc, argv);
}
