/*
 * contract/: what parses is written and parsed to the same; every clause can be read, judged by
 * its status and built into a request; a workspace file never crashes.
 */
#include "base/bytes.h"
#include "contract/contract.h"
#include "contract/operation.h"
#include "contract/rules.h"
#include "contract/workspace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { OUT_MAX = 1 << 24 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void build_requests(const struct contract *contract)
{
    struct stream_rules rules;

    for (int i = 0; i < OPERATION_COUNT; i++) {
        enum operation operation = (enum operation)i;
        char *body = operation_body(contract, operation, "m", NULL, true);
        struct http_request request;
        struct bytes pending;

        bytes_init(&pending, OUT_MAX);
        if (operation_request(contract, NULL, operation, body, body ? strlen(body) : 0, &request,
                              &pending, NULL)) {
            require(request.method && strncasecmp(request.url, "http", 4) == 0);
            http_request_release(&request);
        }
        bytes_release(&pending);
        free(body);
    }
    stream_rules_from(contract, &rules);
    require(rules.gap_us > 0 && rules.alias_count <= FINISH_ALIASES_MAX);
    stream_rules_release(&rules);
}

static void check_contract(const char *text, size_t len)
{
    struct contract *contract = contract_parse("input", text, len, NULL), *again;
    struct bytes out, twice;

    if (!contract)
        return;
    bytes_init(&out, OUT_MAX);
    bytes_init(&twice, OUT_MAX);
    require(contract_write(contract, &out));
    again = contract_parse("again", bytes_text(&out), out.len, NULL);
    require(again && contract_count(again) == contract_count(contract));
    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);

        require(contract_find(contract, clause->id) == clause);
        require(clause_status(clause) == clause_status(contract_clause(again, i)));
        require(clause_age_days(clause, "2026-07-01") >= -1);
    }
    require(contract_write(again, &twice) && twice.len == out.len);
    require(memcmp(bytes_text(&twice), bytes_text(&out), out.len) == 0);
    build_requests(contract);
    contract_free(again);
    contract_free(contract);
    bytes_release(&out);
    bytes_release(&twice);
}

static void check_workspace(const char *text, size_t len)
{
    struct workspace workspace = {.folder = NULL};

    if (workspace_parse(&workspace, "input", text, len, NULL))
        require(workspace.profile_count > 0 && workspace.default_profile);
    for (size_t i = 0; i < workspace.profile_count; i++)
        profile_release(&workspace.profiles[i]);
    free(workspace.profiles);
    free(workspace.default_profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request_facts facts;

    check_contract((const char *)data, size);
    check_workspace((const char *)data, size);
    request_facts_from(OPERATION_CHAT, (const char *)data, size, &facts);
    request_facts_release(&facts);
    return 0;
}
