#include "ui/composer_export.h"

#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "contract/curl_command.h"
#include "ui/application.h"

enum { COMMAND_MAX = 256 * 1024 * 1024, FILE_MODE = 0600 };

static const char suggested[] = "request.sh";

/* The variable that holds the key, where the key comes from one; NULL: the usual one. */
static const char *key_variable(const struct application *application)
{
    static const char source[] = "env:";
    const char *from = application_profile(application)->key_source;

    return from && strncmp(from, source, strlen(source)) == 0 ? from + strlen(source) : NULL;
}

/* Typed into the body, a key would stand in the file. */
static bool body_holds_key(const struct application *application,
                           const struct http_request *request, size_t *line)
{
    return request->body &&
           application_finds_key(application, request->body, request->body_len, line);
}

static bool write_command(struct application *application, const char *file, struct error *error)
{
    const struct file_stamp absent = {.exists = false};
    struct http_request request;
    struct bytes command;
    size_t line;
    bool written;

    if (!application_preview(application, &request, NULL, error))
        return false;
    bytes_init(&command, COMMAND_MAX);
    if (file_exists(file))
        written = error_set(error, ERROR_FILE, "%s is there already; choose another name", file);
    else if (body_holds_key(application, &request, &line))
        written =
            error_set(error, ERROR_FILE,
                      "line %zu of the body holds a key; nothing was written, take it out", line);
    else if (!curl_command(&request, key_variable(application), &command))
        written = error_set(error, ERROR_FILE, "the request is too long for a command");
    else
        written = file_replace(NULL, file, bytes_text(&command), command.len, FILE_MODE, &absent,
                               NULL, error);
    bytes_release(&command);
    http_request_release(&request);
    return written;
}

static void answer_file(void *context, const char *text)
{
    if (text && *text)
        composer_export(context, text);
}

void composer_export(struct application *application, const char *file)
{
    const struct question question = {
        .label = "Save as curl command in: ",
        .initial = suggested,
        .replaced = true,
        .completion = COMPLETION_FILE,
        .answered = answer_file,
        .context = application,
    };
    struct error error;
    bool may = application_may_write(application, &error);

    if (may && !file)
        application_ask(application, &question);
    else if (may && write_command(application, file, &error))
        application_say(application, MESSAGE_DONE, "Saved in %s; sh runs it, the key is a variable",
                        file);
    else
        application_fail(application, &error);
}
