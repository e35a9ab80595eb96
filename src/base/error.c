#include "base/error.h"

#include "base/array.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes back the bytes of a UTF-8 sequence that the end of the buffer cut. */
static void mend_end(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need > 1 && length - (start - 1) < need)
        text[start - 1] = '\0';
}

static void format_into(char *text, size_t size, const char *format, va_list args)
{
    if (vsnprintf(text, size, format, args) >= (int)size)
        mend_end(text);
}

/* Without a place; where nobody asks (NULL), nothing. */
static void fill(struct ptl_error *error, enum ptl_status code, const char *format, va_list args)
{
    if (error == NULL)
        return;
    error->code = code;
    error->sys_errno = 0;
    error->line = 0;
    error->column = 0;
    error->file[0] = '\0';
    format_into(error->message, sizeof(error->message), format, args);
}

static void set_origin(struct ptl_error *error, const struct ptl_origin *origin)
{
    if (error == NULL || origin == NULL)
        return;
    error->line = origin->line;
    error->column = origin->column;
    if (origin->file == NULL)
        return;
    size_t length = strlen(origin->file);
    if (length < sizeof(error->file))
        memcpy(error->file, origin->file, length + 1);
    else
        snprintf(error->file, sizeof(error->file), "...%s",
                 origin->file + length - (sizeof(error->file) - 4));
}

enum ptl_status ptl_error_set(struct ptl_error *error, enum ptl_status code, const char *format,
                              ...)
{
    va_list args;
    va_start(args, format);
    fill(error, code, format, args);
    va_end(args);
    return code;
}

enum ptl_status ptl_error_no_memory(struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
}

enum ptl_status ptl_error_errno(struct ptl_error *error, enum ptl_status code, int sys_errno,
                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(error, code, format, args);
    va_end(args);
    if (error != NULL)
        error->sys_errno = sys_errno;
    return code;
}

enum ptl_status ptl_error_at(struct ptl_error *error, const struct ptl_origin *origin,
                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(error, PTL_E_INVALID, format, args);
    va_end(args);
    set_origin(error, origin);
    return PTL_E_INVALID;
}

enum ptl_status ptl_error_wrap(struct ptl_error *error, const char *format, ...)
{
    if (error == NULL)
        return PTL_E_SYSTEM;
    char inner[sizeof(error->message)];
    memcpy(inner, error->message, sizeof(inner));
    va_list args;
    va_start(args, format);
    format_into(error->message, sizeof(error->message), format, args);
    va_end(args);
    size_t used = strlen(error->message);
    if (snprintf(error->message + used, sizeof(error->message) - used, ": %s", inner) >=
        (int)(sizeof(error->message) - used))
        mend_end(error->message);
    return error->code;
}

const char *ptl_error_print(const struct ptl_error *error, char *text, size_t size)
{
    char place[sizeof(error->file) + 32] = "";
    if (error->file[0] != '\0' && error->line > 0 && error->column > 0)
        snprintf(place, sizeof(place), "%s:%u:%u: ", error->file, error->line, error->column);
    else if (error->file[0] != '\0' && error->line > 0)
        snprintf(place, sizeof(place), "%s:%u: ", error->file, error->line);
    else if (error->file[0] != '\0')
        snprintf(place, sizeof(place), "%s: ", error->file);
    int length;
    if (error->sys_errno != 0)
        length =
            snprintf(text, size, "%s%s: %s", place, error->message, strerror(error->sys_errno));
    else
        length = snprintf(text, size, "%s%s", place, error->message);
    if (length >= (int)size && size > 0)
        mend_end(text);
    return text;
}

void ptl_problems_add(struct ptl_problems *problems, const struct ptl_error *error)
{
    if (problems == NULL)
        return;
    if (problems->count == PTL_PROBLEMS_MAX ||
        !PTL_ROOM_FOR_FEW(problems->items, problems->count)) {
        problems->dropped++;
        return;
    }
    problems->items[problems->count++] = *error;
}

enum ptl_status ptl_problems_no_memory(struct ptl_problems *problems)
{
    struct ptl_error error;
    ptl_error_no_memory(&error);
    ptl_problems_add(problems, &error);
    return PTL_E_NO_MEMORY;
}

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

void ptl_problems_at(struct ptl_problems *problems, const struct ptl_origin *origin,
                     const char *format, ...)
{
    struct ptl_error error;
    va_list args;
    va_start(args, format);
    fill(&error, PTL_E_INVALID, format, args);
    va_end(args);
    set_origin(&error, origin);
    ptl_problems_add(problems, &error);
}

void ptl_problems_free(struct ptl_problems *problems)
{
    if (problems == NULL)
        return;
    free(problems->items);
    *problems = (struct ptl_problems){.items = NULL};
}
