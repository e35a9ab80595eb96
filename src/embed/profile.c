#include "embed/embed.h"

#include <stdlib.h>

/* How the three ways to load one differ. */
struct source {
    const char *path; /* NULL: it is a text */
    const char *text;
    size_t length;
};

static enum ptl_status load(const struct source *source,
                            const struct portolan_load_options *options,
                            const struct ptl_setting *settings, struct ptl_profile **profile,
                            struct ptl_problems *found)
{
    if (source->path != NULL)
        return ptl_profile_load(source->path, settings, options->setting_count, profile, found);
    return ptl_profile_load_text(source->text, source->length,
                                 options->file != NULL ? options->file : "profile",
                                 options->base_dir != NULL ? options->base_dir : "", settings,
                                 options->setting_count, profile, found);
}

static enum portolan_status load_with(const struct source *source,
                                      const struct portolan_load_options *options,
                                      struct portolan_profile **profile,
                                      struct portolan_problems *problems)
{
    struct ptl_setting *settings = calloc(options->setting_count + 1, sizeof(*settings));
    struct portolan_profile *new = calloc(1, sizeof(*new));
    if (settings == NULL || new == NULL) {
        free(settings);
        free(new);
        return ptl_embed_no_memory(problems);
    }
    for (size_t i = 0; i < options->setting_count; i++)
        settings[i] = (struct ptl_setting){
            .key = options->settings[i].key,
            .value = options->settings[i].value,
            .option = options->setting_names != NULL ? options->setting_names[i] : NULL};
    struct ptl_problems found = {.items = NULL};
    enum ptl_status status = load(source, options, settings, &new->profile, &found);
    free(settings);
    atomic_init(&new->users, 1);
    if (status == PTL_OK)
        *profile = new;
    else
        free(new);
    return ptl_embed_tell(problems, &found, status);
}

static enum portolan_status load_from(const struct source *source,
                                      const struct portolan_load_options *given,
                                      struct portolan_profile **profile,
                                      struct portolan_problems *problems)
{
    struct portolan_load_options options;
    if (ptl_embed_take(&options, sizeof(options), given, "struct portolan_load_options",
                       problems) != PTL_OK)
        return PORTOLAN_INVALID;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum portolan_status status = load_with(source, &options, profile, problems);
    ptl_embed_leave(&before);
    return status;
}

enum portolan_status portolan_profile_load_file(const char *path,
                                                const struct portolan_load_options *options,
                                                struct portolan_profile **profile,
                                                struct portolan_problems *problems)
{
    return load_from(&(struct source){.path = path}, options, profile, problems);
}

enum portolan_status portolan_profile_load_name(const char *name,
                                                const struct portolan_load_options *options,
                                                struct portolan_profile **profile,
                                                struct portolan_problems *problems)
{
    struct ptl_error error;
    char *path = NULL;
    if (ptl_profile_find(name, &path, &error) != PTL_OK)
        return ptl_embed_fail(problems, &error);
    enum portolan_status status =
        load_from(&(struct source){.path = path}, options, profile, problems);
    free(path);
    return status;
}

enum portolan_status portolan_profile_load_text(const char *text, size_t length,
                                                const struct portolan_load_options *options,
                                                struct portolan_profile **profile,
                                                struct portolan_problems *problems)
{
    return load_from(&(struct source){.text = text, .length = length}, options, profile, problems);
}

enum portolan_status portolan_profile_show(const struct portolan_profile *profile, char **text,
                                           struct portolan_problems *problems)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_PROFILE_SHOWN_MAX);
    struct ptl_embed_thread before = ptl_embed_enter();
    ptl_profile_show(profile->profile, &buf);
    ptl_embed_leave(&before);
    char *shown = buf.failed ? NULL : ptl_buf_steal(&buf);
    ptl_buf_free(&buf);
    if (shown == NULL)
        return ptl_embed_no_memory(problems);
    *text = shown;
    return PORTOLAN_OK;
}

struct portolan_profile *ptl_embed_share(struct portolan_profile *profile)
{
    atomic_fetch_add(&profile->users, 1);
    return profile;
}

struct portolan_profile *ptl_embed_slice(struct portolan_profile *profile,
                                         const struct ptl_shard *shard)
{
    struct portolan_profile *new = malloc(sizeof(*new));
    if (new == NULL)
        return NULL;
    *new = (struct portolan_profile){.whole = ptl_embed_share(profile), .slice = *profile->profile};
    new->slice.shard = *shard;
    new->profile = &new->slice;
    atomic_init(&new->users, 1);
    return new;
}

bool portolan_profile_get(const struct portolan_profile *profile,
                          struct portolan_profile_info *info)
{
    const struct ptl_profile *inner = profile->profile;
    struct portolan_profile_info own = {.name = inner->name,
                                        .file = inner->file,
                                        .journal = inner->journal,
                                        .history = inner->history_dir,
                                        .shard = inner->shard.index,
                                        .shards = inner->shard.count,
                                        .reports = (const char *const *)inner->report_paths,
                                        .report_count = PTL_FORMAT_COUNT};
    return ptl_embed_give(info, &own, sizeof(own));
}

void portolan_profile_free(struct portolan_profile *profile)
{
    if (profile == NULL || atomic_fetch_sub(&profile->users, 1) > 1)
        return;
    if (profile->whole != NULL)
        portolan_profile_free(profile->whole);
    else
        ptl_profile_free(profile->profile);
    free(profile);
}
