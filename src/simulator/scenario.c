/* The groups of scenarios as one list. How to add one: scene.h. */
#include "simulator/scene.h"

#include <string.h>

static const struct scene *scene_get(size_t index)
{
    const struct {
        const struct scene *scenes;
        size_t count;
    } groups[] = {
        {scenes_chat, scenes_chat_count},       {scenes_responses, scenes_responses_count},
        {scenes_text, scenes_text_count},       {scenes_errors, scenes_errors_count},
        {scenes_catalog, scenes_catalog_count},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
        if (index < groups[i].count)
            return &groups[i].scenes[index];
        index -= groups[i].count;
    }
    return NULL;
}

size_t scenario_count(void)
{
    return scenes_chat_count + scenes_responses_count + scenes_text_count + scenes_errors_count +
           scenes_catalog_count;
}

const struct scenario *scenario_get(size_t index)
{
    const struct scene *scene = scene_get(index);

    return scene ? &scene->about : NULL;
}

const struct scene *scene_find(const char *name)
{
    const struct scene *scene;

    if (strncmp(name, "sim/", 4) == 0)
        name += 4;
    for (size_t i = 0; (scene = scene_get(i)); i++)
        if (strcmp(scene->about.name, name) == 0)
            return scene;
    return NULL;
}

const struct scenario *scenario_find(const char *name)
{
    const struct scene *scene = scene_find(name);

    return scene ? &scene->about : NULL;
}

bool scenario_exists(const char *name)
{
    return scenario_find(name) != NULL;
}

enum step_kind scene_end(const struct scene *scene)
{
    const struct step *step = scene->steps;

    while (step->kind != STEP_END && step->kind < STEP_LOOP)
        step++;
    return step->kind;
}

bool scene_answers(const struct scene *scene, const char *operation)
{
    const char *at = scene->about.operations;
    size_t len = strlen(operation);

    for (; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");

        if (word == len && memcmp(at, operation, len) == 0)
            return true;
        at += word;
    }
    return false;
}
