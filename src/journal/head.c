#include "journal/head.h"

#include "base/array.h"
#include "base/text.h"
#include "journal/bytes.h"

#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define KEYS_MAX 1000
#define IDENTITY_SIZE 16

/* ---- keys ---- */

static uint64_t hash_of(const struct ptl_buf *value)
{
    char hex[PTL_SHA256_SIZE];
    SHA256_Data((const uint8_t *)ptl_buf_text(value), value->length, hex);
    hex[16] = '\0'; /* the digits of 64 bits */
    return strtoull(hex, NULL, 16);
}

static enum ptl_status put_keys(struct ptl_buf *buf, const struct ptl_profile *profile,
                                struct ptl_error *error)
{
    struct ptl_buf value;
    const char *key;
    size_t count = 0;
    ptl_buf_init(&value, PTL_PROFILE_SHOWN_MAX);
    while (ptl_profile_decides(profile, count, &key, NULL))
        count++;
    ptl_bytes_put(buf, count);
    for (size_t i = 0; i < count; i++) {
        ptl_buf_reset(&value);
        ptl_profile_decides(profile, i, &key, &value);
        ptl_bytes_put_text(buf, key);
        ptl_bytes_put(buf, hash_of(&value));
        if (value.failed)
            break;
    }
    bool failed = value.failed;
    ptl_buf_free(&value);
    return failed ? ptl_error_no_memory(error) : PTL_OK;
}

static void add_difference(struct ptl_buf *names, const char *name)
{
    ptl_buf_printf(names, "%s%s", names->length > 0 ? ", " : "", name);
}

void ptl_head_differences(const struct ptl_head *head, const struct ptl_profile *profile,
                          struct ptl_buf *names)
{
    struct ptl_buf value;
    const char *key;
    ptl_buf_init(&value, PTL_PROFILE_SHOWN_MAX);
    for (size_t i = 0; ptl_profile_decides(profile, i, &key, NULL); i++) {
        size_t at = 0;
        ptl_buf_reset(&value);
        ptl_profile_decides(profile, i, &key, &value);
        while (at < head->key_count && strcmp(head->keys[at].name, key) != 0)
            at++;
        bool same = at < head->key_count && !value.failed && head->keys[at].hash == hash_of(&value);
        if (!same)
            add_difference(names, key);
    }
    for (size_t at = 0; at < head->key_count; at++) {
        size_t i = 0;
        while (ptl_profile_decides(profile, i, &key, NULL) && strcmp(head->keys[at].name, key) != 0)
            i++;
        if (!ptl_profile_decides(profile, i, &key, NULL))
            add_difference(names, head->keys[at].name);
    }
    ptl_buf_free(&value);
}

/* ---- writing ---- */

static void put_address(struct ptl_buf *buf, const struct ptl_address *address)
{
    uint8_t bytes[16];
    unsigned count = address->family == 4 ? 4 : 16;
    for (unsigned i = 0; i < count; i++) {
        uint64_t half = count == 16 && i < 8 ? address->high : address->low;
        bytes[i] = (uint8_t)(half >> (8 * ((count - 1 - i) % 8)));
    }
    ptl_buf_add_bytes(buf, bytes, count);
}

/* The label of a block is told where it is another than that of the block before. */
static void put_targets(struct ptl_buf *buf, const struct ptl_targets *targets)
{
    struct ptl_block block;
    const char *input, *before = NULL;
    size_t count = ptl_targets_segments(targets);
    uint64_t first = 0;
    ptl_bytes_put(buf, count);
    for (size_t i = 0; i < count; i++) {
        struct ptl_target target;
        ptl_targets_segment(targets, i, &block, &input);
        ptl_targets_get(targets, first, &target);
        first += ptl_block_count(&block);
        bool is_new = before == NULL || strcmp(before, input) != 0;
        ptl_bytes_put(buf, block.first.family | (target.is_name ? 8U : 0) | (is_new ? 16U : 0));
        put_address(buf, &block.first);
        put_address(buf, &block.last);
        if (is_new)
            ptl_bytes_put_text(buf, input);
        before = input;
    }
}

static void put_settings(struct ptl_buf *buf, const struct ptl_journal_plan *plan)
{
    const struct ptl_profile *profile = plan->profile;
    char *ports = ptl_portset_text(plan->ports);
    ptl_bytes_put_text(buf, ports);
    buf->failed = buf->failed || ports == NULL;
    free(ports);
    unsigned states = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        states |= (profile->report_states[s] || s == PTL_ERROR ? 1U : 0U) << s;
    ptl_bytes_put(buf, states);
    ptl_bytes_put(buf, profile->order);
    ptl_bytes_put(buf, plan->seed);
    ptl_bytes_put(buf, profile->retries);
}

static void put_hex(char *text, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* The identity of the plan, then of the run, then the rest. */
enum ptl_status ptl_head_write(struct ptl_buf *buf, const struct ptl_journal_plan *plan,
                               int64_t started_ms, struct ptl_error *error)
{
    struct ptl_buf rest;
    uint8_t digest[SHA256_DIGEST_LENGTH], identity[IDENTITY_SIZE];
    ptl_buf_init(&rest, buf->max);
    put_settings(&rest, plan);
    put_targets(&rest, plan->targets);
    ptl_bytes_put(&rest, plan->unresolved_count);
    for (size_t i = 0; i < plan->unresolved_count; i++) {
        ptl_bytes_put_text(&rest, plan->unresolved[i].input);
        ptl_bytes_put_text(&rest, plan->unresolved[i].message);
    }
    enum ptl_status status = put_keys(&rest, plan->profile, error);
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, (const uint8_t *)ptl_buf_text(&rest), rest.length);
    SHA256_Final(digest, &context);
    memcpy(identity, digest, sizeof(identity)); /* where nothing can be drawn */
    ssize_t ignored = getrandom(identity, sizeof(identity), GRND_NONBLOCK);
    (void)ignored;
    ptl_buf_add_bytes(buf, digest, sizeof(digest));
    ptl_buf_add_bytes(buf, identity, sizeof(identity));
    ptl_bytes_put(buf, (uint64_t)started_ms);
    ptl_bytes_put_text(buf, PTL_VERSION);
    ptl_buf_add_bytes(buf, ptl_buf_text(&rest), rest.length);
    buf->failed = buf->failed || rest.failed;
    ptl_buf_free(&rest);
    if (status == PTL_OK && buf->failed)
        return ptl_error_no_memory(error);
    return status;
}

/* ---- reading ---- */

void ptl_head_free(struct ptl_head *head)
{
    free(head->tool_version);
    free(head->ports);
    for (size_t i = 0; i < head->key_count; i++)
        free(head->keys[i].name);
    free(head->keys);
    free(head->blocks);
    ptl_text_list_free(head->inputs, head->input_count);
    for (size_t i = 0; i < head->unresolved_count; i++) {
        free(head->unresolved[i].input);
        free(head->unresolved[i].message);
    }
    free(head->unresolved);
    *head = (struct ptl_head){.ports = NULL};
}

static void get_hex(struct ptl_bytes *bytes, char *text, size_t count)
{
    if (bytes->failed || (size_t)(bytes->end - bytes->at) < count) {
        bytes->failed = true;
        return;
    }
    put_hex(text, bytes->at, count);
    bytes->at += count;
}

static void get_address(struct ptl_bytes *bytes, uint8_t family, struct ptl_address *address)
{
    size_t count = family == 4 ? 4 : 16;
    *address = (struct ptl_address){.family = family};
    if (bytes->failed || (size_t)(bytes->end - bytes->at) < count) {
        bytes->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t *half = count == 16 && i < 8 ? &address->high : &address->low;
        *half = *half << 8 | bytes->at[i];
    }
    bytes->at += count;
}

static bool get_input(struct ptl_bytes *bytes, struct ptl_head *head)
{
    if (!PTL_ROOM(head->inputs, head->input_capacity, head->input_count))
        return false;
    char *text = ptl_bytes_get_text(bytes);
    if (text != NULL)
        head->inputs[head->input_count++] = text;
    return text != NULL;
}

static bool get_targets(struct ptl_bytes *bytes, struct ptl_head *head)
{
    uint64_t count = ptl_bytes_get(bytes);
    for (uint64_t i = 0; i < count && !bytes->failed; i++) {
        struct ptl_named_block named;
        uint64_t flags = ptl_bytes_get_most(bytes, 31);
        uint8_t family = flags & 7;
        if (family != 4 && family != 6)
            bytes->failed = true;
        get_address(bytes, family, &named.block.first);
        get_address(bytes, family, &named.block.last);
        if (bytes->failed || ptl_address_compare(&named.block.first, &named.block.last) > 0 ||
            (i == 0 && (flags & 16) == 0)) {
            bytes->failed = true;
            return true;
        }
        if ((flags & 16) != 0 && !get_input(bytes, head))
            return bytes->failed;
        named.input = head->inputs[head->input_count - 1];
        named.is_name = (flags & 8) != 0;
        if (!PTL_ROOM(head->blocks, head->block_capacity, head->block_count))
            return false;
        head->blocks[head->block_count++] = named;
    }
    return true;
}

static bool get_unresolved(struct ptl_bytes *bytes, struct ptl_head *head)
{
    uint64_t count = ptl_bytes_get_most(bytes, PTL_UNRESOLVED_LISTED);
    head->unresolved = calloc(count + 1, sizeof(*head->unresolved));
    if (head->unresolved == NULL)
        return false;
    for (; head->unresolved_count < count && !bytes->failed; head->unresolved_count++) {
        struct ptl_unresolved *one = &head->unresolved[head->unresolved_count];
        one->input = ptl_bytes_get_text(bytes);
        one->message = ptl_bytes_get_text(bytes);
        if (!bytes->failed && (one->input == NULL || one->message == NULL)) {
            head->unresolved_count++;
            return false;
        }
    }
    return true;
}

static bool get_keys(struct ptl_bytes *bytes, struct ptl_head *head)
{
    uint64_t count = ptl_bytes_get_most(bytes, KEYS_MAX);
    head->keys = calloc(count + 1, sizeof(*head->keys));
    if (head->keys == NULL)
        return false;
    for (; head->key_count < count && !bytes->failed; head->key_count++) {
        struct ptl_head_key *key = &head->keys[head->key_count];
        key->name = ptl_bytes_get_text(bytes);
        key->hash = ptl_bytes_get(bytes);
        if (!bytes->failed && key->name == NULL)
            return false;
    }
    return true;
}

bool ptl_head_read(const uint8_t *payload, size_t length, struct ptl_head *head, bool *no_memory)
{
    struct ptl_bytes bytes = {.at = payload, .end = payload + length};
    *head = (struct ptl_head){.ports = NULL};
    get_hex(&bytes, head->plan_sha256, SHA256_DIGEST_LENGTH);
    get_hex(&bytes, head->run_id, IDENTITY_SIZE);
    head->started_ms = (int64_t)ptl_bytes_get_most(&bytes, INT64_MAX);
    head->tool_version = ptl_bytes_get_text(&bytes);
    head->ports = ptl_bytes_get_text(&bytes);
    uint64_t states = ptl_bytes_get_most(&bytes, (1U << PTL_STATE_COUNT) - 1);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        head->states[s] = (states >> s & 1) != 0;
    head->order = (enum ptl_order)ptl_bytes_get_most(&bytes, PTL_ORDER_RANDOM);
    head->seed = ptl_bytes_get(&bytes);
    head->retries = (uint32_t)ptl_bytes_get_most(&bytes, UINT32_MAX);
    bool has_memory = bytes.failed || (head->ports != NULL && head->tool_version != NULL);
    has_memory = has_memory && get_targets(&bytes, head) && get_unresolved(&bytes, head) &&
                 get_keys(&bytes, head);
    *no_memory = !has_memory;
    return has_memory && !bytes.failed;
}
