#include "cli/options.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/print.h"
#include "profile/profile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROSE_COLUMNS 79

const char options_about_profile[] =
    "PROFILE is a path (it has a / or ends in .yaml or .yml), the name of a saved profile "
    "(portolan list shows them), or - for standard input.";

static const struct option help_option = {
    .id = OPTION_HELP, .name = "help", .help = "show this and end"};

#define REPORT_OPTION(word, key, what) {OPTION_ROW_REPORT(word, #key, "write " what " there")},
static_assert((int)PTL_FORMAT_COUNT <= REPORTS_MAX, "there is room for every format");
static const struct option report_options[PTL_FORMAT_COUNT] = {PTL_FORMATS(REPORT_OPTION)};

const struct option *options_at(const struct command *command, size_t number)
{
    if (number < command->option_count)
        return &command->options[number];
    number -= command->option_count;
    size_t reports = command->takes_reports ? PTL_FORMAT_COUNT : 0;
    if (number < reports)
        return &report_options[number];
    return number == reports ? &help_option : NULL;
}

static const struct option *find(const struct command *command, const char *name, size_t length)
{
    const struct option *option;
    for (size_t i = 0; (option = options_at(command, i)) != NULL; i++)
        if (strlen(option->name) == length && strncmp(name, option->name, length) == 0)
            return option;
    return NULL;
}

static void print_unknown(const struct command *command, const char *word)
{
    const char *names[64];
    size_t count = 0;
    const struct option *option;
    while (count < 64 && (option = options_at(command, count)) != NULL)
        names[count++] = option->name;
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *nearest = ptl_text_nearest(name, names, count);
    if (nearest != NULL)
        print_line("portolan %s: no option %s; did you mean --%s?", command->name, word, nearest);
    else
        print_line("portolan %s: no option %s; see portolan %s --help", command->name, word,
                   command->name);
}

static bool take_setting(const struct command *command, const char *value,
                         struct arguments *arguments)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value)
        return print_line("portolan %s: --set wants KEY=VALUE, not \"%s\"", command->name, value);
    char *key = strndup(value, (size_t)(equals - value));
    if (key == NULL || !PTL_ROOM_FOR_FEW(arguments->settings, arguments->setting_count)) {
        print_no_memory();
        free(key);
        return false;
    }
    arguments->settings[arguments->setting_count++] =
        (struct ptl_setting){.key = key, .value = equals + 1};
    return true;
}

static bool take_progress(const struct command *command, const char *value,
                          struct arguments *arguments)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            arguments->progress = (enum progress_mode)i;
            return true;
        }
    }
    return print_line("portolan %s: --progress is auto, always or never, not \"%s\"", command->name,
                      value);
}

/* Of an option that may stand once; a PATH of no length would be the current folder, or nothing. */
static bool take_once(const struct command *command, const struct option *option, const char *value,
                      const char **taken)
{
    if (strcmp(option->argument, "PATH") == 0 && value[0] == '\0')
        return print_line("portolan %s: --%s wants a PATH, not an empty one", command->name,
                          option->name);
    if (*taken != NULL)
        return print_line("portolan %s: --%s is given twice, with \"%s\" and \"%s\"", command->name,
                          option->name, *taken, value);
    *taken = value;
    return true;
}

static bool take_vary(const char *value, struct arguments *arguments)
{
    if (!PTL_ROOM_FOR_FEW(arguments->varies, arguments->vary_count)) {
        print_no_memory();
        return false;
    }
    arguments->varies[arguments->vary_count++] = value;
    return true;
}

static bool take(const struct command *command, const struct option *option, const char *value,
                 struct arguments *arguments)
{
    switch (option->id) {
    case OPTION_SET:
        return take_setting(command, value, arguments);
    case OPTION_PROGRESS:
        return take_progress(command, value, arguments);
    case OPTION_REPORT:
        arguments->any_report = true;
        return take_once(command, option, value, &arguments->reports[option->format]);
    case OPTION_VARY:
        return take_vary(value, arguments);
    default:
        break;
    }
    if (option->argument != NULL)
        return take_once(command, option, value, &arguments->texts[option->id]);
    arguments->given[option->id] = true;
    return true;
}

static bool parse_option(const struct command *command, int argc, char **argv, int *at,
                         struct arguments *arguments)
{
    const char *word = argv[*at];
    size_t length = strcspn(word + 2, "=");
    const struct option *option = find(command, word + 2, length);
    if (option == NULL) {
        print_unknown(command, word);
        return false;
    }
    const char *value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;
    if (option->argument == NULL && value != NULL)
        return print_line("portolan %s: --%s takes no value", command->name, option->name);
    if (option->argument != NULL && value == NULL) {
        if (*at + 1 >= argc)
            return print_line("portolan %s: --%s wants %s", command->name, option->name,
                              option->argument);
        value = argv[++*at];
        if (strcmp(option->argument, "PATH") == 0 && strncmp(value, "--", 2) == 0)
            return print_line("portolan %s: --%s wants a PATH, not %s; ./%s is a file of that name",
                              command->name, option->name, value, value);
    }
    return take(command, option, value, arguments);
}

bool options_parse(const struct command *command, int argc, char **argv,
                   struct arguments *arguments)
{
    bool only_words = false;
    arguments->words = calloc((size_t)argc + 1, sizeof(*arguments->words));
    if (arguments->words == NULL) {
        print_no_memory();
        return false;
    }
    for (int i = 0; i < argc; i++) {
        if (only_words || argv[i][0] != '-' || strcmp(argv[i], "-") == 0) {
            arguments->words[arguments->word_count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (strcmp(argv[i], "-h") == 0) {
            arguments->given[OPTION_HELP] = true;
        } else if (argv[i][1] != '-') {
            return print_line("portolan %s: no option %s; options begin with two dashes",
                              command->name, argv[i]);
        } else if (!parse_option(command, argc, argv, &i, arguments)) {
            return false;
        }
    }
    if (arguments->given[OPTION_HELP])
        return true;
    size_t inputs = 0;
    for (size_t i = 0; i < arguments->word_count; i++)
        inputs += strcmp(arguments->words[i], "-") == 0;
    if (inputs > 1)
        return print_line("portolan %s: standard input can be read once only", command->name);
    bool is_described =
        arguments->texts[OPTION_HOSTS] != NULL || arguments->texts[OPTION_PORTS] != NULL;
    if (arguments->word_count == 0 && is_described)
        arguments->word_count = 1; /* the profile is the options themselves */
    if (arguments->word_count < command->least_words || arguments->word_count > command->most_words)
        return print_line("portolan %s: %s; usage: portolan %s%s%s", command->name,
                          arguments->word_count < command->least_words ? "something is missing"
                                                                       : "too many arguments",
                          command->name, command->synopsis[0] != '\0' ? " " : "",
                          command->synopsis);
    return true;
}

bool options_take_age(const char *command, const char *text, const char *name, const char *example,
                      uint64_t *ms)
{
    *ms = 0;
    if (text == NULL || (ptl_duration_parse(text, ms, NULL) == PTL_OK && *ms > 0))
        return true;
    return print_line("portolan %s: --%s wants a duration as %s, not \"%s\"", command, name,
                      example, text);
}

void arguments_free(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->setting_count; i++)
        free((void *)(uintptr_t)arguments->settings[i].key);
    free(arguments->settings);
    free(arguments->varies);
    free(arguments->words);
}

/* Prose in lines that fit a terminal; an empty line begins a paragraph. */
static void print_prose(const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t blanks = strspn(text, " \n");
        bool paragraph = blanks >= 2 && text[0] == '\n' && text[1] == '\n';
        text += blanks;
        size_t length = strcspn(text, " \n");
        if (length == 0)
            break;
        const char *before = column == 0 ? "" : " ";
        if (paragraph)
            before = "\n\n";
        else if (column > 0 && column + 1 + length > PROSE_COLUMNS)
            before = "\n";
        printf("%s%.*s", before, (int)length, text);
        column = before[0] == ' ' ? column + 1 + length : length;
        text += length;
    }
    printf("\n");
}

static void print_row(const struct option *option)
{
    char left[64];
    snprintf(left, sizeof(left), "--%s%s%s", option->name, option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
    printf("  %-28s %s\n", left, option->help);
}

void options_print_help(const struct command *command)
{
    const char *blank = command->synopsis[0] != '\0' ? " " : "";
    printf("usage: portolan %s%s%s\n\n%s.\n", command->name, blank, command->synopsis,
           command->summary);
    if (strncmp(command->synopsis, "PROFILE", strlen("PROFILE")) == 0) {
        printf("\n");
        print_prose(options_about_profile);
    }
    if (command->details[0] != '\0') {
        printf("\n");
        print_prose(command->details);
    }
    printf("\noptions:\n");
    const struct option *option;
    for (size_t i = 0; (option = options_at(command, i)) != NULL; i++)
        print_row(option);
}
