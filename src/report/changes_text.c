/* What changed since the last complete run, for people. */
#include "base/text.h"
#include "report/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LISTED 50 /* of a kind; a report is to be read */

static const char *const words[PTL_CHANGE_KINDS] = {
    "opened", "closed", "perhaps closed", "flapping", "came", "went", "perhaps went", "flapping"};

const char *ptl_change_word(enum ptl_change_kind kind)
{
    return words[kind];
}

void ptl_change_tell(const struct ptl_changed *one, struct ptl_buf *buf)
{
    ptl_text_add_printable(buf, one->host);
    if (strcmp(one->host, one->ip) != 0)
        ptl_text_printf(buf, " (%s)", one->ip);
    if (one->port != 0)
        ptl_buf_printf(buf, " %u/tcp", one->port);
    if (one->service != NULL)
        ptl_text_printf(buf, " %s", one->service);
}

static void add_summary(const struct ptl_changes *changes, struct ptl_buf *buf)
{
    const char *comma = "";
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
        const char *host = !ptl_change_is_of_host((enum ptl_change_kind)kind) ? ""
                           : changes->lists[kind].all == 1                    ? " host"
                                                                              : " hosts";
        if (changes->lists[kind].all == 0)
            continue;
        ptl_buf_printf(buf, "%s%" PRIu64 "%s %s", comma, changes->lists[kind].all, host,
                       words[kind]);
        comma = ", ";
    }
    if (comma[0] == '\0')
        ptl_buf_add(buf, "nothing changed");
}

bool ptl_changes_write(struct ptl_writing *writing)
{
    const struct ptl_changes *changes = writing->results->changes;
    struct ptl_buf *line = &writing->line;
    if (changes == NULL)
        return true;
    if (changes->since[0] == '\0') {
        ptl_buf_add(line, "\nthe history has no complete run of these hosts and ports to compare "
                          "with\n");
        return ptl_writing_flush(writing);
    }
    ptl_buf_add_char(line, '\n');
    ptl_text_printf(line, "SINCE %s: ", changes->since);
    add_summary(changes, line);
    ptl_buf_add_char(line, '\n');
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
        const struct ptl_changed_list *list = &changes->lists[kind];
        size_t listed = list->count < LISTED ? list->count : LISTED;
        for (size_t i = 0; i < listed; i++) {
            ptl_buf_printf(line, "%-16s", words[kind]);
            ptl_change_tell(&list->items[i], line);
            ptl_buf_add_char(line, '\n');
            if (!ptl_writing_flush(writing))
                return false;
        }
        if (list->all > listed)
            ptl_buf_printf(line, "%-16s%" PRIu64 " more\n", words[kind], list->all - listed);
    }
    return ptl_writing_flush(writing);
}
