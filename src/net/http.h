/* The HTTP transport (doc/protocol.md section 1), over libcurl. */
#ifndef TERN_NET_HTTP_H
#define TERN_NET_HTTP_H

#include "net/transport.h"

/* server: "http://host:port" or "https://…", checked by http_check_url(). Loads libcurl; reaches
 * nobody yet. USAGE (not such a URL), CONFIG, INTERNAL. */
enum status http_create(struct transport **transport, const char *server, struct error *err);

/* True where url can be a server's: http or https, a host, no query, no fragment, no password. */
enum status http_check_url(const char *url, struct error *err);

#endif
