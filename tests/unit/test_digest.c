/* evidence/digest: SHA-256 by the examples of FIPS 180-4. */
#include "tests/unit/unit.h"

#include "evidence/digest.h"

#include <string.h>

static void assert_digest(const char *text, const char *expected)
{
    struct digest *digest = digest_new();
    char found[DIGEST_TEXT];

    for (const char *c = text; *c; c++) {
        digest_update(digest, c, 1);
        digest_text(digest, found); /* asking changes nothing */
    }
    digest_text(digest, found);
    assert_string_equal(found, expected);
    digest_free(digest);
}

static void agrees_with_the_standard(void **state)
{
    (void)state;
    assert_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
