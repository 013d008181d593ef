#include "ui/composer_set.h"

#include <string.h>

#include "ui/application.h"

/* The only operation whose name begins so; false when there are none or several. */
static bool find_operation(const char *name, enum operation *operation)
{
    int found = 0;

    if (operation_from_name(name, operation))
        return true;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        if (strncmp(operation_name((enum operation)i), name, strlen(name)) == 0) {
            *operation = (enum operation)i;
            found++;
        }
    }
    return found == 1;
}

/* What is sent now; when that cannot be, the row of the request says why. */
static void say_request(struct application *application, enum operation operation)
{
    struct http_request request = {.method = NULL};

    if (application_preview(application, &request, NULL, NULL))
        application_say(application, MESSAGE_DONE, "Operation %s: %s %s", operation_name(operation),
                        request.method, request.url);
    else
        application_say(application, MESSAGE_DONE, "Operation %s", operation_name(operation));
    http_request_release(&request);
}

void composer_set_operation(struct application *application, const char *name)
{
    enum operation operation;
    struct draft draft;

    application_draft(application, &draft);
    operation = (enum operation)((draft.operation + 1) % OPERATION_COUNT);
    if (name && !find_operation(name, &operation)) {
        application_say(application, MESSAGE_FAILED,
                        "there is no operation \"%s\"; chat, responses and models are", name);
        return;
    }
    if (application_set_operation(application, operation))
        say_request(application, operation);
}

void composer_set_streaming(struct application *application, const char *word)
{
    struct draft draft;
    bool stream;

    application_draft(application, &draft);
    if (word && strcmp(word, "on") != 0 && strcmp(word, "off") != 0) {
        application_say(application, MESSAGE_FAILED, "streaming is on or off, not \"%s\"", word);
        return;
    }
    stream = word ? strcmp(word, "on") == 0 : !draft.stream;
    if (application_set_streaming(application, stream))
        application_say(application, MESSAGE_DONE,
                        stream ? "The answer is asked for as a stream"
                               : "The answer is asked for whole, at its end");
}
