/* validate SCHEMA FILE…: each FILE holds to SCHEMA, or what does not is told and the status is 1.
 */
#include "tests/unit/schema.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"

#include <stdint.h>
#include <stdio.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

static struct json *read_json(const char *path)
{
    struct json *json = NULL;
    struct error error = {0};
    struct bytes text;

    if (file_read(path, FILE_MAX, &text, NULL, &error)) {
        json = json_parse(bytes_text(&text), text.len, path, &error);
        bytes_release(&text);
    }
    if (!json)
        fprintf(stderr, "%s\n", error.text);
    return json;
}

int main(int argc, char **argv)
{
    struct json *schema = argc > 2 ? read_json(argv[1]) : NULL;
    int status = schema ? 0 : 2;

    for (int i = 2; schema && i < argc; i++) {
        struct json *value = read_json(argv[i]);
        struct bytes faults;

        bytes_init(&faults, SIZE_MAX);
        if (!value || !schema_holds(schema, value, &faults)) {
            fprintf(stderr, "%s:\n%s", argv[i], bytes_text(&faults));
            status = 1;
        }
        bytes_release(&faults);
        json_free(value);
    }
    json_free(schema);
    return status;
}
