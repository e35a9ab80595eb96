/* Saved profiles: where they are looked for, and which there are. */
#include "base/array.h"
#include "base/text.h"
#include "profile/node.h"
#include "profile/profile.h"
#include "profile/values.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAVED_MAX 10000

static bool add_directory(struct ptl_texts *places, const char *base, const char *rest)
{
    char *path = NULL;
    if (asprintf(&path, "%s%s", base, rest) < 0)
        return false;
    bool is_added = ptl_texts_add(places, path);
    free(path);
    return is_added;
}

static bool search_path(struct ptl_texts *places)
{
    const char *path = getenv("PORTOLAN_PATH");
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool is_added = true;
    while (path != NULL && *path && is_added) {
        size_t length = strcspn(path, ":");
        char *part = length ? strndup(path, length) : NULL;
        if (length)
            is_added = part != NULL && ptl_texts_add(places, part);
        free(part);
        path += length + (path[length] == ':');
    }
    is_added = is_added && ptl_texts_add(places, "./configs");
    if (config != NULL &&
        *config == '/') /* a relative one is to be ignored, by its specification */
        is_added = is_added && add_directory(places, config, "/portolan");
    else if (home != NULL && *home)
        is_added = is_added && add_directory(places, home, "/.config/portolan");
    return is_added && ptl_texts_add(places, "/etc/portolan");
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length > tail && strcmp(text + length - tail, suffix) == 0;
}

static const char *const endings[] = {".yaml", ".yml"};

/* The length of a file's name without .yaml or .yml; 0: it has neither. */
static size_t stem_length(const char *name)
{
    for (size_t i = 0; i < 2; i++)
        if (has_suffix(name, endings[i]))
            return strlen(name) - strlen(endings[i]);
    return 0;
}

/* The path of NAME.yaml, or else NAME.yml, in a directory; *path NULL: neither. False: no memory */
static bool saved_path(const char *directory, const char *name, char **path)
{
    *path = NULL;
    for (size_t i = 0; i < 2; i++) {
        if (asprintf(path, "%s/%s%s", directory, name, endings[i]) < 0) {
            *path = NULL;
            return false;
        }
        if (access(*path, F_OK) == 0)
            return true;
        free(*path);
        *path = NULL;
    }
    return true;
}

static int is_profile(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && stem_length(entry->d_name) > 0;
}

/* Adds the names of a directory's profiles, sorted; one that cannot be read holds none. */
/* Without the ending: "lan" comes before "lan-dmz", though '-' comes before '.'. */
static int by_name(const struct dirent **left, const struct dirent **right)
{
    const char *a = (*left)->d_name, *b = (*right)->d_name;
    size_t length_a = stem_length(a), length_b = stem_length(b);
    int order = memcmp(a, b, length_a < length_b ? length_a : length_b);
    return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static bool add_names(struct ptl_texts *names, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_profile, by_name);
    bool is_added = count >= 0 || errno != ENOMEM;
    for (int i = 0; i < count; i++) {
        entries[i]->d_name[stem_length(entries[i]->d_name)] = '\0';
        if (is_added && names->count < SAVED_MAX)
            is_added = ptl_texts_add(names, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return is_added;
}

static enum ptl_status not_found(const char *word, const struct ptl_texts *places,
                                 struct ptl_error *error)
{
    struct ptl_texts names = {0};
    char searched[700]; /* leaves room for the rest of a message */
    struct ptl_buf where;
    char shown[PTL_SHOWN_SIZE], shown_near[PTL_SHOWN_SIZE];
    bool has_memory = true;
    ptl_buf_init_in(&where, searched, sizeof(searched));
    for (size_t i = 0; i < places->count && has_memory; i++) {
        has_memory = add_names(&names, places->items[i]);
        ptl_buf_add(&where, i ? ", " : "");
        ptl_text_add_printable(&where, places->items[i]);
    }
    char *here = NULL; /* a file whose path was meant, perhaps */
    has_memory = has_memory && saved_path(".", word, &here);
    const char *near = here;
    if (near == NULL && strlen(word) <= 64)
        near = ptl_text_nearest(word, (const char *const *)names.items, names.count);
    enum ptl_status status =
        !has_memory
            ? ptl_error_no_memory(error)
            : ptl_error_set(error, PTL_E_INVALID, "no saved profile \"%s\" in %s%s%s%s%s",
                            ptl_shown(word, shown), ptl_buf_text(&where), where.failed ? "..." : "",
                            near != NULL ? "; did you mean \"" : "",
                            near != NULL ? ptl_shown(near, shown_near) : "",
                            near != NULL ? "\"?" : "");
    free(here);
    ptl_texts_free(&names);
    return status;
}

enum ptl_status ptl_profile_find(const char *word, char **path, struct ptl_error *error)
{
    if (strcmp(word, "-") == 0 || strchr(word, '/') != NULL || stem_length(word) > 0) {
        *path = strdup(word);
        return *path != NULL ? PTL_OK : ptl_error_no_memory(error);
    }
    struct ptl_texts places = {0};
    char *found = NULL;
    bool has_memory = search_path(&places);
    for (size_t i = 0; *word && has_memory && found == NULL && i < places.count; i++)
        has_memory = saved_path(places.items[i], word, &found);
    enum ptl_status status = PTL_OK;
    if (!has_memory)
        status = ptl_error_no_memory(error);
    else if (found == NULL)
        status = not_found(word, &places, error);
    else
        *path = found;
    ptl_texts_free(&places);
    return status;
}

static bool is_hidden(const struct ptl_saved_profile *saved, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(saved[i].name, name) == 0)
            return true;
    return false;
}

/* False: no memory. A profile that does not load is listed with its first problem. */
static bool describe(struct ptl_saved_profile *saved, const char *directory, const char *name)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    char text[2048];
    *saved = (struct ptl_saved_profile){0};
    bool has_memory = saved_path(directory, name, &saved->path);
    if (has_memory && saved->path == NULL && /* gone since it was listed: loading says so */
        asprintf(&saved->path, "%s/%s.yaml", directory, name) < 0)
        saved->path = NULL;
    saved->name = strdup(name);
    if (saved->path == NULL || saved->name == NULL)
        return false;
    enum ptl_status status = ptl_profile_load(saved->path, NULL, 0, &profile, &problems);
    saved->loads = status == PTL_OK;
    if (saved->loads)
        saved->description = strdup(profile->description);
    else if (status == PTL_E_INVALID && problems.count)
        saved->description = strdup(ptl_error_print(&problems.items[0], text, sizeof(text)));
    else
        saved->description = strdup("out of memory");
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
    return saved->description != NULL;
}

static bool list_directory(struct ptl_saved_profile **saved, size_t *count, const char *directory)
{
    struct ptl_texts names = {0};
    bool has_memory = add_names(&names, directory);
    for (size_t i = 0; has_memory && i < names.count && *count < SAVED_MAX; i++)
        if (!is_hidden(*saved, *count, names.items[i]))
            has_memory = PTL_ROOM_FOR_FEW(*saved, *count) &&
                         describe(&(*saved)[(*count)++], directory, names.items[i]);
    ptl_texts_free(&names);
    return has_memory;
}

enum ptl_status ptl_profile_list(struct ptl_saved_profile **saved, size_t *count,
                                 struct ptl_error *error)
{
    struct ptl_texts places = {0};
    bool has_memory = search_path(&places);
    *saved = NULL;
    *count = 0;
    for (size_t i = 0; has_memory && i < places.count; i++)
        has_memory = list_directory(saved, count, places.items[i]);
    ptl_texts_free(&places);
    if (has_memory)
        return PTL_OK;
    ptl_profile_list_free(*saved, *count);
    *saved = NULL;
    *count = 0;
    return ptl_error_no_memory(error);
}

void ptl_profile_list_free(struct ptl_saved_profile *saved, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(saved[i].name);
        free(saved[i].path);
        free(saved[i].description);
    }
    free(saved);
}
