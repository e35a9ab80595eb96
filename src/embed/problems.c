#include "embed/embed.h"

#include <stdio.h>
#include <stdlib.h>

struct portolan_problems *portolan_problems_new(void)
{
    return calloc(1, sizeof(struct portolan_problems));
}

size_t portolan_problems_count(const struct portolan_problems *problems)
{
    return problems != NULL ? problems->found.count + (problems->found.dropped > 0) : 0;
}

void ptl_embed_problem(const struct ptl_error *error, struct portolan_problem *problem)
{
    *problem = (struct portolan_problem){.size = sizeof(*problem),
                                         .status = (enum portolan_status)error->code,
                                         .system_errno = error->sys_errno,
                                         .line = error->line,
                                         .column = error->column,
                                         .file = error->file[0] != '\0' ? error->file : NULL,
                                         .message = error->message};
    ptl_error_print(error, problem->text, sizeof(problem->text));
}

bool portolan_problems_get(const struct portolan_problems *problems, size_t number,
                           struct portolan_problem *problem)
{
    if (number >= portolan_problems_count(problems))
        return false;
    struct portolan_problem own = {.status = PORTOLAN_INVALID, .message = "more problems"};
    const struct ptl_problems *found = &problems->found;
    if (number < found->count)
        ptl_embed_problem(&found->items[number], &own);
    else
        snprintf(own.text, sizeof(own.text), "and %zu more problems", found->dropped);
    return ptl_embed_give(problem, &own, sizeof(own));
}

void portolan_problems_free(struct portolan_problems *problems)
{
    if (problems != NULL)
        ptl_problems_free(&problems->found);
    free(problems);
}
