/* JSON of what is no value yet: for writers of many. */
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of valid UTF-8: quotes, backslashes and control characters are escaped, as cJSON does. */
static void print_escaped(const char *text, struct ptl_buf *buf)
{
    static const char named[] = "\b\f\n\r\t\"\\", *const letters = "bfnrt\"\\";
    const char *clean = text;
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x20 && *text != '"' && *text != '\\')
            continue;
        ptl_buf_add_bytes(buf, clean, (size_t)(text - clean));
        const char *found = memchr(named, *text, sizeof(named) - 1);
        if (found != NULL)
            ptl_buf_add_bytes(buf, (const char[]){'\\', letters[found - named]}, 2);
        else
            ptl_buf_printf(buf, "\\u%04x", (unsigned)*text);
        clean = text + 1;
    }
    ptl_buf_add_bytes(buf, clean, (size_t)(text - clean));
}

/* How many bytes of ASCII need no escape. */
static size_t count_plain(const char *text)
{
    size_t count = 0;
    while (text[count] >= 0x20 && text[count] < 0x7F && text[count] != '"' && text[count] != '\\')
        count++;
    return count;
}

void ptl_json_print_string(const char *text, struct ptl_buf *buf)
{
    if (text == NULL) {
        ptl_buf_add(buf, "null");
        return;
    }
    ptl_buf_add_char(buf, '"');
    size_t plain = count_plain(text); /* all of nearly every text: seen once, added at once */
    ptl_buf_add_bytes(buf, text, plain);
    text += plain;
    if (*text == '\0') {
        ptl_buf_add_char(buf, '"');
        return;
    }
    if (ptl_text_is_utf8(text, strlen(text))) {
        print_escaped(text, buf);
    } else {
        struct ptl_buf mended;
        ptl_buf_init(&mended, 4 * strlen(text));
        ptl_text_add_utf8(&mended, text);
        buf->failed = buf->failed || mended.failed;
        print_escaped(ptl_buf_text(&mended), buf);
        ptl_buf_free(&mended);
    }
    ptl_buf_add_char(buf, '"');
}

void ptl_json_print_number(uint64_t number, struct ptl_buf *buf)
{
    char digits[PTL_DIGITS_SIZE];
    ptl_buf_add(buf, ptl_digits(number, digits));
}

void ptl_json_print_double(double number, struct ptl_buf *buf)
{
    /* As cJSON has it: with the fewest digits of 15 and 17 that read as the same number. */
    char text[32];
    if (!isfinite(number)) {
        ptl_buf_add(buf, "null");
        return;
    }
    snprintf(text, sizeof(text), "%1.15g", number);
    double again = strtod(text, NULL), most = fmax(fabs(again), fabs(number));
    if (fabs(again - number) > most * DBL_EPSILON)
        snprintf(text, sizeof(text), "%1.17g", number);
    size_t whole = strspn(text, "-0123456789");
    if (text[whole] != '\0' && text[whole] != 'e')
        text[whole] = '.'; /* whatever the locale of the program writes there */
    ptl_buf_add(buf, text);
}
