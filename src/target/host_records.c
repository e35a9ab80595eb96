#include "target/hosts.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * A record: the kind (a byte), the file's number + 1 (0: none), line and column (varints), the
 * addresses of IPv4 (one, or first and last, of four bytes each), the text. IPv6 has its text
 * alone: its addresses would take as much again, and are seldom asked for; but not that of a name,
 * whose text is the name alone.
 */
enum kind {
    KIND_IPV4,
    KIND_IPV4_BLOCK,
    KIND_IPV6,
    KIND_IPV6_BLOCK,
    KIND_NAME,
    KIND_NAME_IPV4,
    KIND_NAME_IPV6
};

#define VARINT_MOST 5 /* bytes of a number of 32 bits */
#define HEAD_MOST (1 + 3 * VARINT_MOST + 2 * sizeof(uint64_t))
#define TEXTS_LEAST 256U /* most lists are short... */
#define TEXTS_MOST 65536U
#define TEXTS_PIECES 65536U

struct ptl_host_texts {
    size_t used, size;
    char bytes[];
};

void ptl_hosts_free(struct ptl_hosts *hosts)
{
    for (size_t i = 0; i < hosts->text_count; i++)
        free(hosts->texts[i]);
    free(hosts->texts);
    free(hosts->records);
    ptl_text_list_free(hosts->files, hosts->file_count);
    *hosts = (struct ptl_hosts){.records = NULL};
}

/* The number + 1 of the list's own copy of a file's name, which neighbours in one file share. 0: no
 * memory. */
static uint32_t keep_file(struct ptl_hosts *hosts, const char *file)
{
    if (hosts->file_count > 0 && strcmp(hosts->files[hosts->file_count - 1], file) == 0)
        return (uint32_t)hosts->file_count;
    if (!PTL_ROOM_FOR_FEW(hosts->files, hosts->file_count))
        return 0;
    hosts->files[hosts->file_count] = strdup(file);
    return hosts->files[hosts->file_count] != NULL ? (uint32_t)++hosts->file_count : 0;
}

/* Keeps a head and a text behind it; false: no memory. */
static bool keep_bytes(struct ptl_hosts *hosts, const char *head, size_t length, const char *text,
                       uint32_t *number)
{
    size_t text_size = strlen(text) + 1, size = length + text_size;
    struct ptl_host_texts *last = hosts->text_count ? hosts->texts[hosts->text_count - 1] : NULL;
    if (last == NULL || size > last->size - last->used) {
        size_t room = last == NULL ? TEXTS_LEAST : 2 * last->size;
        room = room < TEXTS_MOST ? room : TEXTS_MOST;
        room = room > size ? room : size;
        if (hosts->text_count == TEXTS_PIECES ||
            !PTL_ROOM(hosts->texts, hosts->text_capacity, hosts->text_count))
            return false;
        last = malloc(sizeof(*last) + room);
        if (last == NULL)
            return false;
        *last = (struct ptl_host_texts){.size = room};
        hosts->texts[hosts->text_count++] = last;
    }
    memcpy(last->bytes + last->used, head, length);
    memcpy(last->bytes + last->used + length, text, text_size);
    *number = (uint32_t)((hosts->text_count - 1) << 16 | last->used);
    last->used += size;
    return true;
}

static char *put_number(char *at, uint32_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (char)(number | 0x80);
    *at++ = (char)number;
    return at;
}

static uint32_t get_number(const char **at)
{
    uint32_t number = 0;
    unsigned char byte;
    for (unsigned shift = 0;; shift += 7) {
        byte = (unsigned char)*(*at)++;
        number |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return number;
    }
}

static char *put_address(char *at, const struct ptl_address *address)
{
    uint32_t low = (uint32_t)address->low;
    memcpy(at, &low, sizeof(low));
    return at + sizeof(low);
}

static struct ptl_address get_address(const char **at)
{
    uint32_t low;
    memcpy(&low, *at, sizeof(low));
    *at += sizeof(low);
    return (struct ptl_address){.low = low, .family = 4};
}

static char *put_wide(char *at, const struct ptl_address *address)
{
    memcpy(at, &address->high, sizeof(address->high));
    memcpy(at + sizeof(address->high), &address->low, sizeof(address->low));
    return at + sizeof(address->high) + sizeof(address->low);
}

static struct ptl_address get_wide(const char **at)
{
    struct ptl_address address = {.family = 6};
    memcpy(&address.high, *at, sizeof(address.high));
    memcpy(&address.low, *at + sizeof(address.high), sizeof(address.low));
    *at += sizeof(address.high) + sizeof(address.low);
    return address;
}

static enum kind kind_of(const struct ptl_host *host)
{
    if (host->is_known)
        return host->block.first.family == 4 ? KIND_NAME_IPV4 : KIND_NAME_IPV6;
    if (host->is_name)
        return KIND_NAME;
    bool is_one = ptl_address_compare(&host->block.first, &host->block.last) == 0;
    if (host->block.first.family == 4)
        return is_one ? KIND_IPV4 : KIND_IPV4_BLOCK;
    return is_one ? KIND_IPV6 : KIND_IPV6_BLOCK;
}

bool ptl_hosts_keep(struct ptl_hosts *hosts, const struct ptl_host *host)
{
    char head[HEAD_MOST], *at = head;
    enum kind kind = kind_of(host);
    uint32_t file = 0;
    if (!PTL_ROOM(hosts->records, hosts->capacity, hosts->count))
        return false;
    if (host->file != NULL && (file = keep_file(hosts, host->file)) == 0)
        return false;
    *at++ = (char)kind;
    at = put_number(at, file);
    at = put_number(at, host->line);
    at = put_number(at, host->column);
    if (kind == KIND_IPV4 || kind == KIND_IPV4_BLOCK || kind == KIND_NAME_IPV4)
        at = put_address(at, &host->block.first);
    if (kind == KIND_IPV4_BLOCK)
        at = put_address(at, &host->block.last);
    if (kind == KIND_NAME_IPV6)
        at = put_wide(at, &host->block.first);
    if (!keep_bytes(hosts, head, (size_t)(at - head), host->text, &hosts->records[hosts->count]))
        return false;
    hosts->count++;
    return true;
}

/* The text was read before, when it came, so it is read again. */
static void read_wide(const char *text, enum kind kind, struct ptl_block *block)
{
    bool is_block;
    if (kind == KIND_IPV6_BLOCK) {
        (void)ptl_block_parse(text, block, &is_block, NULL);
    } else if (ptl_address_parse(text, &block->first, NULL) == PTL_OK ||
               ptl_block_parse(text, block, &is_block, NULL) == PTL_OK) { /* of one address: /128 */
        block->last = block->first;
    }
}

struct ptl_host ptl_hosts_get(const struct ptl_hosts *hosts, size_t number)
{
    uint32_t record = hosts->records[number];
    const char *at = hosts->texts[record >> 16]->bytes + (record & 0xFFFF);
    enum kind kind = (enum kind)(unsigned char)*at++;
    struct ptl_host host = {.is_name = kind >= KIND_NAME, .is_known = kind > KIND_NAME};
    uint32_t file = get_number(&at);
    host.file = file > 0 ? hosts->files[file - 1] : NULL;
    host.line = get_number(&at);
    host.column = get_number(&at);
    if (kind == KIND_IPV4 || kind == KIND_IPV4_BLOCK || kind == KIND_NAME_IPV4)
        host.block.first = host.block.last = get_address(&at);
    if (kind == KIND_NAME_IPV6)
        host.block.first = host.block.last = get_wide(&at);
    if (kind == KIND_IPV4_BLOCK)
        host.block.last = get_address(&at);
    host.text = at;
    if (kind == KIND_IPV6 || kind == KIND_IPV6_BLOCK)
        read_wide(at, kind, &host.block);
    return host;
}
