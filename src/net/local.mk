# The network, the sync engine and the client layer: NET_LIBS, SYNC_LIBS, CLIENT_LIBS.
NET_LIBS =
SYNC_LIBS =
CLIENT_LIBS =
