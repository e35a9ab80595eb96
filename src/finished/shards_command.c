/* The command line that runs a shard which is missing. */
#include "finished/sharding.h"

#include <inttypes.h>
#include <string.h>

#define WORD_MAX (80UL * 1024) /* a path that a file may hold, and some more */

/* Do the digits at `at` say this number? *length: how many there are. */
static bool is_number(const char *at, uint32_t number, size_t *length)
{
    uint64_t sum = 0;
    *length = strspn(at, "0123456789");
    for (size_t i = 0; i < *length && sum <= number; i++)
        sum = 10 * sum + (uint64_t)(at[i] - '0');
    return *length > 0 && sum == number;
}

/* Is every file named as this one, but for the digits at `at`, which say its shard's number?
 * *width: how many digits those have that begin with 0; 0: none does. */
static bool are_alike(const struct ptl_shards *shards, const char *name, size_t at, size_t *width)
{
    const char *rest = name + at + strspn(name + at, "0123456789");
    *width = 0;
    for (uint32_t k = 1; k <= shards->count; k++) {
        size_t digits;
        if (shards->files[k] == 0)
            continue;
        const char *other = shards->names[shards->files[k] - 1];
        if (strncmp(other, name, at) != 0 || !is_number(other + at, k, &digits) ||
            strcmp(other + at + digits, rest) != 0)
            return false;
        if (other[at] == '0')
            *width = digits;
    }
    return true;
}

/* The name of any file with another number, if all are named alike. False: they are not. */
static bool name_alike(const struct ptl_shards *shards, uint32_t index, struct ptl_buf *buf)
{
    uint32_t k = 1;
    while (shards->files[k] == 0)
        k++;
    const char *name = shards->names[shards->files[k] - 1];
    for (size_t at = strcspn(name, "0123456789"), digits, width; name[at] != '\0';
         at += strcspn(name + at, "0123456789")) {
        bool is_its = is_number(name + at, k, &digits);
        if (is_its && are_alike(shards, name, at, &width)) {
            ptl_buf_add_bytes(buf, name, at);
            ptl_buf_printf(buf, "%0*" PRIu32, (int)width, index);
            ptl_buf_add(buf, name + at + digits);
            return true;
        }
        at += digits;
    }
    return false;
}

/* As one word of a shell. */
static void add_word(struct ptl_buf *buf, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "./_-+,:@%=";
    ptl_buf_add_char(buf, ' ');
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        ptl_buf_add(buf, word);
        return;
    }
    ptl_buf_add_char(buf, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            ptl_buf_add(buf, "'\\''");
        else
            ptl_buf_add_char(buf, *word);
    }
    ptl_buf_add_char(buf, '\'');
}

/* Do the options say with what to load a profile, and nothing else? A file may hold anything. */
static bool are_sound(const char *options)
{
    static const char *const known[] = {"--set\n", "--hosts\n", "--ports\n"};
    while (*options != '\0') {
        size_t k = 0;
        while (k < PTL_COUNT(known) && strncmp(options, known[k], strlen(known[k])) != 0)
            k++;
        const char *end = k < PTL_COUNT(known) ? strchr(options + strlen(known[k]), '\n') : NULL;
        if (end == NULL)
            return false;
        options = end + 1;
    }
    return true;
}

bool ptl_shards_know_options(const struct ptl_shards *shards)
{
    const char *options = shards->heads[0]->shard.options;
    return options != NULL && are_sound(options);
}

static void add_options(const struct ptl_shards *shards, struct ptl_buf *buf)
{
    const char *options = ptl_shards_know_options(shards) ? shards->heads[0]->shard.options : "";
    while (*options != '\0') {
        struct ptl_buf word;
        size_t length = strcspn(options, "\n");
        ptl_buf_init(&word, PTL_OPTIONS_MAX);
        ptl_buf_add_bytes(&word, options, length);
        add_word(buf, ptl_buf_text(&word));
        buf->failed = buf->failed || word.failed;
        ptl_buf_free(&word);
        options += length + 1;
    }
}

/* No word of a file's becomes an option; "-" is standard input. */
static void add_profile(const char *word, struct ptl_buf *buf)
{
    struct ptl_buf path;
    ptl_buf_init(&path, WORD_MAX);
    ptl_buf_add(&path, word[0] == '-' && word[1] != '\0' ? "./" : "");
    ptl_buf_add(&path, word);
    add_word(buf, ptl_buf_text(&path));
    buf->failed = buf->failed || path.failed;
    ptl_buf_free(&path);
}

void ptl_shards_command(const struct ptl_shards *shards, uint32_t index, struct ptl_buf *buf)
{
    const struct ptl_run_info *head = shards->heads[0];
    struct ptl_buf name;
    ptl_buf_init(&name, WORD_MAX);
    ptl_buf_add(buf, "portolan run");
    bool has_file = head->file != NULL && head->file[0] != '\0';
    if (!has_file || strcmp(head->file, PTL_FILE_OPTIONS) != 0 || !ptl_shards_know_options(shards))
        add_profile(has_file ? head->file : head->profile, buf);
    add_options(shards, buf);
    ptl_buf_printf(buf, " --shard %" PRIu32 "/%" PRIu32 " --json", index, shards->count);
    if (!name_alike(shards, index, &name)) {
        ptl_buf_reset(&name);
        /* A file of others may name a profile so that it leads elsewhere. */
        bool is_name = strchr(head->profile, '/') == NULL;
        ptl_buf_printf(&name, "%s.%" PRIu32 ".json", is_name ? head->profile : "shard", index);
    }
    add_word(buf, ptl_buf_text(&name));
    buf->failed = buf->failed || name.failed;
    ptl_buf_free(&name);
}
