/* contract/workspace: found, read, refused with its place, never overwritten; profiles and key. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "contract/workspace.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const variables[] = {"COMETAPI_API_KEY", "COMETAPI_KEY",   "COMETAPI_BASE_URL",
                                        "COMETAPI_MODEL",   "XDG_STATE_HOME", "no_proxy",
                                        "NO_PROXY",         "https_proxy",    "HTTPS_PROXY",
                                        "http_proxy",       "all_proxy",      "ALL_PROXY"};

/* A folder of its own for each test, which is also the current one. */
static int set_up(void **state)
{
    char *folder = realpath("/tmp", NULL), *template = xasprintf("%s/cometdeck-XXXXXX", folder);

    free(folder);
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    *state = mkdtemp(template);
    return *state ? chdir(*state) : -1;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static int tear_down(void **state)
{
    int done = chdir("/") | nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);

    free(*state);
    return done;
}

static void write_file(const char *path, const char *text)
{
    struct error error;

    if (!file_replace(NULL, path, text, strlen(text), 0644, NULL, NULL, &error))
        fail_msg("%s", error.text);
}

static struct workspace *open_good(const char *folder)
{
    struct error error;
    struct workspace *workspace = workspace_open(folder, &error);

    if (!workspace)
        fail_msg("%s", error.text);
    return workspace;
}

static void expect_error(const char *folder, const char *message)
{
    struct error error;

    assert_null(workspace_open(folder, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    if (!strstr(error.text, message))
        fail_msg("\"%s\" lacks \"%s\"", error.text, message);
}

static void writes_a_starter_that_opens(void **state)
{
    struct workspace *workspace;
    struct stat info;

    assert_true(workspace_init("new/team", NULL, NULL));
    workspace = open_good("new/team");
    assert_true(workspace->folder[0] == '/');
    assert_non_null(strstr(workspace->folder, *state));
    assert_string_equal(workspace->default_profile, "default");
    assert_int_equal(workspace->profile_count, 2);
    assert_true(workspace->profiles[1].production);
    assert_int_equal(workspace->bodies, BODIES_PROBES);
    assert_true(workspace->contract_seen.exists);
    assert_true(file_exists("new/team/.gitignore"));
    assert_true(file_exists("new/team/README.md"));
    assert_false(file_exists(workspace->local));
    assert_true(workspace_make_local(workspace, NULL));
    assert_int_equal(stat("new/team/.cometdeck", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    workspace_free(workspace);
}

static void never_replaces_a_file_when_it_initialises(void **state)
{
    struct error error;

    (void)state;
    write_file("contract.json", "mine");
    assert_false(workspace_init(".", NULL, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, "contract.json exists: nothing was written"));
    assert_false(file_exists("cometdeck.json"));
}

/* A repository that is there already has both; they are the reader's own. */
static void initialises_beside_a_readme(void **state)
{
    char *kept;
    struct bytes text;

    (void)state;
    write_file("README.md", "mine");
    assert_true(workspace_init(".", &kept, NULL));
    assert_string_equal(kept, "README.md");
    free(kept);
    assert_true(file_read("README.md", 100, &text, NULL, NULL));
    assert_string_equal(bytes_text(&text), "mine");
    bytes_release(&text);
    assert_true(file_exists(".gitignore"));
    workspace_free(open_good("."));
}

/* A limit on the size of files stands for a full disk: the contract is the largest of them. */
static void takes_back_what_it_wrote_before_a_failure(void **state)
{
    struct rlimit before, small;
    struct error error;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 8192;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(workspace_init(".", NULL, &error));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(file_exists("cometdeck.json"));
    assert_false(file_exists("README.md"));
    assert_true(workspace_init(".", NULL, NULL));
}

static void warns_of_a_contract_that_is_not_read_as_meant(void **state)
{
    struct workspace *workspace;

    (void)state;
    assert_true(workspace_init(".", NULL, NULL));
    workspace = open_good(".");
    assert_null(workspace->warnings);
    workspace_free(workspace);
    write_file("contract.json", "{\"version\":1,\n\"clauses\":[{\"id\":\"our.own\"},\n"
                                "{\"id\":\"base.urlx\"},\n{\"id\":\"limit.gap_ms\"}]}");
    workspace = open_good(".");
    assert_non_null(strstr(workspace->warnings,
                           "contract.json:3:7: no clause is called base.urlx; did you mean "
                           "base.url?\n"));
    assert_non_null(strstr(workspace->warnings, "contract.json:4:7: no clause is called "));
    assert_null(strstr(workspace->warnings, "our.own"));
    workspace_free(workspace);
    assert_int_equal(unlink("contract.json"), 0);
    workspace = open_good(".");
    assert_non_null(strstr(workspace->warnings, "contract.json; the starter contract is used"));
    workspace_free(workspace);
}

static void finds_the_workspace_from_a_folder_below(void **state)
{
    struct workspace *workspace;

    assert_true(workspace_init(".", NULL, NULL));
    assert_true(file_make_folders("a/b", 0755, NULL));
    assert_int_equal(chdir("a/b"), 0);
    workspace = open_good(NULL);
    assert_string_equal(workspace->folder, *state);
    workspace_free(workspace);
}

static void does_without_a_workspace_in_the_state_folder(void **state)
{
    char *expected = xasprintf("%s/state/cometdeck", (const char *)*state);
    char *name = xasprintf("%s/state", (const char *)*state);
    struct workspace *workspace;

    setenv("XDG_STATE_HOME", name, 1);
    workspace = open_good(NULL);
    assert_null(workspace->folder);
    assert_string_equal(workspace->local, expected);
    assert_non_null(contract_find(workspace->contract, "chat.path"));
    assert_int_equal(workspace->profile_count, 1);
    assert_false(file_exists(expected));
    assert_false(workspace_save_contract(workspace, NULL));
    workspace_free(workspace);
    free(name);
    free(expected);

    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "/home/x", 1);
    workspace = open_good(NULL);
    assert_string_equal(workspace->local, "/home/x/.local/state/cometdeck");
    workspace_free(workspace);
}

static void suggests_init_for_a_folder_that_is_none(void **state)
{
    (void)state;
    expect_error(".", "cometdeck init");
    expect_error("nowhere", "nowhere");
}

static void tells_the_place_of_what_it_cannot_use(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"version\": 1,\n  \"profiles\": [}", "cometdeck.json:2:16: "},
        {"{\"version\": 9, \"profiles\": [{\"name\": \"a\"}]}", "use a newer cometdeck"},
        {"{\"profiles\": [{\"name\": \"a\"}]}", "/version must be an integer and is missing"},
        {"{\"version\": 1}", "/profiles must be an array and is missing"},
        {"{\"version\": 1, \"profiles\": []}", "cometdeck.json:1:28: a workspace has 1 to"},
        {"{\"version\": 1, \"profiles\": [{}]}", "/profiles/0/name must be a string"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"},\n{\"name\": \"a\"}]}",
         "cometdeck.json:2:10: a profile a already stands above"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\", \"production\": \"yes\"}]}",
         "/profiles/0/production must be true or false"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}], \"default_profile\": \"b\"}",
         "/default_profile must name one of the profiles"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}], \"bodies\": \"some\"}",
         "/bodies must be never, probes or always"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}],\n\"retention\": 3}",
         "cometdeck.json:2:14: /retention must be"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}],\n\"retention\": {\"age\": \"9y\"}}",
         "cometdeck.json:2:22: retention age must be a time such as \"90d\""},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}],\n\"retention\": {\"size\": \"9d\"}}",
         "cometdeck.json:2:23: retention size must be a size such as \"500MB\""},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}],\n\"retention\": {\"count\": 0}}",
         "cometdeck.json:2:24: retention count must be at least 1"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\"}],\n\"retention\": {\"rows\": 5}}",
         "retention has count, age and size, no rows"},
        {"{\"version\": 1, \"profiles\": [{\"name\": \"a\", \"key_source\": \"sk-very-secret\"}]}",
         "a key itself never stands in a file"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("cometdeck.json", cases[i].text);
        expect_error(".", cases[i].message);
    }
    /* A11 E26: a key that was pasted is not repeated. */
    assert_null(workspace_open(".", &error));
    assert_null(strstr(error.text, "secret"));
    write_file("cometdeck.json", "{\"version\": 1, \"profiles\": [{\"name\": \"a\", \"x\": 1}]}");
    write_file("contract.json", "{\n\"version\": 1,,");
    expect_error(".", "contract.json:2:14: ");
}

static void saves_the_contract_unless_it_changed(void **state)
{
    struct workspace *one, *two;
    struct error error;

    (void)state;
    assert_true(workspace_init(".", NULL, NULL));
    one = open_good(".");
    two = open_good(".");
    assert_true(contract_set(one->contract, "chat.path", "owner", json_new_string("me"), NULL));
    assert_true(workspace_save_contract(one, &error));
    assert_true(contract_set(one->contract, "chat.path", "note", json_new_string("x"), NULL));
    assert_true(workspace_save_contract(one, &error));
    assert_false(workspace_save_contract(two, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    workspace_free(two);
    two = open_good(".");
    assert_string_equal(contract_find(two->contract, "chat.path")->owner, "me");
    workspace_free(two);
    workspace_free(one);
}

static void names_paths_in_the_workspace(void **state)
{
    struct workspace *workspace;
    char *path, *expected = xasprintf("%s/ledgers/x.md", (const char *)*state);

    assert_true(workspace_init(".", NULL, NULL));
    workspace = open_good(".");
    path = workspace_path(workspace, "ledgers/x.md");
    assert_string_equal(path, expected);
    free(path);
    path = workspace_path(workspace, "/etc/x");
    assert_string_equal(path, "/etc/x");
    free(path);
    free(expected);
    workspace_free(workspace);
}

static const char two_profiles[] =
    "{\"version\":1,\"default_profile\":\"b\",\"bodies\":\"never\","
    "\"retention\":{\"count\":10000,\"age\":\"90d\",\"size\":\"500MB\"},\"profiles\":["
    "{\"name\":\"a\",\"key_source\":\"env:OTHER_KEY\",\"simulator\":true},"
    "{\"name\":\"b\",\"environment\":\"staging\",\"service\":\"s\",\"model\":\"Org/M \","
    "\"base_url\":\"https://gw.example.com\",\"base_alias\":\"gw\",\"production\":true}]}";

/* A profile by choice, checked for base URL, model and what differs. */
static void expect_profile(const struct workspace *workspace, struct profile_choice choice,
                           const char *base_url, const char *model, const char *differs)
{
    struct profile profile;
    struct error error;
    char *list;

    if (!workspace_profile(workspace, &choice, &profile, &list, &error))
        fail_msg("%s", error.text);
    assert_string_equal(profile.base_url ? profile.base_url : "", base_url);
    assert_string_equal(profile.model ? profile.model : "", model);
    assert_string_equal(list ? list : "", differs);
    free(list);
    profile_release(&profile);
}

/* C18 C19 B24 B76: option before environment before profile; C36: what differs is told. */
static void lets_options_precede_environment_precede_profile(void **state)
{
    static const char gateway[] =
        "base URL https://gw.example.com (profile) instead of https://api.cometapi.com";
    struct workspace *workspace;
    struct profile_choice none = {.name = NULL};

    (void)state;
    write_file("cometdeck.json", two_profiles);
    workspace = open_good(".");
    assert_int_equal(workspace->bodies, BODIES_NEVER);
    assert_int_equal(workspace->retention.rows, 10000);
    assert_int_equal(workspace->retention.age_ms, INT64_C(90) * 24 * 3600 * 1000);
    assert_int_equal(workspace->retention.capture_bytes, 500 * 1000 * 1000);
    expect_profile(workspace, none, "https://gw.example.com", "Org/M ", gateway);
    expect_profile(workspace, (struct profile_choice){.name = "a"}, "", "", "");
    setenv("COMETAPI_BASE_URL", "", 1); /* empty counts as unset */
    setenv("COMETAPI_MODEL", "", 1);
    expect_profile(workspace, none, "https://gw.example.com", "Org/M ", gateway);
    setenv("COMETAPI_BASE_URL", "https://api.cometapi.com", 1);
    setenv("COMETAPI_MODEL", "org/m", 1);
    expect_profile(workspace, none, "https://api.cometapi.com", "org/m",
                   "model org/m (COMETAPI_MODEL) instead of Org/M ");
    expect_profile(workspace,
                   (struct profile_choice){.base_url = "http://127.0.0.1:1", .model = "x"},
                   "http://127.0.0.1:1", "x",
                   "base URL http://127.0.0.1:1 (--base-url) instead of https://api.cometapi.com\n"
                   "model x (--model) instead of Org/M ");
    setenv("https_proxy", "http://user:password@proxy", 1);
    expect_profile(workspace, (struct profile_choice){.name = "a"}, "https://api.cometapi.com",
                   "org/m", "proxy set (https_proxy) instead of none");
    setenv("no_proxy", "localhost, .cometapi.com", 1);
    expect_profile(workspace, (struct profile_choice){.name = "a"}, "https://api.cometapi.com",
                   "org/m", "");
    setenv("no_proxy", "etapi.com", 1); /* no domain of it */
    expect_profile(workspace, (struct profile_choice){.name = "a"}, "https://api.cometapi.com",
                   "org/m", "proxy set (https_proxy) instead of none");
    unsetenv("no_proxy");
    expect_profile(workspace,
                   (struct profile_choice){.name = "a", .base_url = "http://127.0.0.1:1"},
                   "http://127.0.0.1:1", "org/m",
                   "base URL http://127.0.0.1:1 (--base-url) instead of https://api.cometapi.com");
    assert_true(contract_set(workspace->contract, "network.proxy", "value",
                             json_new_string("environment"), NULL));
    expect_profile(workspace, (struct profile_choice){.name = "a"}, "https://api.cometapi.com",
                   "org/m", "");
    workspace_free(workspace);
}

static void expect_base(const struct workspace *workspace, char *alias, char *base_url,
                        const char *expected)
{
    const struct profile profile = {.base_alias = alias, .base_url = base_url};
    char *name = profile_base_name(&profile, workspace->contract);

    assert_string_equal(name, expected);
    free(name);
}

/* TEL B53: an alias, else where it is; never what a URL may hide. */
static void names_the_base_url_without_credentials(void **state)
{
    static char gateway[] = "https://gw.example.com", local[] = "http://127.0.0.1:8080/v1";
    static char secret[] = "https://me:sk-secret@h.example/p?key=sk-x", none[] = "nothing";
    static char alias[] = "gw", empty[] = "";
    struct workspace *workspace;

    (void)state;
    write_file("cometdeck.json", two_profiles);
    workspace = open_good(".");
    expect_base(workspace, alias, gateway, "gw");
    expect_base(workspace, NULL, NULL, "api.cometapi.com");
    expect_base(workspace, empty, local, "127.0.0.1:8080");
    expect_base(workspace, NULL, secret, "h.example");
    expect_base(workspace, NULL, none, "none");
    workspace_free(workspace);
}

static void refuses_profiles_and_urls_that_do_not_exist(void **state)
{
    struct workspace *workspace;
    struct profile profile;
    struct error error;

    (void)state;
    write_file("cometdeck.json", two_profiles);
    workspace = open_good(".");
    assert_false(workspace_profile(workspace, &(struct profile_choice){.name = "c"}, &profile, NULL,
                                   &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "there are: a, b"));
    profile_release(&profile);
    assert_false(workspace_profile(workspace,
                                   &(struct profile_choice){.base_url = "api.example.com"},
                                   &profile, NULL, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "--base-url"));
    profile_release(&profile);
    workspace_free(workspace);
}

static void expect_key(const struct profile *profile, const char *alias)
{
    struct error error;
    struct secret *secret = profile_secret(profile, &error);

    if (!alias) {
        assert_null(secret);
        assert_int_equal(error.kind, ERROR_CHECK);
        assert_non_null(strstr(error.text, "COMETAPI_API_KEY"));
        return;
    }
    assert_non_null(secret);
    assert_string_equal(secret_alias(secret), alias);
    secret_free(secret);
}

/* C17 B24: the key comes from the environment; both names of the two articles are read. */
static void takes_the_key_from_the_source_else_the_default_pair(void **state)
{
    struct profile plain = {.name = (char[]){"p"}};
    struct profile sourced = {.name = (char[]){"p"}, .key_source = (char[]){"env:OTHER_KEY"}};

    (void)state;
    expect_key(&plain, NULL);
    setenv("COMETAPI_API_KEY", "", 1);
    setenv("COMETAPI_KEY", "sk-two", 1);
    expect_key(&plain, "env:COMETAPI_KEY");
    setenv("COMETAPI_API_KEY", "sk-one", 1);
    expect_key(&plain, "env:COMETAPI_API_KEY");
    setenv("OTHER_KEY", "sk-three", 1);
    expect_key(&sourced, "env:OTHER_KEY");
    unsetenv("OTHER_KEY");
    assert_null(profile_secret(&sourced, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_a_starter_that_opens),
        TEST(never_replaces_a_file_when_it_initialises),
        TEST(initialises_beside_a_readme),
        TEST(takes_back_what_it_wrote_before_a_failure),
        TEST(warns_of_a_contract_that_is_not_read_as_meant),
        TEST(finds_the_workspace_from_a_folder_below),
        TEST(does_without_a_workspace_in_the_state_folder),
        TEST(suggests_init_for_a_folder_that_is_none),
        TEST(tells_the_place_of_what_it_cannot_use),
        TEST(saves_the_contract_unless_it_changed),
        TEST(names_paths_in_the_workspace),
        TEST(lets_options_precede_environment_precede_profile),
        TEST(names_the_base_url_without_credentials),
        TEST(refuses_profiles_and_urls_that_do_not_exist),
        TEST(takes_the_key_from_the_source_else_the_default_pair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
