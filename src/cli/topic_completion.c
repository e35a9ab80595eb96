#include "cli/commands.h"

#include "profile/profile.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* "a|b|c" as "a b c": what an option or a command offers to choose from. */
static void print_choices(const char *text)
{
    for (; *text != '\0'; text++)
        putchar(*text == '|' ? ' ' : *text);
}

/* Words in small letters between bars, and nothing else: a choice, not a description. */
static bool is_choice(const char *text)
{
    bool has_bar = false;
    for (; *text != '\0'; text++) {
        if (!islower((unsigned char)*text) && *text != '|')
            return false;
        has_bar = has_bar || *text == '|';
    }
    return has_bar;
}

static void print_commands(const struct command *const *commands)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!commands[i]->is_hidden)
            printf("%s ", commands[i]->name);
}

/* What may follow an option of its own, by the name of its argument. */
static void print_values(const struct command *command, const struct command *const *commands)
{
    (void)commands;
    const struct option *option;
    for (size_t i = 0; (option = options_at(command, i)) != NULL; i++) {
        if (option->argument == NULL)
            continue;
        printf("    '%s --%s') ", command->name, option->name);
        if (strcmp(option->argument, "PATH") == 0)
            printf("_portolan_files; return ;;\n");
        else if (strncmp(option->argument, "KEY=", 4) == 0)
            printf("_portolan_keys; return ;;\n");
        else if (is_choice(option->argument)) {
            printf("_portolan_words '");
            print_choices(option->argument);
            printf("'; return ;;\n");
        } else {
            printf("return ;;\n");
        }
    }
}

static void print_options(const struct command *command, const struct command *const *commands)
{
    (void)commands;
    const struct option *option;
    printf("    %s) _portolan_words '", command->name);
    for (size_t i = 0; (option = options_at(command, i)) != NULL; i++)
        printf("--%s ", option->name);
    printf("' ;;\n");
}

/* What the command's own words are. */
static void print_arguments(const struct command *command, const struct command *const *commands)
{
    printf("    %s) ", command->name);
    if (strncmp(command->synopsis, "PROFILE", strlen("PROFILE")) == 0) {
        printf("_portolan_profiles ;;\n");
    } else if (strncmp(command->synopsis, "[COMMAND", strlen("[COMMAND")) == 0) {
        printf("_portolan_words '");
        print_commands(commands);
        printf("profile keys man completion' ;;\n");
    } else if (is_choice(command->synopsis)) {
        printf("_portolan_words '");
        print_choices(command->synopsis);
        printf("' ;;\n");
    } else if (command->most_words > 0) {
        printf("_portolan_files ;;\n");
    } else {
        printf(";;\n");
    }
}

typedef void printer(const struct command *command, const struct command *const *commands);

static void for_each(const struct command *const *commands, printer *print)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!commands[i]->is_hidden)
            print(commands[i], commands);
}

void topic_completion(const struct command *const *commands)
{
    printf("# bash completion for portolan, made by \"portolan help completion\".\n"
           "_portolan_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\"); }\n"
           "_portolan_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "
           "\"$word\"); }\n"
           "_portolan_keys() { compopt -o nospace; _portolan_words '");
    const char *key, *summary;
    for (size_t i = 0; ptl_profile_key(i, &key, &summary); i++)
        printf("%s= ", key);
    printf("'; }\n"
           "# File names are data: compgen -W would expand what is in them.\n"
           "_portolan_profiles() {\n"
           "    local name\n"
           "    compopt -o filenames\n"
           "    mapfile -t COMPREPLY < <(compgen -f -X '!*.y*ml' -- \"$word\"; compgen -d -- "
           "\"$word\")\n"
           "    while read -r name _; do\n"
           "        [[ $name != \"$word\"* ]] || COMPREPLY+=(\"$name\")\n"
           "    done < <(\"$program\" list 2>/dev/null | tail -n +2)\n"
           "}\n"
           "_portolan() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    local program=$1 command=${COMP_WORDS[1]}\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        _portolan_words '");
    print_commands(commands);
    printf("--help --version'\n"
           "        return\n"
           "    fi\n"
           "    case \"$command $before\" in\n");
    for_each(commands, print_values);
    printf("    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        case $command in\n");
    for_each(commands, print_options);
    printf("        esac\n"
           "        return\n"
           "    fi\n"
           "    case $command in\n");
    for_each(commands, print_arguments);
    printf("    esac\n"
           "}\n"
           "complete -F _portolan portolan\n");
}
