#include "cli/commands.h"

#include "base/text.h"

#include <string.h>

const struct command *command_find(const struct command *const *commands, const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

int command_unknown(const struct command *const *commands, const char *name)
{
    if (name[0] == '-') {
        print_line("portolan: no option %s before a command; there are --help and --version", name);
        return EXIT_USAGE;
    }
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; commands[i] != NULL && count < 32; i++)
        if (!commands[i]->is_hidden)
            names[count++] = commands[i]->name;
    const char *nearest = ptl_text_nearest(name, names, count);
    if (nearest != NULL)
        print_line("portolan: no command \"%s\"; did you mean %s?", name, nearest);
    else
        print_line("portolan: no command \"%s\"; see portolan help", name);
    return EXIT_USAGE;
}
