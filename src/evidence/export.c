#include "evidence/export.h"

#include "base/bytes.h"
#include "base/redact.h"
#include "base/suggest.h"
#include "evidence/capture.h"
#include "evidence/capture_request.h"
#include "evidence/har.h"

#include <string.h>

enum { EXPORT_MAX = 1 << 30, TAIL_LENGTH = sizeof(CAPTURE_TAIL) - 3 + DIGEST_TEXT - 1 };

/* Where a capture's own digest stands, NULL when it has none. */
static char *sealed_at(const struct bytes *capture)
{
    static const char tail[] = ",\"sha256\":\"";
    char *at = capture->len < TAIL_LENGTH ? NULL : capture->data + capture->len - TAIL_LENGTH;

    return at && memcmp(at, tail, sizeof(tail) - 1) == 0 ? at + sizeof(tail) - 1 : NULL;
}

static void digest_up_to_seal(const struct bytes *capture, char text[static DIGEST_TEXT])
{
    struct digest *digest = digest_new();

    digest_update(digest, capture->data, capture->len - TAIL_LENGTH);
    digest_text(digest, text);
    digest_free(digest);
}

/* One that was changed by somebody must not become sound by our own change. */
static bool copy_capture(const char *capture, const struct redactor *redactor, struct bytes *out,
                         struct error *error)
{
    char digest[DIGEST_TEXT] = "", *seal;
    bool sound;

    bytes_release(out);
    if (!file_read(capture, EXPORT_MAX, out, NULL, error))
        return false;
    seal = sealed_at(out);
    if (seal)
        digest_up_to_seal(out, digest);
    sound = seal && memcmp(seal, digest, DIGEST_TEXT - 1) == 0;
    if (out->len && redact(redactor, out->data, out->len) > 0 && sound) {
        digest_up_to_seal(out, digest);
        memcpy(seal, digest, DIGEST_TEXT - 1);
    }
    return true;
}

/* `make` appends what the file will hold to an empty buffer. */
static const struct kind {
    const char *name, *suffix, *meaning;
    bool (*make)(const char *capture, const struct redactor *redactor, struct bytes *out,
                 struct error *error);
} kinds[] = {
    {"har", "har", "HTTP Archive 1.2, for browsers and proxies", har_write},
    {"curl", "sh", "the request as a curl command, the key as a variable", capture_curl_command},
    {"capture", "jsonl", "the capture as it is, for cometdeck judge", copy_capture},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

bool export_kind(size_t index, const char **name, const char **suffix, const char **meaning)
{
    if (index >= KINDS)
        return false;
    *name = kinds[index].name;
    *suffix = kinds[index].suffix;
    *meaning = kinds[index].meaning;
    return true;
}

static const struct kind *find_kind(const char *name, struct error *error)
{
    struct suggestion near = {0};

    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
        suggest(&near, name, kinds[i].name);
    }
    error_set(error, ERROR_USAGE, "there is no export called %s%s%s; there are har, curl, capture",
              name, near.word ? ", did you mean " : "", near.word ? near.word : "");
    return NULL;
}

bool export_write(const char *kind_name, const char *capture, const char *path,
                  const struct redactor *redactor, const struct file_ops *ops, struct error *error)
{
    static const struct file_stamp absent = {0};
    const struct kind *kind = find_kind(kind_name, error);
    struct bytes text;
    bool good;

    if (!kind)
        return false;
    bytes_init(&text, EXPORT_MAX);
    good = kind->make(capture, redactor, &text, error) &&
           file_replace(ops, path, bytes_text(&text), text.len, 0600, &absent, NULL, error);
    bytes_release(&text);
    if (!good && error && error->kind == ERROR_CHANGED)
        error_set(error, ERROR_FILE, "%s is there already; name another file", path);
    return good;
}
