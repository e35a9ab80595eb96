#include "cli/commands.h"

#include "portolan/text.h"

#include <stdlib.h>
#include <string.h>

const struct command *const commands[] = {&command_run,    &command_check, &command_show,
                                          &command_plan,   &command_list,  &command_compare,
                                          &command_diff,   &command_merge, &command_convert,
                                          &command_schema, &command_help,  &command_run_variant};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

int command_unknown(const char *name)
{
    if (name[0] == '-') {
        print_line("portolan: no option %s before a command; there are --help and --version", name);
        return EXIT_USAGE;
    }
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; i < command_count && count < 32; i++)
        if (!commands[i]->is_hidden)
            names[count++] = commands[i]->name;
    const char *nearest = ptl_text_nearest(name, names, count);
    if (nearest != NULL)
        print_line("portolan: no command \"%s\"; did you mean %s?", name, nearest);
    else
        print_line("portolan: no command \"%s\"; see portolan help", name);
    return EXIT_USAGE;
}

/* What --hosts and --ports say goes first, so that --set has the last word. NULL: no memory. */
static struct ptl_setting *all_settings(const struct arguments *arguments, size_t *count)
{
    static const struct {
        enum option_id id;
        const char *key, *option;
    } keys[] = {{OPTION_HOSTS, "hosts", "--hosts"}, {OPTION_PORTS, "ports", "--ports"}};
    struct ptl_setting *settings = calloc(arguments->setting_count + 3, sizeof(*settings));
    *count = 0;
    for (size_t i = 0; settings != NULL && i < sizeof(keys) / sizeof(keys[0]); i++)
        if (arguments->texts[keys[i].id] != NULL)
            settings[(*count)++] = (struct ptl_setting){.key = keys[i].key,
                                                        .value = arguments->texts[keys[i].id],
                                                        .option = keys[i].option};
    for (size_t i = 0; settings != NULL && i < arguments->setting_count; i++)
        settings[(*count)++] = arguments->settings[i];
    return settings;
}

/* Without a word the profile is what the options say. */
static enum ptl_status load(const char *word, const struct arguments *arguments,
                            struct ptl_profile **profile, struct ptl_problems *problems)
{
    size_t count;
    struct ptl_error error;
    char *path = NULL;
    struct ptl_setting *settings = all_settings(arguments, &count);
    enum ptl_status status =
        settings != NULL ? PTL_OK : ptl_error_set(&error, PTL_E_NO_MEMORY, "out of memory");
    if (status == PTL_OK && word != NULL)
        status = ptl_profile_find(word, &path, &error);
    if (status != PTL_OK)
        print_error(&error);
    else if (word != NULL)
        status = ptl_profile_load(path, settings, count, profile, problems);
    else
        status =
            ptl_profile_load_text("{}", 2, "command line", "", settings, count, profile, problems);
    free(path);
    free(settings);
    return status;
}

struct ptl_profile *load_profile(const char *word, const struct arguments *arguments)
{
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    if (load(word, arguments, &profile, &problems) != PTL_OK)
        print_problems(&problems);
    ptl_problems_free(&problems);
    return profile;
}
