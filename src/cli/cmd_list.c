#include "cli/commands.h"

#include "portolan/text.h"

#include <stdio.h>

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
    for (size_t i = 0; i < count; i++) {
        struct ptl_buf line;
        ptl_buf_init(&line, 1U << 16);
        ptl_text_add_printable(&line, saved[i].description);
        printf("%-24s %s%s\n%-24s   %s\n", saved[i].name,
               saved[i].loads ? "" : "does not load: ", ptl_buf_text(&line), "", saved[i].path);
        ptl_buf_free(&line);
    }
    if (count == 0)
        fputs("portolan: no saved profile in $PORTOLAN_PATH, ./configs, ~/.config/portolan or "
              "/etc/portolan\n",
              stderr);
    ptl_profile_list_free(saved, count);
    return end_output(EXIT_DONE);
}

const struct command command_list = {
    .name = "list",
    .synopsis = "",
    .summary = "List the saved profiles found, with their descriptions",
    .details = "Looks for NAME.yaml in $PORTOLAN_PATH (colon-separated), ./configs,\n"
               "$XDG_CONFIG_HOME/portolan (~/.config/portolan) and /etc/portolan.",
    .run = run,
};
