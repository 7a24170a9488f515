# The command line and the program tern: CLI_LIBS.
CLI_LIBS =
