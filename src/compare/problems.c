#include "compare/problems.h"

#include <string.h>

void ptl_problems_add_new(struct ptl_problems *problems, const struct ptl_problems *found)
{
    for (size_t i = 0; i < found->count; i++) {
        char text[2048], known[2048];
        bool is_known = false;
        ptl_error_print(&found->items[i], text, sizeof(text));
        for (size_t j = 0; j < problems->count && !is_known; j++)
            is_known =
                strcmp(ptl_error_print(&problems->items[j], known, sizeof(known)), text) == 0;
        if (!is_known)
            ptl_problems_add(problems, &found->items[i]);
    }
    problems->dropped += found->dropped;
}
