#include "target/scope.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* The first block that begins behind `address`; count: none. */
static size_t find_behind(const struct ptl_scope *scope, const struct ptl_address *address)
{
    size_t at;
    PTL_SEARCH(at, scope->count, ptl_address_compare(&scope->blocks[at].first, address) <= 0);
    return at;
}

/* Does `next`, which begins no earlier, begin inside `block` or right behind its end? */
static bool reaches(const struct ptl_block *block, const struct ptl_block *next)
{
    struct ptl_address behind = ptl_address_add(&block->last, 1);
    return ptl_address_compare(&next->first, &block->last) <= 0 ||
           ptl_address_compare(&next->first, &behind) == 0;
}

/* Kept in order and apart, so that a long scope is searched and not walked for every target. */
static enum ptl_status insert(struct ptl_scope *scope, struct ptl_block block,
                              struct ptl_error *error)
{
    size_t end = find_behind(scope, &block.first), start = end;
    if (start > 0 && reaches(&scope->blocks[start - 1], &block))
        block.first = scope->blocks[--start].first;
    else if (scope->count >= PTL_SCOPE_MAX)
        return ptl_error_set(error, PTL_E_INVALID, "more than %d separate blocks", PTL_SCOPE_MAX);
    else if (!PTL_ROOM(scope->blocks, scope->capacity, scope->count))
        return ptl_error_no_memory(error);
    for (size_t i = start; i < scope->count && (i < end || reaches(&block, &scope->blocks[i]));
         i++) {
        if (ptl_address_compare(&scope->blocks[i].last, &block.last) > 0)
            block.last = scope->blocks[i].last;
        end = i + 1;
    }
    if (scope->count > end)
        memmove(&scope->blocks[start + 1], &scope->blocks[end],
                (scope->count - end) * sizeof(block));
    scope->blocks[start] = block;
    scope->count = scope->count - (end - start) + 1;
    return PTL_OK;
}

static enum ptl_status add_block(struct ptl_scope *scope, const char *text, struct ptl_error *error)
{
    struct ptl_block block;
    bool is_block;
    enum ptl_status status = ptl_block_parse(text, &block, &is_block, error);
    if (status != PTL_OK)
        return status;
    if (!is_block)
        return ptl_error_set(
            error, PTL_E_INVALID,
            "\"%s\": scope takes addresses, CIDR, \"loopback\" and \"any\", no names", text);
    return insert(scope, block, error);
}

enum ptl_status ptl_scope_add(struct ptl_scope *scope, const char *text, struct ptl_error *error)
{
    bool loopback = strcmp(text, "loopback") == 0;
    if (!loopback && strcmp(text, "any") != 0)
        return add_block(scope, text, error);
    enum ptl_status status = add_block(scope, loopback ? "127.0.0.0/8" : "0.0.0.0/0", error);
    return status == PTL_OK ? add_block(scope, loopback ? "::1" : "::/0", error) : status;
}

void ptl_scope_free(struct ptl_scope *scope)
{
    free(scope->blocks);
    *scope = (struct ptl_scope){.blocks = NULL};
}

bool ptl_scope_contains(const struct ptl_scope *scope, const struct ptl_block *block,
                        struct ptl_address *outside)
{
    size_t behind = find_behind(scope, &block->first);
    *outside = block->first;
    if (behind == 0 || ptl_address_compare(&block->first, &scope->blocks[behind - 1].last) > 0)
        return false;
    *outside = ptl_address_add(&scope->blocks[behind - 1].last, 1);
    return ptl_address_compare(&block->last, &scope->blocks[behind - 1].last) <= 0;
}
