/*
 * Any text, cut anywhere, is told the same, at places that are in it, and no key that is known is
 * in what is shown.
 */
#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "scan/setting.h"
#include "scan/sieve.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "tops3cretvalue";

struct told {
    struct sieve *sieve;
    const struct sought *sought;
    struct bytes text;
};

static void tell(void *context, const struct sieve_hit *hit)
{
    struct told *told = context;
    char *shown = sieve_shown(told->sieve, hit), *line = sieve_excerpt(told->sieve, hit);
    struct setting_answer answer;

    if (!hit->line || !hit->column || !hit->len || strstr(shown, key) || strstr(line, key))
        abort();
    setting_compare(told->sought, hit->setting, hit->text, hit->len,
                    setting_base_of(told->sought, hit->text, hit->len), &answer);
    bytes_printf(&told->text, "%zu:%zu %d %s %s %d\n", hit->line, hit->column, (int)hit->kind,
                 shown, hit->setting, (int)answer.result);
    free(shown);
    free(line);
}

static void run(struct told *told, enum sieve_mode mode, const char *text, size_t len, size_t piece)
{
    bytes_clear(&told->text);
    sieve_begin(told->sieve, mode);
    for (size_t at = 0; at < len; at += piece)
        sieve_push(told->sieve, text + at, piece < len - at ? piece : len - at);
    sieve_finish(told->sieve);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct contract *contract = contract_starter();
    struct sought *sought = sought_new(contract);
    struct secret *secret = secret_new(key, sizeof(key) - 1, "env:X", NULL);
    struct redactor *redactor = redactor_new();
    struct told told = {.sought = sought};
    char *first, *text = size ? xmemdup0(data + 1, size - 1) : xstrdup("");

    redactor_add(redactor, secret);
    sought_add_model(sought, "model-a", "fuzz");
    sought_add_model(sought, "o3", "fuzz");
    told.sieve = sieve_new(sought, redactor, tell, &told);
    bytes_init(&told.text, SIZE_MAX);
    for (int mode = SIEVE_CODE; size && mode <= SIEVE_KEYS; mode++) {
        run(&told, (enum sieve_mode)mode, text, size - 1, size);
        first = xstrdup(bytes_text(&told.text));
        run(&told, (enum sieve_mode)mode, text, size - 1, 1 + data[0] % 16);
        if (strcmp(first, bytes_text(&told.text)) != 0)
            abort();
        free(first);
    }
    bytes_release(&told.text);
    sieve_free(told.sieve);
    redactor_free(redactor);
    secret_free(secret);
    sought_free(sought);
    contract_free(contract);
    free(text);
    return 0;
}
