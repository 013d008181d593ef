/*
 * Every scenario of an answer leads to the verdict its table entry promises: its bytes over a real
 * socket, its end as libcurl would tell it (streams.md "Facts about libcurl"), then the judge.
 */
#include "tests/unit/sim_client.h"
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As libcurl numbers them; its header is the transport's alone. */
enum { OK = 0, PARTIAL_FILE = 18, ABORTED_BY_CALLBACK = 42, GOT_NOTHING = 52, RECV_ERROR = 56 };

static int start(void **state)
{
    static struct sim_server server;

    sim_server_start(&server, &(struct simulator_options){.quiet = true, .pace_ms = -1});
    *state = &server;
    return 0;
}

static int stop(void **state)
{
    sim_server_stop(*state);
    return 0;
}

/* What libcurl says to such an end, see streams.md. */
static int curl_code(const struct sim_reply *reply)
{
    switch (reply->end) {
    case SIM_RESET:
    case SIM_WRONG:
        return RECV_ERROR;
    case SIM_EOF:
        if (!reply->raw.len)
            return GOT_NOTHING;
        return reply->status && !reply->chunked && !reply->has_length ? OK : PARTIAL_FILE;
    case SIM_TOLD:
        return OK;
    case SIM_OPEN:
        break;
    }
    return ABORTED_BY_CALLBACK; /* the exchange's own timer ended it */
}

static void read_headers(const struct sim_reply *reply, struct http_headers *headers)
{
    char *head = xstrdup(bytes_text(&reply->head)), *rest = head, *line;

    strsep(&rest, "\n"); /* the status line */
    while ((line = strsep(&rest, "\n"))) {
        char *colon = strchr(line, ':');

        if (!colon)
            break;
        *colon = '\0';
        line[strcspn(line, "\r")] = '\0';
        colon[1 + strcspn(colon + 1, "\r")] = '\0';
        http_headers_add(headers, line, colon + 1 + strspn(colon + 1, " "));
    }
    free(head);
}

static void judge_reply(enum operation operation, const char *asked, const struct sim_reply *reply,
                        struct verdict *verdict)
{
    struct http_result result = {.status = reply->status, .body_bytes = reply->body.len};
    struct stream_rules rules;
    struct request_facts facts;
    struct judge *judge;

    stream_rules_default(&rules);
    request_facts_from(operation, asked, strlen(asked), &facts);
    judge = judge_new(operation, &rules, &facts);
    result.curl = curl_code(reply);
    result.framing = reply->chunked      ? FRAMING_CHUNKED
                     : reply->has_length ? FRAMING_LENGTH
                                         : FRAMING_CLOSE;
    if (reply->status) {
        read_headers(reply, &result.headers);
        judge_headers(judge, reply->status, &result.headers);
    }
    result.framed_clean = result.curl == OK && result.framing != FRAMING_CLOSE &&
                          !http_headers_get(&result.headers, "Content-Encoding");
    judge_body(judge, bytes_text(&reply->body), reply->body.len);
    if (reply->end == SIM_OPEN)
        result.stop = !reply->status                           ? STOP_HEADERS
                      : judge_progress(judge)->marker          ? STOP_LINGER
                      : judge_progress(judge)->semantic_events ? STOP_GAP
                                                               : STOP_FIRST_EVENT;
    judge_end(judge, &result);
    judge_verdict(judge, verdict);
    judge_free(judge);
    http_result_release(&result);
    request_facts_release(&facts);
    stream_rules_release(&rules);
}

/* Read to the answer's own end; where there is none, until all it has to say is there. */
static void read_answer(int fd, const struct scene *scene, const char *operation,
                        struct sim_reply *reply)
{
    struct bytes bytes;
    enum play_outcome outcome = sim_expected(scene, operation, true, &bytes);
    bool open = outcome == PLAY_STALL || outcome == PLAY_BYTES;

    if (open && scene->framing == FRAME_BARE)
        *reply = (struct sim_reply){.end = SIM_OPEN};
    else if (open)
        sim_read(fd, bytes.len ? bytes.len : SIM_HEAD, reply);
    else
        sim_read(fd, 0, reply);
    bytes_release(&bytes);
}

static void describe(const struct verdict *verdict, struct bytes *out)
{
    bytes_init(out, 64 * 1024);
    bytes_puts(out, verdict_name(verdict->kind));
    for (size_t i = 0; i < verdict->count; i++)
        bytes_printf(out, "; %s (%s)", reason_name(verdict->reasons[i].code),
                     verdict->reasons[i].detail);
}

/* True if the verdict is the promised one; says what it is otherwise. */
static bool keeps_its_promise(const struct sim_server *server, const struct scene *scene,
                              enum operation operation)
{
    char *model = xasprintf("sim/%s", scene->about.name);
    char *body = sim_body(operation_name(operation), model, true);
    int fd = sim_connect(server);
    struct sim_reply reply;
    struct verdict verdict;
    struct bytes text;
    bool kept;

    sim_post(fd, sim_path(operation_name(operation)), body);
    read_answer(fd, scene, operation_name(operation), &reply);
    judge_reply(operation, body, &reply, &verdict);
    kept = strcmp(verdict_name(verdict.kind), scene->about.verdict) == 0;
    describe(&verdict, &text);
    if (!kept)
        print_error("sim/%s, %s: %s promised, but %s\n", scene->about.name,
                    operation_name(operation), scene->about.verdict, bytes_text(&text));
    bytes_release(&text);
    verdict_release(&verdict);
    sim_reply_release(&reply);
    close(fd);
    free(body);
    free(model);
    return kept;
}

static void every_scenario_leads_to_its_verdict(void **state)
{
    static const enum operation operations[] = {OPERATION_CHAT, OPERATION_RESPONSES};
    size_t broken = 0;

    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scene *scene = scene_find(scenario_get(i)->name);

        if (scene->about.scope != SCENARIO_ANSWER || !scene->about.verdict[0])
            continue;
        for (size_t k = 0; k < 2; k++)
            if (scene_answers(scene, operation_name(operations[k])))
                broken += !keeps_its_promise(*state, scene, operations[k]);
    }
    assert_int_equal(broken, 0);
}

/* streams.md case 18: one choice where more were asked for. */
static void one_of_n_is_unproven(void **state)
{
    static const char body[] = "{\"model\":\"sim/one-of-n\",\"stream\":true,\"n\":2,\"messages\":"
                               "[{\"role\":\"user\",\"content\":\"x\"}]}";
    int fd = sim_connect(*state);
    struct sim_reply reply;
    struct verdict verdict;

    sim_post(fd, sim_path("chat"), body);
    sim_read(fd, 0, &reply);
    judge_reply(OPERATION_CHAT, body, &reply, &verdict);
    assert_int_equal(verdict.kind, VERDICT_UNPROVEN);
    verdict_release(&verdict);
    sim_reply_release(&reply);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_leads_to_its_verdict),
        cmocka_unit_test(one_of_n_is_unproven),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
