/* The profile that a command line means. */
#include "cli/commands.h"
#include "embed/embed.h"

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
 * profile without another name is called. False: no memory. */
static bool take_settings(const struct arguments *arguments, const char *name,
                          struct portolan_load_options *options)
{
    size_t most = arguments->setting_count + KEYS + 1, count = 0;
    struct portolan_setting *settings = calloc(most, sizeof(*settings));
    const char **names = calloc(most, sizeof(*names));
    options->settings = settings;
    options->setting_names = names;
    if (settings == NULL || names == NULL)
        return false;
    if (name != NULL) {
        settings[count] = (struct portolan_setting){.key = "name", .value = name};
        names[count++] = "--save-profile";
    }
    for (size_t i = 0; i < KEYS; i++) {
        if (arguments->texts[keys[i].id] == NULL)
            continue;
        settings[count] =
            (struct portolan_setting){.key = keys[i].key, .value = arguments->texts[keys[i].id]};
        names[count++] = keys[i].option;
    }
    for (size_t i = 0; i < arguments->setting_count; i++)
        settings[count++] = (struct portolan_setting){.key = arguments->settings[i].key,
                                                      .value = arguments->settings[i].value};
    options->setting_count = count;
    return true;
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
static enum portolan_status load(const char *word, const struct arguments *arguments,
                                 struct portolan_profile **profile,
                                 struct portolan_problems *problems)
{
    struct portolan_load_options options = {.size = sizeof(options), .file = PTL_FILE_OPTIONS};
    char *name = NULL;
    enum portolan_status status = PORTOLAN_NO_MEMORY;
    if (name_saved(word, arguments, &name) && take_settings(arguments, name, &options))
        status = word != NULL ? portolan_profile_load_name(word, &options, profile, problems)
                              : portolan_profile_load_text("{}", 2, &options, profile, problems);
    free(name);
    free((void *)(uintptr_t)options.settings);
    free((void *)(uintptr_t)options.setting_names);
    return status;
}

/* The library speaks of keys; whoever gave options alone would not know where to write them. */
static void name_options(const struct portolan_problems *problems)
{
    bool wants_scope = false;
    struct portolan_problem problem = {.size = sizeof(problem)};
    for (size_t i = 0; portolan_problems_get(problems, i, &problem); i++) {
        wants_scope =
            wants_scope || strstr(problem.message, "is outside the profile's scope") != NULL;
        for (size_t k = 0; k < KEYS; k++) {
            size_t length = strlen(keys[k].key);
            if (strncmp(problem.message, keys[k].key, length) == 0 &&
                strncmp(problem.message + length, " is missing", strlen(" is missing")) == 0)
                print_line("say it with %s, or name a profile that has %s", keys[k].option,
                           keys[k].key);
        }
    }
    if (wants_scope)
        print_line("without a profile, --set 'scope=[ADDRESS, ...]' says what may be scanned");
}

struct portolan_profile *load_profile(const char *word, const struct arguments *arguments)
{
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_profile *profile = NULL;
    enum portolan_status status = load(word, arguments, &profile, problems);
    print_all(status, problems);
    if (status != PORTOLAN_OK && word == NULL)
        name_options(problems);
    portolan_problems_free(problems);
    return profile;
}

struct ptl_profile *load_ptl_profile(const char *word, const struct arguments *arguments)
{
    struct portolan_profile *loaded = load_profile(word, arguments);
    struct ptl_profile *profile = loaded != NULL ? loaded->profile : NULL;
    free(loaded); /* it is shared with nobody */
    return profile;
}
