/* The draft: what Composer would send. */
#include "ui/application.h"

#include <stdlib.h>
#include <string.h>

#include "ui/application_state.h"
#include "ui/draft_edit.h"

void application_draft(const struct application *application, struct draft *draft)
{
    *draft = (struct draft){
        .operation = draft_edit_operation(application->draft),
        .model = draft_edit_model(application->draft),
        .prompt = draft_edit_prompt(application->draft),
        .stream = draft_edit_stream(application->draft),
    };
}

unsigned application_draft_version(const struct application *application)
{
    return application->draft_version;
}

struct json_edit *application_body(const struct application *application)
{
    return draft_edit_body(application->draft);
}

void application_draft_edited(struct application *application)
{
    application_changed(application, TOPIC_DRAFT);
}

static void edited(struct application *application, bool done, const struct error *error)
{
    if (done)
        application_draft_edited(application);
    else
        application_fail(application, error);
}

void application_set_model(struct application *application, const char *model)
{
    struct error error;
    bool done = draft_edit_set_model(application->draft, model, &error);

    edited(application, done, &error);
}

void application_set_operation(struct application *application, enum operation operation)
{
    draft_edit_set_operation(application->draft, operation);
    application_draft_edited(application);
}

void application_set_streaming(struct application *application, bool stream)
{
    struct error error;
    bool done = draft_edit_set_stream(application->draft, stream, &error);

    edited(application, done, &error);
}

void application_set_prompt(struct application *application, const char *prompt)
{
    struct error error;
    bool done = draft_edit_set_prompt(application->draft, prompt, &error);

    edited(application, done, &error);
}

bool application_preview(const struct application *application, struct http_request *request,
                         struct bytes *pending, struct error *error)
{
    char *body = draft_edit_text(application->draft);
    bool made = operation_request(application->workspace->contract, &application->profile,
                                  draft_edit_operation(application->draft), body,
                                  body ? strlen(body) : 0, request, pending, error);

    free(body);
    return made;
}
