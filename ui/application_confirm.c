#include "ui/application_confirm.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evidence/capture_request.h"
#include "net/http.h"
#include "ui/application.h"
#include "ui/application_state.h"
#include "ui/confirm.h"

/* What waits for an answer; it lives until then, or until the application ends. */
struct confirmation {
    struct confirmation *next;
    struct application *application;
    enum confirm_price price;
    char *profile; /* that was asked about */
    char *capture; /* of what is sent again, or NULL: `go` */
    void (*go)(void *context);
    void *context;
};

static const char *profile_name(const struct application *application)
{
    return application->profile.name ? application->profile.name : "none";
}

static void confirmation_free(struct confirmation *confirmation)
{
    free(confirmation->profile);
    free(confirmation->capture);
    free(confirmation);
}

void application_release_confirmations(struct application *application)
{
    while (application->confirmations) {
        struct confirmation *first = application->confirmations;

        application->confirmations = first->next;
        confirmation_free(first);
    }
    free(application->confirmed);
}

static void take_out(struct confirmation *confirmation)
{
    struct confirmation **at = &confirmation->application->confirmations;

    while (*at != confirmation)
        at = &(*at)->next;
    *at = confirmation->next;
}

static void go(const struct confirmation *confirmation)
{
    struct error error;

    if (confirmation->go)
        confirmation->go(confirmation->context);
    else if (!application_send_again(confirmation->application, confirmation->capture, &error))
        application_fail(confirmation->application, &error);
}

static bool was_confirmed(const struct application *application)
{
    return application->confirmed && strcmp(application->confirmed, profile_name(application)) == 0;
}

/* Another profile may have been chosen meanwhile: that one was not asked about. */
static void answer(void *context, const char *text)
{
    struct confirmation *confirmation = context;
    struct application *application = confirmation->application;

    take_out(confirmation);
    if (!confirm_yes(text) || strcmp(confirmation->profile, profile_name(application)) != 0) {
        application_say(application, MESSAGE_NOTE, "Nothing was sent");
    } else {
        if (confirmation->price == CONFIRM_FIRST) {
            free(application->confirmed);
            application->confirmed = xstrdup(confirmation->profile);
        }
        go(confirmation);
    }
    confirmation_free(confirmation);
}

static bool is_asked(const struct application *application, enum confirm_price price)
{
    const struct profile *profile = &application->profile;

    if (profile->simulator)
        return false;
    return price == CONFIRM_EACH || (profile->production && !was_confirmed(application));
}

static void ask(const struct confirmation *asked, const char *what,
                const struct http_request *request)
{
    struct application *application = asked->application;
    struct confirmation *confirmation = xmalloc(sizeof(*confirmation));
    struct question question = {.answered = answer, .context = confirmation};
    char *label = xasprintf("%sBILLABLE: %s: %s %s with profile %s? (y or n) ",
                            application->profile.production ? "PRODUCTION, " : "", what,
                            request->method, request->url, profile_name(application));

    *confirmation = *asked;
    confirmation->profile = xstrdup(profile_name(application));
    confirmation->capture = xstrdup(asked->capture);
    confirmation->next = application->confirmations;
    application->confirmations = confirmation;
    question.label = label;
    application_ask(application, &question);
    free(label);
}

void application_confirm(struct application *application, enum confirm_price price,
                         const char *what, const struct http_request *request,
                         void (*run)(void *context), void *context)
{
    const struct confirmation confirmation = {
        .application = application, .price = price, .go = run, .context = context};

    if (is_asked(application, price))
        ask(&confirmation, what, request);
    else
        go(&confirmation);
}

/* What is sent again is asked about by its operation and model. */
static void ask_again(struct application *application, char *capture, enum operation operation,
                      const struct http_request *recorded, const struct http_request *now)
{
    const struct confirmation confirmation = {
        .application = application, .price = CONFIRM_EACH, .capture = capture};
    struct request_facts facts;
    char *what;

    request_facts_from(operation, recorded->body, recorded->body_len, &facts);
    what = xasprintf("send %s%s%s again", operation_name(operation), facts.model ? " " : "",
                     facts.model ? facts.model : "");
    if (is_asked(application, CONFIRM_EACH))
        ask(&confirmation, what, now);
    else
        go(&confirmation);
    free(what);
    request_facts_release(&facts);
}

bool application_confirm_again(struct application *application, const char *capture,
                               struct error *error)
{
    struct http_request recorded = {.method = NULL}, now = {.method = NULL};
    char *path = xstrdup(capture); /* what is shown goes when it is sent */
    enum operation operation;
    bool good;

    good = application_may_send(application, error) &&
           capture_request(path, &operation, &recorded, error) &&
           operation_request(application->workspace->contract, &application->profile, operation,
                             recorded.body, recorded.body_len, &now, NULL, error);
    if (good)
        ask_again(application, path, operation, &recorded, &now);
    http_request_release(&recorded);
    http_request_release(&now);
    free(path);
    return good;
}
