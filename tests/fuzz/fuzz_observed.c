/*
 * A file of observations/: as it is, and where it is an object with the digest that is its own. It
 * answers, or it is named and answers nothing.
 */
#include "tests/fuzz/scratch.h"

#include "base/bytes.h"
#include "base/json.h"
#include "probe/observation_record.h"
#include "probe/observed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const uint8_t *data, size_t size, bool sound)
{
    static const char *names[] = {"ready", "cut-mid-stream"};
    const struct probe_words words = {names, 2};
    struct observed *observed = observed_open(scratch_put("observations/obs-1.json", data, size),
                                              NULL, INT64_C(1800000000000));
    enum tristate answer;
    char *by;

    require(!sound == (observed_warnings(observed) != NULL));
    answer = observed_answer(observed, &words, &by);
    require(sound || (answer == IS_UNKNOWN && !by));
    free(by);
    observed_free(observed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json *record = json_parse((const char *)data, size, "a record", NULL);
    struct bytes text;

    ask(data, size, observation_sound(record));
    if (json_type(record) == JSON_OBJECT) {
        observation_seal(record);
        require(observation_sound(record));
        bytes_init(&text, OBSERVATION_RECORD_MAX);
        json_write(record, true, &text);
        ask((const uint8_t *)bytes_text(&text), text.len, true);
        bytes_release(&text);
    }
    json_free(record);
    return 0;
}
