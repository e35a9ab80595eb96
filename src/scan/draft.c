#include "scan/draft.h"

#include "base/array.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

bool ptl_draft_warn(struct ptl_prepared *prepared, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool added = ptl_text_list_add(&prepared->warnings, &prepared->warning_count, format, args);
    va_end(args);
    return added;
}

struct ptl_origin ptl_draft_origin(const struct ptl_host *host)
{
    return (struct ptl_origin){.file = host->file, .line = host->line, .column = host->column};
}

bool ptl_draft_unresolved(struct ptl_draft *draft, const char *input, const char *message)
{
    struct ptl_prepared *prepared = draft->prepared;
    if (!PTL_ROOM(prepared->unresolved, draft->unresolved_capacity, prepared->unresolved_count))
        return false;
    struct ptl_unresolved *new = &prepared->unresolved[prepared->unresolved_count++];
    new->input = strdup(input);
    new->message = strdup(message);
    return new->input != NULL &&new->message != NULL;
}
