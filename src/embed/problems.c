#include "embed/embed.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static_assert((int)PORTOLAN_INVALID == (int)PTL_E_INVALID &&
                  (int)PORTOLAN_SYSTEM == (int)PTL_E_SYSTEM &&
                  (int)PORTOLAN_NO_MEMORY == (int)PTL_E_NO_MEMORY &&
                  (int)PORTOLAN_OUTPUT == (int)PTL_E_OUTPUT &&
                  (int)PORTOLAN_CANCELLED == (int)PTL_E_CANCELLED,
              "a status is handed over as it is");

enum portolan_status ptl_embed_fail(struct portolan_problems *problems,
                                    const struct ptl_error *error)
{
    if (problems != NULL)
        ptl_problems_add(&problems->found, error);
    return (enum portolan_status)error->code;
}

enum portolan_status ptl_embed_no_memory(struct portolan_problems *problems)
{
    struct ptl_error error;
    ptl_error_no_memory(&error);
    return ptl_embed_fail(problems, &error);
}

enum portolan_status ptl_embed_tell(struct portolan_problems *problems, struct ptl_problems *found,
                                    enum ptl_status status)
{
    for (size_t i = 0; problems != NULL && i < found->count; i++)
        ptl_problems_add(&problems->found, &found->items[i]);
    if (problems != NULL)
        problems->found.dropped += found->dropped;
    ptl_problems_free(found);
    return (enum portolan_status)status;
}

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
