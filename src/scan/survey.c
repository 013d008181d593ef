#include "scan/survey.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "scan/allow.h"
#include "scan/file_mode.h"
#include "scan/intake.h"
#include "scan/setting.h"
#include "scan/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A setting of the file at hand, compared once its base URL is known. */
struct pending {
    struct survey_finding finding;
    char *raw;
    size_t len;
};

/* What is over is compared with the base URL that was seen until then. */
enum { PENDING_MAX = 1000 };

struct survey_run {
    struct survey *survey;
    const struct redactor *redactor;
    struct survey_choice choice;
    struct sieve *sieve;
    char **names; /* of files with findings */
    size_t name_count, name_size;
    const char *root;      /* what was named, */
    const char *root_path; /* and where that is, without links */
    const char *path;      /* the file at hand */
    const char *name;      /* its copy among `names`, NULL: not yet */
    char *inside;          /* its path within the workspace, or as it was named */
    enum sieve_mode mode;
    struct pending pending[PENDING_MAX];
    size_t pending_count;
    enum setting_base base;
    size_t key_line, key_column; /* of the last key in the file at hand */
};

const char *survey_state_name(enum survey_state state)
{
    static const char *const names[] = {[SURVEY_KEY] = "key",
                                        [SURVEY_SCATTERED] = "scattered",
                                        [SURVEY_DOCUMENTATION] = "documentation",
                                        [SURVEY_DIFFERS] = "differs",
                                        [SURVEY_AGREES] = "agrees"};

    return names[state];
}

/* ---- findings ---- */

static void finding_release(struct survey_finding *finding)
{
    free(finding->value);
    free(finding->setting);
    free(finding->clause);
    free(finding->what);
    free(finding->excerpt);
}

static const char *name_kept(struct survey_run *run)
{
    if (run->name)
        return run->name;
    if (run->name_count == run->name_size) {
        run->name_size = run->name_size ? 2 * run->name_size : 32;
        run->names = xreallocarray(run->names, run->name_size, sizeof(*run->names));
    }
    run->name = run->names[run->name_count++] = xstrdup(run->path);
    return run->name;
}

/* Takes `finding` over. False: it is accepted. */
static bool keep(struct survey_run *run, struct survey_finding *finding)
{
    struct survey *survey = run->survey;
    bool accepted = finding->state != SURVEY_AGREES && run->choice.allow &&
                    allow_find(run->choice.allow, run->inside, finding->kind) != NULL;

    if (finding->state == SURVEY_AGREES) {
        survey->agrees++;
    } else if (accepted) {
        survey->accepted++;
    } else {
        survey->found++;
        survey->counts[finding->kind]++;
    }
    if (accepted || survey->count == SURVEY_FINDINGS_MAX) {
        finding_release(finding);
        return !accepted;
    }
    if (survey->count % 64 == 0)
        survey->findings =
            xreallocarray(survey->findings, survey->count + 64, sizeof(*survey->findings));
    finding->file = name_kept(run);
    survey->findings[survey->count++] = *finding;
    return true;
}

static struct survey_finding finding_of(const struct survey_run *run, const struct sieve_hit *hit)
{
    return (struct survey_finding){
        .kind = hit->kind,
        .line = hit->line,
        .column = hit->column,
        .value = sieve_shown(run->sieve, hit),
        .setting = xstrdup(hit->setting),
        .excerpt = hit->kind == SCAN_KEY ? xstrdup("") : sieve_excerpt(run->sieve, hit)};
}

static void hit_key(struct survey_run *run, const struct sieve_hit *hit)
{
    struct survey_finding finding;

    if (hit->line == run->key_line && hit->column == run->key_column)
        return; /* found by its name and by itself */
    run->key_line = hit->line;
    run->key_column = hit->column;
    finding = finding_of(run, hit);
    finding.state = SURVEY_KEY;
    finding.clause = xstrdup("");
    if (hit->item)
        finding.what = xasprintf("a value of %s stands here", hit->item->value);
    else
        finding.what = xstrdup(hit->known ? "the key of a profile stands here"
                                          : "what looks like a key (sk-…) stands here");
    keep(run, &finding);
}

/* ---- code ---- */

static const char *code_words(const struct sought_item *item, enum scan_kind kind)
{
    if (item->documentation)
        return item->kind == SCAN_PATH ? "is a page of the documentation, no endpoint"
                                       : "is the documentation's host, no API";
    switch (kind) {
    case SCAN_MODEL:
        return "is a model id in code";
    case SCAN_PATH:
        return "is an endpoint path in code";
    case SCAN_KEY:
    case SCAN_BASE_URL:
        break;
    }
    return "is a base URL in code";
}

static void hit_code(struct survey_run *run, const struct sieve_hit *hit)
{
    struct survey *survey = run->survey;
    struct survey_value *value = &survey->values[hit->item - survey->sought->items];
    struct survey_finding finding;

    /* A link in a comment is none that a program follows. */
    if (hit->item->documentation && hit->kind == SCAN_BASE_URL && !hit->quoted)
        return;
    finding = finding_of(run, hit);
    finding.state = hit->item->documentation ? SURVEY_DOCUMENTATION : SURVEY_SCATTERED;
    finding.clause = xstrdup(hit->item->from);
    finding.what = xstrdup(code_words(hit->item, hit->kind));
    if (!keep(run, &finding))
        return;
    value->in_code++;
    value->files += value->last_file != survey->files + 1;
    value->last_file = survey->files + 1;
}

/* ---- settings ---- */

static bool is_related(const struct sought *sought, const struct sieve_hit *hit)
{
    struct setting_answer bare, prefixed;

    setting_compare(sought, hit->setting, hit->text, hit->len, BASE_BARE, &bare);
    setting_compare(sought, hit->setting, hit->text, hit->len, BASE_PREFIXED, &prefixed);
    return bare.result != SETTING_UNRELATED || prefixed.result != SETTING_UNRELATED;
}

/* A base URL or path that is in its place, for who finds the same value in code. */
static void note_configured(struct survey_run *run, const struct pending *pending)
{
    const struct sought *sought = run->survey->sought;

    for (size_t i = 0; i < sought->count; i++) {
        const struct sought_item *item = &sought->items[i];
        struct survey_value *value = &run->survey->values[i];

        if (item->kind != pending->finding.kind || item->documentation ||
            (item->kind == SCAN_PATH ? strcmp(pending->raw, item->value) != 0
                                     : !strcasestr(pending->raw, item->value)))
            continue;
        value->in_settings++;
        if (!value->configured_at)
            value->configured_at = xasprintf("%s:%zu", run->path, pending->finding.line);
    }
}

static void settle(struct survey_run *run)
{
    for (size_t i = 0; i < run->pending_count; i++) {
        struct pending *pending = &run->pending[i];
        struct setting_answer answer;

        setting_compare(run->survey->sought, pending->finding.setting, pending->raw, pending->len,
                        run->base, &answer);
        if (answer.result == SETTING_UNRELATED) {
            finding_release(&pending->finding);
        } else {
            note_configured(run, pending);
            pending->finding.state =
                answer.result == SETTING_AGREES ? SURVEY_AGREES : SURVEY_DIFFERS;
            pending->finding.clause = xstrdup(answer.clause);
            pending->finding.what = xstrdup(answer.what);
            keep(run, &pending->finding);
        }
        secret_wipe(pending->raw, pending->len);
        free(pending->raw);
    }
    run->pending_count = 0;
}

static void hit_setting(struct survey_run *run, const struct sieve_hit *hit)
{
    const struct sought *sought = run->survey->sought;
    enum setting_base base;

    if (!is_related(sought, hit))
        return;
    if (run->pending_count == PENDING_MAX)
        settle(run);
    base = setting_base_of(sought, hit->text, hit->len);
    if (base != BASE_UNKNOWN)
        run->base = base;
    run->pending[run->pending_count++] = (struct pending){
        .finding = finding_of(run, hit), .raw = xmemdup0(hit->text, hit->len), .len = hit->len};
}

static void hit_model_setting(struct survey_run *run, const struct sieve_hit *hit)
{
    struct survey_value *value = &run->survey->values[hit->item - run->survey->sought->items];

    value->in_settings++;
    if (!value->configured_at)
        value->configured_at = xasprintf("%s:%zu", run->path, hit->line);
}

static void hit(void *context, const struct sieve_hit *hit)
{
    struct survey_run *run = context;

    if (hit->kind == SCAN_KEY)
        hit_key(run, hit);
    else if (run->mode == SIEVE_CODE)
        hit_code(run, hit);
    else if (hit->kind == SCAN_MODEL)
        hit_model_setting(run, hit);
    else
        hit_setting(run, hit);
}

/* ---- files ---- */

static void miss(struct survey_run *run, const char *path, const char *why)
{
    struct survey *survey = run->survey;

    survey->missed_count++;
    if (survey->missed_kept == SURVEY_MISSED_MAX)
        return;
    survey->missed =
        xreallocarray(survey->missed, survey->missed_kept + 1, sizeof(*survey->missed));
    survey->missed[survey->missed_kept++] =
        (struct survey_missed){.file = xstrdup(path), .why = why};
}

/* "src/x" of "/home/me/ws/src/x" when the workspace is /home/me/ws; NULL outside of it. */
static char *path_inside(const struct survey_run *run, const char *path)
{
    size_t len = run->choice.workspace ? strlen(run->choice.workspace) : 0;
    const char *below = strcmp(run->root, ".") == 0 ? path : path + strlen(run->root);
    char *whole = xasprintf("%s%s%s", run->root_path, *below && *below != '/' ? "/" : "", below);
    char *answer = NULL;

    if (len && strncmp(whole, run->choice.workspace, len) == 0 && whole[len] == '/')
        answer = xstrdup(whole + len + 1);
    free(whole);
    return answer;
}

/* What a workspace holds says the contract, or records what was: only a key is wrong there. */
static bool is_workspace_file(const char *inside)
{
    static const char *const own[] = {
        "cometdeck.json", "contract.json", "registry.json", "classes.json", "findings.json",
        "probes/",        "snapshots/",    "freezes/",      "fixtures/",    "tickets/",
        "ledgers/",       "captures/",     "observations/", "schema/"};

    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
        size_t len = strlen(own[i]);

        if (strncmp(inside, own[i], len) == 0 && (own[i][len - 1] == '/' || !inside[len]))
            return true;
    }
    return false;
}

/* The contract of a workspace that is not the one in force: it has its cometdeck.json beside it. */
static bool is_contract_file(const char *path)
{
    static const char contract[] = "contract.json", workspace[] = "cometdeck.json";
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder, *beside;
    bool is = strcmp(name, workspace) == 0;

    if (is || strcmp(name, contract) != 0)
        return is;
    folder = file_folder(path);
    beside = file_join(folder, workspace);
    is = file_exists(beside);
    free(beside);
    free(folder);
    return is;
}

static int compare_places(const void *a, const void *b)
{
    const struct survey_finding *one = a, *other = b;

    if (one->line != other->line)
        return one->line < other->line ? -1 : 1;
    return (one->column > other->column) - (one->column < other->column);
}

static void push(void *context, const char *data, size_t len)
{
    struct survey_run *run = context;

    sieve_push(run->sieve, data, len);
}

static void visit_file(void *context, const char *path, int fd, const struct stat *info)
{
    struct survey_run *run = context;
    struct survey *survey = run->survey;
    char *inside = path_inside(run, path);
    size_t first = survey->count;
    enum intake_result result;

    (void)info;
    run->path = path;
    run->name = NULL;
    run->inside = inside ? inside : xstrdup(path);
    run->mode = (inside && is_workspace_file(inside)) || is_contract_file(path) ? SIEVE_KEYS
                                                                                : file_mode(path);
    run->base = BASE_UNKNOWN;
    run->key_line = 0;
    sieve_begin(run->sieve, run->mode);
    result = intake(fd, push, run, &survey->bytes);
    sieve_finish(run->sieve);
    settle(run);
    if (survey->count > first)
        qsort(survey->findings + first, survey->count - first, sizeof(*survey->findings),
              compare_places);
    survey->files += result != INTAKE_BINARY;
    survey->binaries += result == INTAKE_BINARY;
    if (result == INTAKE_FAILED) {
        survey->failed = true;
        miss(run, path, "could not be read to its end");
    }
    free(run->inside);
}

static void visit_skipped(void *context, const char *path, enum tree_skip why, int number)
{
    struct survey_run *run = context;
    struct survey *survey = run->survey;

    switch (why) {
    case TREE_FOLDER:
        survey->folders++;
        break;
    case TREE_LINK:
        survey->links++;
        break;
    case TREE_SPECIAL:
        survey->specials++;
        break;
    case TREE_LARGE:
        miss(run, path, "is larger than 64 MiB");
        break;
    case TREE_DEEP:
        miss(run, path, "is more than 256 folders down");
        break;
    case TREE_FAILED:
        survey->failed = true;
        miss(run, path, strerrordesc_np(number) ? strerrordesc_np(number) : "cannot be read");
        break;
    }
}

void survey_init(struct survey *survey, const struct sought *sought,
                 const struct redactor *redactor, const struct survey_choice *choice)
{
    struct survey_run *run = xcalloc(1, sizeof(*run));

    *survey = (struct survey){.sought = sought, .run = run};
    survey->values = xcalloc(sought->count + 1, sizeof(*survey->values));
    run->survey = survey;
    run->redactor = redactor;
    run->choice = *choice;
    run->sieve = sieve_new(sought, redactor, hit, run);
}

void survey_release(struct survey *survey)
{
    struct survey_run *run = survey->run;

    for (size_t i = 0; i < survey->count; i++)
        finding_release(&survey->findings[i]);
    for (size_t i = 0; i < survey->sought->count; i++)
        free(survey->values[i].configured_at);
    for (size_t i = 0; i < survey->missed_kept; i++)
        free(survey->missed[i].file);
    for (size_t i = 0; i < run->name_count; i++)
        free(run->names[i]);
    free(run->names);
    sieve_free(run->sieve);
    free(run);
    free(survey->findings);
    free(survey->values);
    free(survey->missed);
}

bool survey_add(struct survey *survey, const char *root, struct error *error)
{
    static const struct tree_visitor visitor = {.file = visit_file, .skipped = visit_skipped};

    struct survey_run *run = survey->run;
    char *path = realpath(root, NULL);
    bool good;

    if (!path)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be scanned", root);
    run->root = root;
    run->root_path = path;
    good = tree_walk(root, &visitor, run, error);
    free(path);
    return good;
}
