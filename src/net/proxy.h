/*
 * Which of the environment's proxies a request goes through, as libcurl reads them.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdbool.h>

/* 127.0.0.0/8, [::1] and localhost, as a URL names them: no proxy is ever used for these. */
bool host_is_loopback(const char *host);

/*
 * The variable whose proxy a request to `host` goes through by https (plain http is for loopback
 * only), or NULL: none is set, or no_proxy exempts the host by its name or a domain of it. Static.
 */
const char *proxy_variable(const char *host);

/*
 * The variable that names the certificates trusted for TLS, as the curl tool reads them, or NULL:
 * those of the system. Static.
 */
const char *trust_variable(void);

#endif
