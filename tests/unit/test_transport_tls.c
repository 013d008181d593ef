/*
 * net/transport over TLS, against `openssl s_server` with a certificate made for the test: a
 * certificate nobody trusts ends it with 60 and advice; the CA file of the environment is read as
 * the curl tool reads it (B16). Skipped when there is no openssl program.
 */
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "tests/unit/transport_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct tls_server {
    char folder[64];
    char certificate[96];
    char key[96];
    pid_t pid;
    FILE *output;  /* open until the end: the server goes on writing */
    unsigned port; /* 0: it did not start */
};

static bool make_certificate(const struct tls_server *server)
{
    char *command = xasprintf("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                              "-nodes -days 2 -subj /CN=localhost "
                              "-addext subjectAltName=DNS:localhost -keyout %s -out %s "
                              ">/dev/null 2>&1",
                              server->key, server->certificate);
    int status = system(command);

    free(command);
    return status == 0;
}

/* s_server takes any port and says which: "ACCEPT 127.0.0.1:PORT". */
static void serve(struct tls_server *server)
{
    int said[2];
    char line[256];

    assert_int_equal(pipe(said), 0);
    server->pid = fork();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(said[1], STDOUT_FILENO);
        if (!freopen("/dev/null", "w", stderr))
            _exit(127);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", server->key,
               "-cert", server->certificate, "-www", (char *)NULL);
        _exit(127);
    }
    close(said[1]);
    server->output = fdopen(said[0], "r");
    while (!server->port && fgets(line, sizeof(line), server->output))
        sscanf(line, "ACCEPT 127.0.0.1:%u", &server->port);
}

static int setup(void **state)
{
    struct tls_server *server = xcalloc(1, sizeof(*server));

    snprintf(server->folder, sizeof(server->folder), "/tmp/cometdeck-tls-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    snprintf(server->certificate, sizeof(server->certificate), "%s/cert.pem", server->folder);
    snprintf(server->key, sizeof(server->key), "%s/key.pem", server->folder);
    if (make_certificate(server))
        serve(server);
    *state = server;
    return server->port ? 0 : -1;
}

static int teardown(void **state)
{
    struct tls_server *server = *state;

    if (server->pid > 0) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, NULL, 0);
        fclose(server->output);
    }
    unlink(server->certificate);
    unlink(server->key);
    rmdir(server->folder);
    free(server);
    return 0;
}

static void ask(struct heard *heard, const struct tls_server *server, const char *host)
{
    char *url;

    url = xasprintf("https://%s:%u/", host, server->port);
    heard_init(heard, NULL);
    heard_ask(heard, "GET", url, NULL);
    free(url);
    heard_run(heard);
}

static void a_certificate_nobody_trusts_ends_it_with_advice(void **state)
{
    struct heard heard;

    unsetenv("CURL_CA_BUNDLE");
    ask(&heard, *state, "localhost");
    assert_int_equal(heard.result.curl, 60);
    assert_int_equal(heard.result.status, 0);
    assert_int_equal(heard.result.requests_sent, 0);
    assert_non_null(strstr(transport_advice(&heard.result), "certificate is not trusted"));
    heard_release(&heard);
}

static void the_ca_file_of_the_environment_is_trusted(void **state)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    struct tls_server *server = *state;

    for (size_t i = 0; i < 2; i++) {
        struct heard heard;

        setenv(names[i], server->certificate, 1);
        ask(&heard, server, "localhost");
        unsetenv(names[i]);
        assert_int_equal(heard.result.curl, 0);
        assert_int_equal(heard.result.status, 200);
        assert_int_equal(heard.result.framing, FRAMING_CLOSE);
        assert_false(heard.result.framed_clean);
        assert_true(heard.result.timings.tls_us > heard.result.timings.connected_us);
        assert_true(heard.result.timings.sent_us >= heard.result.timings.tls_us);
        heard_release(&heard);
    }
}

static void a_certificate_for_another_name_ends_it(void **state)
{
    struct tls_server *server = *state;
    struct heard heard;

    setenv("CURL_CA_BUNDLE", server->certificate, 1);
    ask(&heard, server, "127.0.0.1");
    unsetenv("CURL_CA_BUNDLE");
    assert_int_equal(heard.result.curl, 60);
    heard_release(&heard);
}

static void a_ca_file_that_cannot_be_read_is_named(void **state)
{
    struct heard heard;

    setenv("CURL_CA_BUNDLE", "/nonexistent/ca.pem", 1);
    ask(&heard, *state, "localhost");
    unsetenv("CURL_CA_BUNDLE");
    assert_int_equal(heard.result.curl, 77);
    assert_non_null(strstr(transport_advice(&heard.result), "CURL_CA_BUNDLE"));
    heard_release(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_nobody_trusts_ends_it_with_advice),
        cmocka_unit_test(the_ca_file_of_the_environment_is_trusted),
        cmocka_unit_test(a_certificate_for_another_name_ends_it),
        cmocka_unit_test(a_ca_file_that_cannot_be_read_is_named),
    };

    unit_need("openssl");
    return cmocka_run_group_tests(tests, setup, teardown);
}
