#include "cli/commands.h"

#include "profile/profile.h"

#include <stdio.h>

/* Text of ours, which troff would otherwise read: dashes that are minus signs, dots, quotes. */
static void print_text(const char *text)
{
    bool line_begins = true;
    for (const char *at = text; *at != '\0'; at++) {
        if (line_begins && (*at == '.' || *at == '\''))
            printf("\\&");
        line_begins = *at == '\n';
        if (at[0] == '\n' && at[1] == '\n') {
            printf("\n.PP");
        } else if (*at == '-') {
            printf("\\-");
        } else if (*at == '\\') {
            printf("\\e");
        } else if (*at == '`') {
            printf("\\(ga");
        } else if (*at == '~') {
            printf("\\(ti");
        } else {
            putchar(*at);
        }
    }
}

static void print_paragraph(const char *request, const char *text)
{
    printf("%s\n", request);
    print_text(text);
    printf("\n");
}

static void print_command(const struct command *command)
{
    printf(".SS \"");
    print_text(command->name);
    printf("%s", command->synopsis[0] != '\0' ? " " : "");
    print_text(command->synopsis);
    printf("\"\n");
    print_text(command->summary);
    printf(".\n");
    if (command->details[0] != '\0')
        print_paragraph(".PP", command->details);
    const struct option *option;
    for (size_t i = 0; (option = options_at(command, i)) != NULL; i++) {
        if (option->id == OPTION_HELP)
            continue;
        printf(".TP\n.B \"\\-\\-");
        print_text(option->name);
        printf("\\fR%s", option->argument != NULL ? " \\fI" : "");
        print_text(option->argument != NULL ? option->argument : "");
        printf("\\fR\"\n");
        print_text(option->help);
        printf("\n");
    }
}

static void print_keys(void)
{
    const char *key, *summary;
    printf(".SH PROFILE\nA profile is a file of YAML. Its keys, of which \\fBportolan help "
           "profile\\fR tells all, are:\n");
    for (size_t i = 0; ptl_profile_key(i, &key, &summary); i++) {
        printf(".TP\n.B ");
        print_text(key);
        print_paragraph("", summary);
    }
}

static void print_statuses(void)
{
    static const struct {
        const char *status, *meaning;
    } statuses[] = {
        {"0", "done; every probe has a state other than error, and expectations hold"},
        {"1", "done, but an expectation failed or is inconclusive, or diff found a difference"},
        {"2", "the command line is wrong; nothing was sent"},
        {"3", "a profile or an input file was rejected; nothing was sent"},
        {"4", "incomplete: probes ended in error, a host did not resolve, the deadline passed, "
              "memory ran out"},
        {"5", "an output could not be written"},
        {"130, 143, 129", "ended by SIGINT, SIGTERM, SIGHUP; the reports are written and say "
                          "that they are not complete"},
    };
    printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        printf(".TP\n.B \"%s\"\n", statuses[i].status);
        print_text(statuses[i].meaning);
        printf("\n");
    }
}

void topic_man(const struct command *const *commands)
{
    printf(".\\\" Made by \"portolan help man\" of the program's own tables.\n"
           ".TH PORTOLAN 1 \"\" \"portolan %s\" \"User Commands\"\n"
           ".SH NAME\nportolan \\- run saved TCP connect scan profiles\n"
           ".SH SYNOPSIS\n.B portolan\n.I COMMAND\n[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
           ".SH DESCRIPTION\n",
           PTL_VERSION);
    print_text("Reads what to scan and how from a profile, opens ordinary TCP connections, and "
               "reports the open ports with their timing. What it could not find out, it says. "
               "Scan only hosts that you are responsible for: without a scope in the profile "
               "nothing but this machine is touched.");
    print_paragraph("\n.PP", options_about_profile);
    printf(".SH COMMANDS\nEvery command takes \\fB\\-\\-help\\fR too.\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!commands[i]->is_hidden)
            print_command(commands[i]);
    print_keys();
    print_statuses();
    printf(".SH ENVIRONMENT\n"
           ".TP\n.B PORTOLAN_PATH\nwhere saved profiles are looked for first, parted by colons\n"
           ".TP\n.B XDG_CONFIG_HOME\nholds portolan/, where they are looked for after ./configs "
           "(\\(ti/.config where it is not set)\n"
           ".TP\n.B NO_COLOR\nno colour, where it is set and not empty\n"
           ".TP\n.B COLUMNS\nthe width of the progress line where standard error is no terminal\n"
           ".SH SEE ALSO\n.BR nmap (1),\n.BR jq (1)\n");
}
