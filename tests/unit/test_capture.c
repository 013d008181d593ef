/* evidence/capture: what was read comes back byte by byte, and nothing less passes as whole (E9).
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"
#include "tests/unit/capture_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char *path;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-capture-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "capture.jsonl");
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(path);
    return answer;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* ---- one capture to write ---- */

static int sync_nothing(int fd)
{
    (void)fd;
    return 0;
}

/* Hundreds are written here: what a disk does with them is proved elsewhere (test_syncer). */
static const struct file_ops *hasty(void)
{
    static struct file_ops ops;

    ops = file_ops_system;
    ops.fsync = sync_nothing;
    return &ops;
}

/* The whole of `data` in pieces of 1 to `most` bytes, at the times 0, 1, 2, … */
static void write_capture(const struct sample *sample, const char *data, size_t len, size_t most,
                          uint64_t seed, char digest[static DIGEST_TEXT])
{
    struct error error = {0};
    struct capture_writer *writer = capture_create(hasty(), path, &sample->header, &error);

    assert_string_equal(error.text, "");
    assert_non_null(writer);
    assert_true(capture_head(writer, &sample->result, 3, NULL));
    for (size_t at = 0, number = 0; at < len; number++) {
        size_t piece = 1 + (size_t)(next_random(&seed) % most);

        piece = piece < len - at ? piece : len - at;
        assert_true(capture_read(writer, data + at, piece, (int64_t)number, NULL));
        at += piece;
    }
    assert_true(capture_end(writer, &sample->result, digest, &error));
}

/* Read all of it: the bytes and how it ended; the pieces too, unless `most` is 0. */
static enum capture_step read_capture(struct bytes *joined, uint64_t seed, size_t most,
                                      struct error *error)
{
    struct capture_reader *reader = capture_open(path, error);
    const struct http_result *result;
    enum capture_step step;
    int64_t at_us, number = 0;
    const char *data;
    size_t len;

    if (!reader)
        return CAPTURE_BROKEN;
    step = capture_next(reader, &data, &len, &at_us, &result, error);
    if (step == CAPTURE_HEAD)
        step = capture_next(reader, &data, &len, &at_us, &result, error);
    for (; step == CAPTURE_READ; step = capture_next(reader, &data, &len, &at_us, &result, error)) {
        size_t piece = 1 + (size_t)(next_random(&seed) % (most ? most : 1));

        assert_true(!most || len <= piece);
        assert_true(!most || at_us == number++);
        if (data)
            bytes_append(joined, data, len);
    }
    capture_close(reader);
    return step;
}

static void assert_same_headers(const struct http_headers *left, const struct http_headers *right)
{
    assert_int_equal(left->count, right->count);
    for (size_t i = 0; i < left->count; i++) {
        assert_string_equal(left->items[i].name, right->items[i].name);
        assert_string_equal(left->items[i].value, right->items[i].value);
    }
}

/* ---- tests ---- */

static void header_and_result_come_back(void **state)
{
    struct capture_reader *reader;
    const struct capture_header *header;
    const struct http_result *result;
    char digest[DIGEST_TEXT], again[DIGEST_TEXT];
    struct sample sample;
    struct stat info;
    const char *data;
    int64_t at_us;
    size_t len;

    (void)state;
    sample_init(&sample);
    write_capture(&sample, "", 0, 1, 1, digest);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    reader = capture_open(path, NULL);
    header = capture_reader_header(reader);
    assert_string_equal(header->id, sample.header.id);
    assert_int_equal(header->wall_ms, sample.header.wall_ms);
    assert_int_equal(header->operation, OPERATION_RESPONSES);
    assert_string_equal(header->url, sample.header.url);
    assert_string_equal(header->key_alias, "env:KEY");
    assert_memory_equal(header->body, "{\"n\":2}", 8);
    assert_int_equal(header->body_len, 7);
    assert_true(header->body_kept && header->simulated);
    assert_string_equal(header->differs, "base URL\nmodel");
    assert_same_headers(header->headers, &sample.request_headers);
    assert_int_equal(header->facts->choices, 2);
    assert_string_equal(header->facts->model, "sim/x");
    assert_null(header->facts->lenient_tools);
    assert_int_equal(header->rules->marker, MARKER_OPTIONAL_IF_FRAMED_CLEAN);
    assert_string_equal(header->rules->aliases[0].reason, "eos");
    assert_int_equal(header->rules->aliases[0].column, FINISH_COMPLETE);
    assert_int_equal(header->rules->gap_us, 123);
    assert_int_equal(header->rules->max_event_bytes, sample.rules.max_event_bytes);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_HEAD);
    assert_int_equal(at_us, 3);
    assert_int_equal(result->status, 200);
    assert_same_headers(&result->headers, &sample.result.headers);
    assert_int_equal(result->trailers.count, 0);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_END);
    assert_int_equal(result->curl, 18);
    assert_string_equal(result->message, "transfer closed");
    assert_int_equal(result->status, 200);
    assert_int_equal(result->framing, FRAMING_CHUNKED);
    assert_false(result->framed_clean);
    assert_int_equal(result->stop, STOP_GAP);
    assert_int_equal(result->timings.end_us, 9000000000);
    assert_int_equal(result->body_bytes, 77);
    assert_string_equal(result->peer, "127.0.0.1:80");
    assert_same_headers(&result->headers, &sample.result.headers);
    assert_same_headers(&result->trailers, &sample.result.trailers);
    capture_reader_digest(reader, again);
    assert_string_equal(digest, again);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_END);
    capture_close(reader);
    sample_release(&sample);
}

static void a_body_that_is_no_text_comes_back(void **state)
{
    struct capture_reader *reader;
    char digest[DIGEST_TEXT];
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample.header.body = "\xFF\0{";
    sample.header.body_len = 3;
    write_capture(&sample, "", 0, 1, 1, digest);
    reader = capture_open(path, NULL);
    assert_int_equal(capture_reader_header(reader)->body_len, 3);
    assert_memory_equal(capture_reader_header(reader)->body, "\xFF\0{", 3);
    capture_close(reader);
    sample_release(&sample);
}

static void fill(char *data, size_t len, size_t round, uint64_t *seed)
{
    static const char text[] = "data: {\"x\":\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\\n\"}\n\n";

    for (size_t i = 0; i < len; i++)
        switch (round % 3) {
        case 0:
            data[i] = text[i % (sizeof(text) - 1)];
            break;
        case 1:
            data[i] = (char)next_random(seed);
            break;
        default:
            data[i] = (char)(next_random(seed) % 128);
            break;
        }
}

static void any_bytes_in_any_pieces_come_back(void **state)
{
    static const size_t most[] = {1, 3, 50, 20000};
    static char data[100000];
    uint64_t seed = UINT64_C(0xBEEF);
    char digest[DIGEST_TEXT];
    struct sample sample;
    struct bytes joined;

    (void)state;
    sample_init(&sample);
    bytes_init(&joined, sizeof(data));
    for (size_t round = 0; round < 60; round++) {
        size_t len = (size_t)(next_random(&seed) % (round % 4 == 3 ? sizeof(data) : 2000));

        fill(data, len, round, &seed);
        write_capture(&sample, data, len, most[round % 4], round + 1, digest);
        bytes_clear(&joined);
        assert_int_equal(read_capture(&joined, round + 1, most[round % 4], NULL), CAPTURE_END);
        assert_int_equal(joined.len, len);
        if (len)
            assert_memory_equal(joined.data, data, len);
        unlink(path);
    }
    bytes_release(&joined);
    sample_release(&sample);
}

static void a_huge_read_takes_several_lines(void **state)
{
    size_t len = 3 * CAPTURE_READ_MAX + 1;
    char *data = xmalloc(len);
    struct capture_writer *writer;
    struct capture_reader *reader;
    const struct http_result *result;
    char digest[DIGEST_TEXT];
    struct sample sample;
    size_t total = 0, part;
    const char *out;
    int64_t at_us;

    (void)state;
    memset(data, '\1', len);
    sample_init(&sample);
    writer = capture_create(hasty(), path, &sample.header, NULL);
    assert_true(capture_read(writer, data, len, 7, NULL));
    assert_true(capture_end(writer, &sample.result, digest, NULL));
    reader = capture_open(path, NULL);
    while (capture_next(reader, &out, &part, &at_us, &result, NULL) == CAPTURE_READ) {
        assert_int_equal(at_us, 7);
        assert_memory_equal(out, data, part);
        total += part;
    }
    assert_int_equal(total, len);
    capture_close(reader);
    sample_release(&sample);
    free(data);
}

/* E9: whatever is missing from the end, it never reads as whole. */
static void cut_at_any_byte_it_is_never_whole(void **state)
{
    static const char data[] = "data: {\"a\":\"\xC3\xA4\"}\n\ndata: [DONE]\n\n";
    struct bytes file, joined;
    char digest[DIGEST_TEXT];
    struct sample sample;

    (void)state;
    sample_init(&sample);
    write_capture(&sample, data, sizeof(data) - 1, 9, 3, digest);
    assert_true(file_read(path, SIZE_MAX / 2, &file, NULL, NULL));
    bytes_init(&joined, 1000);
    for (size_t len = 0; len < file.len; len++) {
        struct error error = {0};

        assert_true(file_replace(NULL, path, file.data, len, 0600, NULL, NULL, NULL));
        assert_int_not_equal(read_capture(&joined, 3, 0, &error), CAPTURE_END);
        bytes_clear(&joined);
    }
    bytes_release(&joined);
    bytes_release(&file);
    sample_release(&sample);
}

/* E9: each evidence id resolves to a capture whose digest matches, the end line included. */
static void no_byte_can_be_changed_unseen(void **state)
{
    static const char data[] = "data: {\"a\":\"b\"}\n\ndata: [DONE]\n\n";
    struct bytes file, joined;
    char digest[DIGEST_TEXT];
    struct sample sample;

    (void)state;
    sample_init(&sample);
    write_capture(&sample, data, sizeof(data) - 1, 9, 3, digest);
    assert_true(file_read(path, SIZE_MAX / 2, &file, NULL, NULL));
    bytes_init(&joined, 1000);
    for (size_t at = 0; at < file.len; at++) {
        struct error error = {0};
        char kept = file.data[at];

        file.data[at] = (char)(kept ^ 1);
        assert_true(file_replace(NULL, path, file.data, file.len, 0600, NULL, NULL, NULL));
        assert_int_not_equal(read_capture(&joined, 3, 0, &error), CAPTURE_END);
        file.data[at] = kept;
        bytes_clear(&joined);
    }
    bytes_append(&file, "\n", 1);
    assert_true(file_replace(NULL, path, file.data, file.len, 0600, NULL, NULL, NULL));
    assert_int_equal(read_capture(&joined, 3, 0, NULL), CAPTURE_BROKEN);
    bytes_release(&joined);
    bytes_release(&file);
    sample_release(&sample);
}

static void what_cannot_be_read_is_refused_with_its_place(void **state)
{
    static const char *const cases[][2] = {
        {"", "1: this is no capture"},
        {"data: x\n\n", "capture.jsonl:1:"},
        {"{\"format\":\"other\"}\n", "1: this is no capture"},
        {"{\"format\":\"cometdeck-capture\",\"version\":2}\n", "version 2"},
        {"{\"format\":\"cometdeck-capture\"}\n", "names no version"},
        {"{\"format\":\"cometdeck-capture\",\"version\":1}\n", "operation"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};

        assert_true(
            file_replace(NULL, path, cases[i][0], strlen(cases[i][0]), 0600, NULL, NULL, NULL));
        assert_null(capture_open(path, &error));
        assert_int_equal(error.kind, ERROR_FILE);
        assert_non_null(strstr(error.text, cases[i][1]));
    }
}

/* Percentages and sums of a foreign file's times must not overflow. */
static void no_time_of_a_file_is_out_of_bounds(void **state)
{
    struct capture_reader *reader;
    const struct http_result *result;
    struct bytes file, changed;
    char digest[DIGEST_TEXT];
    struct sample sample;
    const char *data = "", *time;
    int64_t at_us;
    size_t len;

    (void)state;
    sample_init(&sample);
    write_capture(&sample, "words", 5, 100, 1, digest);
    assert_true(file_read(path, SIZE_MAX / 2, &file, NULL, NULL));
    time = strstr(bytes_text(&file), "\n{\"t\":");
    assert_non_null(time);
    bytes_init(&changed, SIZE_MAX / 2);
    bytes_printf(&changed, "%.*s\n{\"t\":999999999999999999%s", (int)(time - file.data), file.data,
                 time + strlen("\n{\"t\":") + strspn(time + strlen("\n{\"t\":"), "0123456789"));
    assert_true(file_replace(NULL, path, changed.data, changed.len, 0600, NULL, NULL, NULL));
    reader = capture_open(path, NULL);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_HEAD);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_READ);
    assert_int_equal(at_us, INT64_C(1000000000000000));
    capture_close(reader);
    bytes_release(&file);
    bytes_release(&changed);
    sample_release(&sample);
}

static void bodies_that_are_not_kept_leave_their_lengths(void **state)
{
    struct capture_reader *reader;
    const struct http_result *result;
    struct bytes file;
    char digest[DIGEST_TEXT];
    struct sample sample;
    const char *data = "";
    int64_t at_us;
    size_t len;

    (void)state;
    sample_init(&sample);
    sample.header.body_kept = false;
    write_capture(&sample, "Confidential", 12, 100, 1, digest);
    assert_true(file_read(path, SIZE_MAX / 2, &file, NULL, NULL));
    assert_null(strstr(file.data, "Confidential"));
    assert_null(strstr(file.data, "{\\\"n\\\":2}"));
    bytes_release(&file);
    reader = capture_open(path, NULL);
    assert_false(capture_reader_header(reader)->body_kept);
    assert_null(capture_reader_header(reader)->body);
    assert_int_equal(capture_reader_header(reader)->body_len, 7);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_HEAD);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_READ);
    assert_null(data);
    assert_int_equal(len, 12);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_END);
    capture_close(reader);
    sample_release(&sample);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(header_and_result_come_back),
        FOLDER_TEST(a_body_that_is_no_text_comes_back),
        FOLDER_TEST(any_bytes_in_any_pieces_come_back),
        FOLDER_TEST(a_huge_read_takes_several_lines),
        FOLDER_TEST(cut_at_any_byte_it_is_never_whole),
        FOLDER_TEST(no_byte_can_be_changed_unseen),
        FOLDER_TEST(what_cannot_be_read_is_refused_with_its_place),
        FOLDER_TEST(no_time_of_a_file_is_out_of_bounds),
        FOLDER_TEST(bodies_that_are_not_kept_leave_their_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
