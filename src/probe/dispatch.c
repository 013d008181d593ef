#include "probe/dispatch.h"

#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/secret.h"
#include "contract/body_check.h"
#include "contract/contract.h"
#include "contract/workspace.h"

enum { PENDING_MAX = 16 * 1024, URL_MAX = 256, CLAUSE_ID = 64 };

/* The private simulator takes any key of the right shape; no real one goes there. */
static const char simulator_key[] = "sk-private-simulator-takes-any-key";

struct dispatch {
    struct exchange_env env;
    struct exchange_env simulator_env;
    struct profile simulator_profile;
    char *simulator_alias;
    const char *simulator;
    const char *differs;
    struct secret *nobodys, *any;
    int closed_port; /* bound, and not listened on; -1: not yet */
};

struct dispatch *dispatch_new(const struct exchange_env *env, const char *simulator,
                              const char *differs)
{
    struct dispatch *dispatch = xcalloc(1, sizeof(*dispatch));

    dispatch->env = *env;
    dispatch->simulator = simulator;
    dispatch->differs = differs;
    dispatch->closed_port = -1;
    dispatch->nobodys =
        secret_new(SECRET_NOBODYS, strlen(SECRET_NOBODYS), "a key that is nobody's", NULL);
    dispatch->any = secret_new(simulator_key, strlen(simulator_key), "the simulator's key", NULL);
    dispatch->simulator_profile = *env->profile;
    dispatch->simulator_alias = xstrdup("private-simulator");
    dispatch->simulator_profile.base_alias = dispatch->simulator_alias;
    dispatch->simulator_profile.interface = NULL; /* it is on this machine */
    dispatch->simulator_profile.simulator = true;
    dispatch->simulator_profile.production = false;
    dispatch->simulator_env = *env;
    dispatch->simulator_env.profile = &dispatch->simulator_profile;
    dispatch->simulator_env.secret = dispatch->any;
    return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    if (dispatch->closed_port >= 0)
        close(dispatch->closed_port);
    secret_free(dispatch->nobodys);
    secret_free(dispatch->any);
    free(dispatch->simulator_alias);
    free(dispatch);
}

/* ---- where to ---- */

static bool to_simulator(const struct plan_case *plan_case)
{
    return plan_case->probe->target == PROBE_SIMULATOR;
}

const char *dispatch_model(const struct plan_case *plan_case, const struct profile *profile)
{
    return to_simulator(plan_case) ? "sim/ready" : profile->model;
}

/* A port of our own that refuses every connection as long as we live. */
static unsigned refused_port(struct dispatch *dispatch)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    if (dispatch->closed_port < 0) {
        dispatch->closed_port = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(dispatch->closed_port, (struct sockaddr *)&address, sizeof(address)) != 0)
            return 1;
    }
    if (getsockname(dispatch->closed_port, (struct sockaddr *)&address, &len) != 0)
        return 1;
    return ntohs(address.sin_port);
}

/* In `url`, or NULL for that of profile and contract. */
static const char *base_url_of(struct dispatch *dispatch, const struct probe *probe,
                               char url[static URL_MAX])
{
    if (probe->target != PROBE_SIMULATOR)
        return NULL;
    if (probe->change.network == PROBE_NETWORK_REFUSED)
        snprintf(url, URL_MAX, "http://127.0.0.1:%u", refused_port(dispatch));
    else if (probe->change.network == PROBE_NETWORK_NO_NAME)
        snprintf(url, URL_MAX, DISPATCH_NO_NAME);
    else
        snprintf(url, URL_MAX, "%s/sim/as/%s", dispatch->simulator, probe->scenario);
    return url;
}

void dispatch_change(const struct probe *probe, const char *base_url, struct request_change *change)
{
    *change = (struct request_change){
        .base_url = base_url,
        .method = probe->change.method,
        .path_suffix = probe->change.path_suffix,
        .path_clause = probe->change.path_clause,
        .headers = probe->change.headers,
        .without_key = probe->change.key == PROBE_KEY_NONE,
    };
}

/* ---- whether ---- */

static enum dispatch_gate check_body(const struct dispatch *dispatch,
                                     const struct plan_case *plan_case, const char *text,
                                     size_t len, struct error *error)
{
    const struct contract *contract = dispatch->env.workspace->contract;
    const struct probe *probe = plan_case->probe;

    if (!text || probe->deliberate ||
        body_accept(contract, plan_case->operation, NULL, text, len, NULL, error))
        return DISPATCH_OPEN;
    return !probe->expect.refused_at || body_breaks_at(contract, plan_case->operation, text, len,
                                                       probe->expect.refused_at)
               ? DISPATCH_REFUSED
               : DISPATCH_ELSEWHERE;
}

/* A check of production rests on what is documented or observed (B17 E69). */
static bool check_pending(const struct dispatch *dispatch, const struct plan_case *plan_case,
                          const char *body, size_t body_len, struct error *error)
{
    const struct profile *profile = dispatch->env.profile;
    struct http_request request;
    struct bytes pending;
    bool good = true;

    if (!profile->production || to_simulator(plan_case))
        return true;
    bytes_init(&pending, PENDING_MAX);
    if (operation_request(dispatch->env.workspace->contract, profile, plan_case->operation, body,
                          body_len, &request, &pending, error)) {
        http_request_release(&request);
        good = pending.len == 0 ||
               error_set(error, ERROR_CHECK,
                         "it rests on clauses that are only pending, and %s is a production "
                         "profile: %.*s; give them a source and a date first",
                         profile->name, (int)strcspn(bytes_text(&pending), "\n"),
                         bytes_text(&pending));
    }
    bytes_release(&pending);
    return good;
}

enum dispatch_gate dispatch_check(const struct dispatch *dispatch,
                                  const struct plan_case *plan_case, const char *body,
                                  size_t body_len, struct error *error)
{
    enum dispatch_gate gate = check_body(dispatch, plan_case, body, body_len, error);

    return gate == DISPATCH_OPEN && !check_pending(dispatch, plan_case, body, body_len, error)
               ? DISPATCH_SHUT
               : gate;
}

/* ---- what is not as the contract says ---- */

static void add_departure(struct bytes *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_departure(struct bytes *out, const char *format, ...)
{
    va_list args;

    bytes_puts(out, out->len > 0 ? "\n" : "");
    va_start(args, format);
    bytes_vprintf(out, format, args);
    va_end(args);
}

static void add_request_line(const struct dispatch *dispatch, const struct plan_case *plan_case,
                             struct bytes *out)
{
    const struct contract *contract = dispatch->env.workspace->contract;
    const struct probe_change *asked = &plan_case->probe->change;
    const char *name = operation_name(plan_case->operation);
    char method[CLAUSE_ID], path[CLAUSE_ID];
    struct request_change change;
    struct http_request request;

    if (!asked->method && !asked->path_suffix && !asked->path_clause)
        return;
    snprintf(method, sizeof(method), "%s.method", name);
    snprintf(path, sizeof(path), "%s.path", name);
    dispatch_change(plan_case->probe, NULL, &change);
    if (!operation_request_changed(contract, dispatch->env.profile, plan_case->operation, NULL, 0,
                                   &change, &request, NULL, NULL))
        return; /* and it will not be sent */
    add_departure(out, "request line %s %s instead of %s %s", request.method, request.url,
                  contract_string(contract, method), contract_string(contract, path));
    http_request_release(&request);
}

static void add_fields(const struct dispatch *dispatch, const struct plan_case *plan_case,
                       const char *body, size_t body_len, struct bytes *out)
{
    struct json *root = body ? json_parse(body, body_len, "the body", NULL) : NULL;
    struct bytes fields;

    bytes_init(&fields, PENDING_MAX);
    if (root)
        body_undocumented(dispatch->env.workspace->contract, plan_case->operation, root, &fields);
    for (const char *at = bytes_text(&fields); *at; at += strspn(at, "\n")) {
        size_t len = strcspn(at, "\n");

        add_departure(out, "body %.*s, which no request clause of %s names", (int)len, at,
                      operation_name(plan_case->operation));
        at += len;
    }
    bytes_release(&fields);
    json_free(root);
}

char *dispatch_departures(const struct dispatch *dispatch, const struct plan_case *plan_case,
                          const char *body, size_t body_len)
{
    struct bytes lines;
    char *text;

    bytes_init(&lines, PENDING_MAX);
    add_request_line(dispatch, plan_case, &lines);
    add_fields(dispatch, plan_case, body, body_len, &lines);
    text = lines.len > 0 ? xstrdup(bytes_text(&lines)) : NULL;
    bytes_release(&lines);
    return text;
}

/* ---- sending ---- */

/* The caller frees. */
static char *differs_of(const struct dispatch *dispatch, const struct plan_case *plan_case,
                        const struct dispatch_attempt *attempt)
{
    char *own = dispatch_departures(dispatch, plan_case, attempt->body, attempt->body_len), *all;

    if (!own || !dispatch->differs)
        return own ? own : xstrdup(dispatch->differs);
    all = xasprintf("%s\n%s", dispatch->differs, own);
    free(own);
    return all;
}

struct exchange *dispatch_start(struct dispatch *dispatch, const struct plan_case *plan_case,
                                const struct dispatch_attempt *attempt,
                                const struct exchange_observer *observer, struct error *error)
{
    const struct probe *probe = plan_case->probe;
    struct exchange_env env = to_simulator(plan_case) ? dispatch->simulator_env : dispatch->env;
    char url[URL_MAX];
    char *differs = differs_of(dispatch, plan_case, attempt);
    struct request_change change;
    struct exchange *exchange;
    const struct exchange_request request = {
        .operation = plan_case->operation,
        .body = attempt->body,
        .body_len = attempt->body_len,
        .differs = differs,
        .change = &change,
        .deliberate = probe->deliberate,
        .wrong = probe->negative,
        .synthetic = true,
        .look_back = attempt->look_back,
        .test_case = plan_case->name,
        .attempt = attempt->number,
        .regenerated = attempt->regenerated,
        .total_us = probe->change.timeout_ms * 1000,
        .left_us = attempt->left_us,
    };

    dispatch_change(probe, base_url_of(dispatch, probe, url), &change);
    if (probe->change.key == PROBE_KEY_INVALID)
        env.secret = dispatch->nobodys;
    exchange = exchange_start(&env, &request, observer, error);
    free(differs);
    return exchange;
}
