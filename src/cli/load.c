/* The profile that a command line means. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#define KEYS 3
static const struct {
    enum option_id id;
    const char *key, *option;
} keys[KEYS] = {{OPTION_HOSTS, "hosts", "--hosts"},
                {OPTION_PORTS, "ports", "--ports"},
                {OPTION_HISTORY, "history.dir", "--history"}};

/* What --hosts and --ports say goes first, so that --set has the last word. `name`: NULL, or what a
 * profile without another name is called. NULL: no memory. */
static struct ptl_setting *all_settings(const struct arguments *arguments, const char *name,
                                        size_t *count)
{
    struct ptl_setting *settings = calloc(arguments->setting_count + KEYS + 1, sizeof(*settings));
    *count = 0;
    if (settings != NULL && name != NULL)
        settings[(*count)++] =
            (struct ptl_setting){.key = "name", .value = name, .option = "--save-profile"};
    for (size_t i = 0; settings != NULL && i < KEYS; i++)
        if (arguments->texts[keys[i].id] != NULL)
            settings[(*count)++] = (struct ptl_setting){.key = keys[i].key,
                                                        .value = arguments->texts[keys[i].id],
                                                        .option = keys[i].option};
    for (size_t i = 0; settings != NULL && i < arguments->setting_count; i++)
        settings[(*count)++] = arguments->settings[i];
    return settings;
}

/* What is run without a profile and saved as one has the name that the file will give it: so what
 * this run keeps in a history is what later runs are compared with. False: no memory. */
static bool name_saved(const char *word, const struct arguments *arguments, char **name)
{
    const char *path = arguments->texts[OPTION_SAVE_PROFILE];
    if (word != NULL || path == NULL || strcmp(path, "-") == 0 || strchr(path, '{') != NULL)
        return true;
    *name = ptl_profile_stem(path);
    return *name != NULL;
}

/* Without a word the profile is what the options say. */
static enum ptl_status load(const char *word, const struct arguments *arguments,
                            struct ptl_profile **profile, struct ptl_problems *problems)
{
    size_t count = 0;
    struct ptl_error error;
    char *path = NULL, *name = NULL;
    struct ptl_setting *settings = NULL;
    if (name_saved(word, arguments, &name))
        settings = all_settings(arguments, name, &count);
    enum ptl_status status = settings != NULL ? PTL_OK : ptl_error_no_memory(&error);
    if (status == PTL_OK && word != NULL)
        status = ptl_profile_find(word, &path, &error);
    if (status != PTL_OK)
        print_error(&error);
    else if (word != NULL)
        status = ptl_profile_load(path, settings, count, profile, problems);
    else
        status = ptl_profile_load_text("{}", 2, PTL_FILE_OPTIONS, "", settings, count, profile,
                                       problems);
    free(path);
    free(name);
    free(settings);
    return status;
}

/* The library speaks of keys; whoever gave options alone would not know where to write them. */
static void name_options(const struct ptl_problems *problems)
{
    bool wants_scope = false;
    for (size_t i = 0; i < problems->count; i++) {
        const char *message = problems->items[i].message;
        wants_scope = wants_scope || strstr(message, "is outside the profile's scope") != NULL;
        for (size_t k = 0; k < KEYS; k++) {
            size_t length = strlen(keys[k].key);
            if (strncmp(message, keys[k].key, length) == 0 &&
                strncmp(message + length, " is missing", strlen(" is missing")) == 0)
                print_line("say it with %s, or name a profile that has %s", keys[k].option,
                           keys[k].key);
        }
    }
    if (wants_scope)
        print_line("without a profile, --set 'scope=[ADDRESS, ...]' says what may be scanned");
}

struct ptl_profile *load_profile(const char *word, const struct arguments *arguments)
{
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    if (load(word, arguments, &profile, &problems) != PTL_OK) {
        print_problems(&problems);
        if (word == NULL)
            name_options(&problems);
    }
    ptl_problems_free(&problems);
    return profile;
}
