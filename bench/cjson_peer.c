/*
 * What a plain client does with a stream: every `data:` line of standard input through cJSON, the
 * delta read, the text counted. A peer to measure against, no part of the product.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

int main(void)
{
    char *line = NULL;
    size_t size = 0, text = 0, events = 0;
    ssize_t len;

    while ((len = getline(&line, &size, stdin)) > 0) {
        cJSON *root;
        const cJSON *choice, *content;

        if (strncmp(line, "data: ", 6) != 0 || strncmp(line + 6, "[DONE]", 6) == 0)
            continue;
        root = cJSON_Parse(line + 6);
        if (!root)
            return 1;
        choice = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(root, "choices"), 0);
        content = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(choice, "delta"), "content");
        if (cJSON_IsString(content))
            text += strlen(content->valuestring);
        events++;
        cJSON_Delete(root);
    }
    free(line);
    printf("%zu events, %zu bytes of text\n", events, text);
    return 0;
}
