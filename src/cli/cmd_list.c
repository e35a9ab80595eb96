#include "cli/commands.h"

#include "base/text.h"
#include "profile/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDEST 60 /* what is longer pushes the next column over on its own line alone */

struct row {
    struct ptl_buf name, description, path;
};

static void widen(int *column, const struct ptl_buf *text)
{
    int width = ptl_text_width(ptl_buf_text(text));
    if (width > *column && width <= WIDEST)
        *column = width;
}

static void print_cell(const struct ptl_buf *text, int column)
{
    int blanks = column - ptl_text_width(ptl_buf_text(text));
    printf("%s%*s  ", ptl_buf_text(text), blanks > 0 ? blanks : 0, "");
}

static void add_printable(struct ptl_buf *cell, const char *before, const char *text)
{
    ptl_buf_init(cell, 1U << 16);
    ptl_buf_add(cell, before);
    ptl_text_add_printable(cell, text);
}

static bool fill(struct row *row, const struct ptl_saved_profile *saved)
{
    add_printable(&row->name, "", saved->name);
    add_printable(&row->description, saved->loads ? "" : "does not load: ", saved->description);
    add_printable(&row->path, "", saved->path);
    return !row->name.failed && !row->description.failed && !row->path.failed;
}

static int print_table(const struct ptl_saved_profile *saved, size_t count)
{
    struct row *rows = calloc(count, sizeof(*rows));
    bool good = rows != NULL;
    int name = (int)strlen("NAME"), description = (int)strlen("DESCRIPTION");
    for (size_t i = 0; i < count && good; i++) {
        good = fill(&rows[i], &saved[i]);
        widen(&name, &rows[i].name);
        widen(&description, &rows[i].description);
    }
    if (good)
        printf("%-*s  %-*s  PATH\n", name, "NAME", description, "DESCRIPTION");
    else
        print_no_memory();
    for (size_t i = 0; i < count && good; i++) {
        print_cell(&rows[i].name, name);
        print_cell(&rows[i].description, description);
        printf("%s\n", ptl_buf_text(&rows[i].path));
    }
    for (size_t i = 0; i < count && rows != NULL; i++) {
        ptl_buf_free(&rows[i].name);
        ptl_buf_free(&rows[i].description);
        ptl_buf_free(&rows[i].path);
    }
    free(rows);
    return end_output(good ? EXIT_DONE : EXIT_INCOMPLETE);
}

static int run(const struct arguments *arguments)
{
    (void)arguments;
    struct ptl_saved_profile *saved = NULL;
    size_t count = 0;
    struct ptl_error error;
    if (ptl_profile_list(&saved, &count, &error) != PTL_OK) {
        print_error(&error);
        return EXIT_INCOMPLETE;
    }
    int status = EXIT_DONE;
    if (count > 0)
        status = print_table(saved, count);
    else
        print_line("portolan: no saved profile in $PORTOLAN_PATH, ./configs, "
                   "$XDG_CONFIG_HOME/portolan (~/.config/portolan) or /etc/portolan");
    ptl_profile_list_free(saved, count);
    return status;
}

const struct command command_list = {
    .name = "list",
    .synopsis = "",
    .summary = "List the saved profiles found, with their descriptions",
    .details =
        "Looks for NAME.yaml, or else NAME.yml, in $PORTOLAN_PATH (colon-separated), ./configs,\n"
        "$XDG_CONFIG_HOME/portolan (~/.config/portolan) and /etc/portolan.",
    .run = run,
};
