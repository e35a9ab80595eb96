#include "portolan/scope.h"

#include <stdlib.h>
#include <string.h>

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
    struct ptl_block *grown = reallocarray(scope->blocks, scope->count + 1, sizeof(*grown));
    if (grown == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    scope->blocks = grown;
    scope->blocks[scope->count++] = block;
    return PTL_OK;
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
    /* Step from block to block of the scope until one reaches the end. */
    struct ptl_block left = *block;
    for (;;) {
        const struct ptl_block *reaches = NULL;
        for (size_t i = 0; i < scope->count; i++) {
            const struct ptl_block *b = &scope->blocks[i];
            if (ptl_address_compare(&b->first, &left.first) <= 0 &&
                ptl_address_compare(&left.first, &b->last) <= 0 &&
                (reaches == NULL || ptl_address_compare(&b->last, &reaches->last) > 0))
                reaches = b;
        }
        if (reaches == NULL) {
            *outside = left.first;
            return false;
        }
        if (ptl_address_compare(&reaches->last, &left.last) >= 0)
            return true;
        left.first = ptl_address_add(&reaches->last, 1);
    }
}
