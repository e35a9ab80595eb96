#include "base/array.h"
#include "base/text.h"
#include "compare/compare.h"
#include "profile/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 4096

/* ---- --vary ---- */

void ptl_vary_free(struct ptl_vary *vary)
{
    ptl_text_list_free(vary->values, vary->count);
    free(vary->key);
    *vary = (struct ptl_vary){.key = NULL};
}

static bool add_value(struct ptl_vary *vary, const char *text, size_t length)
{
    if (!PTL_ROOM_FOR_FEW(vary->values, vary->count))
        return false;
    vary->values[vary->count] = strndup(text, length);
    return vary->values[vary->count] != NULL && ++vary->count > 0;
}

static enum ptl_status split(struct ptl_vary *vary, const char *list, struct ptl_error *error)
{
    bool by_semicolon = strchr(list, ';') != NULL;
    const char *separator = by_semicolon ? ";" : ",";
    for (const char *at = list;;) {
        size_t length = strcspn(at, separator);
        bool is_last = at[length] == '\0';
        if (length == 0 && is_last && by_semicolon && vary->count > 0)
            return PTL_OK; /* "1,2;" is one value with a comma in it */
        if (length == 0)
            return ptl_error_set(error, PTL_E_INVALID, "--vary %s: a value is empty", vary->key);
        if (vary->count == PTL_VARIANTS_MAX)
            return ptl_error_set(error, PTL_E_INVALID, "--vary %s: more than %d values", vary->key,
                                 PTL_VARIANTS_MAX);
        for (size_t i = 0; i < vary->count; i++)
            if (strlen(vary->values[i]) == length && memcmp(vary->values[i], at, length) == 0)
                return ptl_error_set(error, PTL_E_INVALID, "--vary %s: %s is given twice",
                                     vary->key, vary->values[i]);
        if (!add_value(vary, at, length))
            return ptl_error_no_memory(error);
        if (is_last)
            return PTL_OK;
        at += length + 1;
    }
}

enum ptl_status ptl_vary_parse(const char *text, struct ptl_vary *vary, struct ptl_error *error)
{
    const char *equals = strchr(text, '=');
    *vary = (struct ptl_vary){.key = NULL};
    if (equals == NULL || equals == text)
        return ptl_error_set(error, PTL_E_INVALID, "--vary wants KEY=VALUE,VALUE..., not \"%s\"",
                             text);
    vary->key = strndup(text, (size_t)(equals - text));
    if (vary->key == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = split(vary, equals + 1, error);
    if (status != PTL_OK)
        ptl_vary_free(vary);
    return status;
}

/* ---- building ---- */

/* A profile as read: standard input can be read once only, and each variant loads it anew. */
struct source {
    const char *path;
    char *text; /* NULL: a file, loaded by its path */
    size_t length;
};

void ptl_variants_free(struct ptl_variants *variants)
{
    for (size_t i = 0; i < variants->count; i++) {
        struct ptl_variant *variant = &variants->items[i];
        free(variant->name);
        ptl_profile_free(variant->profile);
        free(variant->settings);
    }
    free(variants->items);
    *variants = (struct ptl_variants){.items = NULL};
}

/* "localhost concurrency=10 engine=pool" */
static char *name_of(const struct ptl_variant *variant)
{
    struct ptl_buf name;
    ptl_buf_init(&name, NAME_MAX_BYTES);
    ptl_buf_add(&name, variant->profile->name);
    for (size_t i = 0; i < variant->setting_count; i++)
        ptl_text_printf(&name, " %s=%s", variant->settings[i].key, variant->settings[i].value);
    return ptl_buf_steal(&name);
}

/* The combination-th of the cross product; the last --vary turns fastest. */
static bool choose(const struct ptl_variants_request *request, size_t combination,
                   struct ptl_variant *variant)
{
    variant->settings = calloc(request->vary_count + 1, sizeof(*variant->settings));
    if (variant->settings == NULL)
        return false;
    variant->setting_count = request->vary_count;
    for (size_t i = request->vary_count; i-- > 0;) {
        const struct ptl_vary *vary = &request->varies[i];
        variant->settings[i].key = vary->key;
        variant->settings[i].value = vary->values[combination % vary->count];
        combination /= vary->count;
    }
    return true;
}

/* To the profile a varied key is one that was set; who reads the message wrote --vary. */
static void name_vary(const struct ptl_variant *variant, struct ptl_problems *found)
{
    for (size_t i = 0; i < found->count; i++) {
        struct ptl_error *error = &found->items[i];
        for (size_t j = 0; j < variant->setting_count; j++) {
            if (strcmp(error->file, "--set") == 0 &&
                strstr(error->message, variant->settings[j].key) != NULL)
                snprintf(error->file, sizeof(error->file), "--vary %.400s=%.80s",
                         variant->settings[j].key, variant->settings[j].value);
        }
    }
}

static enum ptl_status load(const struct ptl_variants_request *request, const struct source *source,
                            struct ptl_variant *variant, struct ptl_problems *problems)
{
    size_t count = request->setting_count + variant->setting_count;
    struct ptl_setting *settings = calloc(count + 1, sizeof(*settings));
    struct ptl_problems found = {.items = NULL};
    if (settings == NULL)
        return PTL_E_NO_MEMORY;
    for (size_t i = 0; i < request->setting_count; i++)
        settings[i] = request->settings[i];
    for (size_t i = 0; i < variant->setting_count; i++)
        settings[request->setting_count + i] = variant->settings[i];
    enum ptl_status status =
        source->text != NULL
            ? ptl_profile_load_text(source->text, source->length, source->path, "", settings, count,
                                    &variant->profile, &found)
            : ptl_profile_load(source->path, settings, count, &variant->profile, &found);
    if (status == PTL_OK && variant->profile->shard.count > 0) { /* recall is of the whole plan */
        ptl_problems_at(&found, &(struct ptl_origin){.file = variant->profile->file},
                        "shard: whole plans are compared, no slices");
        status = PTL_E_INVALID;
    }
    name_vary(variant, &found);
    ptl_problems_add_new(problems, &found);
    ptl_problems_free(&found);
    free(settings);
    return status;
}

static size_t combinations(const struct ptl_variants_request *request)
{
    size_t count = 1;
    for (size_t i = 0; i < request->vary_count && count <= PTL_VARIANTS_MAX; i++)
        count *= request->varies[i].count;
    return count;
}

static bool read_source(const char *path, struct source *source, struct ptl_problems *problems)
{
    struct ptl_error error = {.code = PTL_OK};
    *source = (struct source){.path = path};
    if (strcmp(path, "-") != 0 ||
        ptl_file_read(path, true, &source->text, &source->length, NULL, &error) == PTL_OK)
        return true;
    snprintf(error.file, sizeof(error.file), "%s", path);
    ptl_problems_add(problems, &error);
    return false;
}

static enum ptl_status add_path(const struct ptl_variants_request *request, const char *path,
                                struct ptl_variants *variants, struct ptl_problems *problems)
{
    struct source source;
    enum ptl_status worst = PTL_OK;
    if (!read_source(path, &source, problems))
        return PTL_E_INVALID;
    for (size_t i = 0; i < combinations(request) && worst != PTL_E_NO_MEMORY; i++) {
        struct ptl_variant *variant = &variants->items[variants->count++];
        enum ptl_status status = PTL_E_NO_MEMORY;
        if (choose(request, i, variant))
            status = load(request, &source, variant, problems);
        if (status == PTL_OK && (variant->name = name_of(variant)) == NULL)
            status = PTL_E_NO_MEMORY;
        if (status != PTL_OK)
            worst = status;
    }
    free(source.text);
    return worst;
}

enum ptl_status ptl_variants_build(const struct ptl_variants_request *request,
                                   struct ptl_variants *variants, struct ptl_problems *problems)
{
    *variants = (struct ptl_variants){.items = NULL};
    size_t each = combinations(request);
    if (each > PTL_VARIANTS_MAX || request->path_count > PTL_VARIANTS_MAX / each) {
        ptl_problems_at(problems, NULL, "more than %d variants: a study of so many would never end",
                        PTL_VARIANTS_MAX);
        return PTL_E_INVALID;
    }
    enum ptl_status worst = PTL_OK;
    variants->items = calloc(each * request->path_count + 1, sizeof(*variants->items));
    if (variants->items == NULL)
        worst = PTL_E_NO_MEMORY;
    for (size_t i = 0; i < request->path_count && worst != PTL_E_NO_MEMORY; i++) {
        enum ptl_status status = add_path(request, request->paths[i], variants, problems);
        if (status != PTL_OK)
            worst = status;
    }
    if (worst == PTL_E_NO_MEMORY)
        ptl_problems_no_memory(problems);
    if (worst != PTL_OK)
        ptl_variants_free(variants);
    return worst;
}

/* ---- names ---- */

enum ptl_status ptl_variants_check_names(const struct ptl_variants *variants,
                                         struct ptl_error *error)
{
    for (size_t i = 0; i < variants->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(variants->items[i].name, variants->items[j].name) == 0)
                return ptl_error_set(error, PTL_E_INVALID,
                                     "two variants are called \"%s\"; give one of their profiles "
                                     "a name of its own (name: ...)",
                                     variants->items[i].name);
    return PTL_OK;
}

enum ptl_status ptl_variants_find(const struct ptl_variants *variants, const char *name,
                                  size_t *index, struct ptl_error *error)
{
    size_t found = 0, at = 0;
    for (size_t i = 0; i < variants->count; i++) {
        const struct ptl_variant *variant = &variants->items[i];
        size_t own = strlen(variant->profile->name);
        if (strcmp(variant->name, name) == 0) {
            *index = i;
            return PTL_OK;
        }
        if (variant->setting_count > 0 && strcmp(variant->name + own + 1, name) == 0) {
            found++;
            at = i;
        }
    }
    if (found == 1) {
        *index = at;
        return PTL_OK;
    }
    struct ptl_buf list;
    ptl_buf_init(&list, 512);
    for (size_t i = 0; i < variants->count; i++)
        ptl_buf_printf(&list, "%s\"%s\"", i > 0 ? ", " : "", variants->items[i].name);
    ptl_error_set(error, PTL_E_INVALID, "%s is called \"%s\"; there are %s%s",
                  found > 1 ? "more than one variant" : "no variant", name, ptl_buf_text(&list),
                  list.failed ? ", ..." : "");
    ptl_buf_free(&list);
    return PTL_E_INVALID;
}
