#include "judge/naive.h"

#include "base/memory.h"
#include "judge/excerpt.h"

#include <string.h>

static size_t characters(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

char *naive_choice(const struct answer_choice *choice)
{
    size_t count = characters(choice->text, choice->text_len);
    const struct answer_tool_call *call = choice->tool_calls;
    const char *arguments;

    if (choice->text_len)
        return xasprintf("%zu character%s, as if %s whole: %s", count, count == 1 ? "" : "s",
                         count == 1 ? "it were" : "they were",
                         excerpt(choice->text, choice->text_len, 60).text);
    if (choice->refusal_len)
        return xasprintf("a refusal, as if it were whole: %s",
                         excerpt(choice->refusal, choice->refusal_len, 60).text);
    if (!choice->tool_call_count)
        return xstrdup("an empty answer, as if it were whole");
    arguments = call->arguments ? call->arguments : "";
    return xasprintf("%zu tool call%s, as if whole: %s(%s)", choice->tool_call_count,
                     choice->tool_call_count == 1 ? "" : "s",
                     excerpt(call->name, call->name ? strlen(call->name) : 0, 30).text,
                     excerpt(arguments, strlen(arguments), 40).text);
}
