/* What two requests differ in: where they went, and their bodies, value by value. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "evidence/compare_parts.h"

enum { VALUE_MAX = 64 * 1024, POINTER_MAX = 4096, DEPTH_MAX = 64, LINES_MAX = 2000 };

struct walk {
    struct compare *compare;
    struct bytes pointer;
    size_t lines, same;
};

/* Compact; a value that is too long for a screen is named by its size. */
static char *write_value(const struct json *value)
{
    struct bytes text;

    if (!value)
        return NULL;
    bytes_init(&text, VALUE_MAX);
    if (!json_write(value, false, &text)) {
        bytes_clear(&text);
        bytes_printf(&text, "(more than %d bytes)", VALUE_MAX);
    }
    return bytes_take(&text);
}

static void add_value(struct walk *walk, const struct json *left, const struct json *right)
{
    char *texts[2] = {write_value(left), write_value(right)};

    if (walk->lines++ < LINES_MAX)
        compare_add(walk->compare, COMPARE_REQUEST, left && right ? COMPARE_CHANGED : COMPARE_SAME,
                    walk->pointer.len ? bytes_text(&walk->pointer) : "body", texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static void walk_value(struct walk *walk, const struct json *left, const struct json *right,
                       int depth);

static void walk_child(struct walk *walk, const char *name, const struct json *left,
                       const struct json *right, int depth)
{
    size_t len = walk->pointer.len;

    json_pointer_add(&walk->pointer, name);
    walk_value(walk, left, right, depth + 1);
    bytes_truncate(&walk->pointer, len);
}

static void walk_members(struct walk *walk, const struct json *left, const struct json *right,
                         int depth)
{
    for (const struct json *child = json_first(left); child; child = json_next(child))
        walk_child(walk, json_name(child), child, json_member(right, json_name(child)), depth);
    for (const struct json *child = json_first(right); child; child = json_next(child))
        if (!json_member(left, json_name(child)))
            walk_child(walk, json_name(child), NULL, child, depth);
}

static void walk_items(struct walk *walk, const struct json *left, const struct json *right,
                       int depth)
{
    const struct json *one = json_first(left), *other = json_first(right);

    for (size_t i = 0; one || other; i++) {
        char *index = xasprintf("%zu", i);

        walk_child(walk, index, one, other, depth);
        free(index);
        one = one ? json_next(one) : NULL;
        other = other ? json_next(other) : NULL;
    }
}

static void walk_value(struct walk *walk, const struct json *left, const struct json *right,
                       int depth)
{
    enum json_type type = json_type(left);

    if (left && right && json_equal(left, right))
        walk->same++;
    else if (left && right && type == json_type(right) && type == JSON_OBJECT && depth < DEPTH_MAX)
        walk_members(walk, left, right, depth);
    else if (left && right && type == json_type(right) && type == JSON_ARRAY && depth < DEPTH_MAX)
        walk_items(walk, left, right, depth);
    else
        add_value(walk, left, right);
}

static struct json *read_body(const struct capture_header *header)
{
    return header->body ? json_parse(header->body, header->body_len, "the body", NULL) : NULL;
}

/* Of a body that is no JSON, or was not kept. */
static const char *describe_body(const struct capture_header *header)
{
    if (!header->body)
        return header->body_kept ? "none" : "not kept";
    return "no JSON";
}

static void add_bodies(struct compare *compare, const struct capture_header *left,
                       const struct capture_header *right)
{
    struct json *one = read_body(left), *other = read_body(right);
    struct walk walk = {.compare = compare};
    char *same;

    bytes_init(&walk.pointer, POINTER_MAX);
    if (one && other) {
        walk_value(&walk, one, other, 0);
        same = xasprintf("%zu value%s the same%s", walk.same, walk.same == 1 ? " is" : "s are",
                         walk.lines > LINES_MAX ? "; there are more differences" : "");
        compare_add(compare, COMPARE_REQUEST, COMPARE_SAME, "body", same, same);
        free(same);
    } else {
        compare_add(compare, COMPARE_REQUEST, COMPARE_SAME, "body",
                    one ? "JSON" : describe_body(left), other ? "JSON" : describe_body(right));
    }
    json_free(one);
    json_free(other);
    bytes_release(&walk.pointer);
}

void compare_add_request(struct compare *compare)
{
    const struct capture_header *left = &compare->sides[0].replay.header;
    const struct capture_header *right = &compare->sides[1].replay.header;
    const struct {
        const char *label, *left, *right;
    } facts[] = {
        {"profile", left->profile, right->profile},
        {"method", left->method, right->method},
        {"url", left->url, right->url},
        {"key", left->key_alias, right->key_alias},
        {"differs from contract", left->differs, right->differs},
    };

    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
        if (facts[i].left || facts[i].right)
            compare_add(compare, COMPARE_REQUEST, COMPARE_SAME, facts[i].label, facts[i].left,
                        facts[i].right);
    add_bodies(compare, left, right);
}
