#include "profile/fields.h"

#include <sha256.h>
#include <string.h>

/* Frees the text. */
static enum ptl_status digest(struct ptl_buf *buf, char hex[PTL_SHA256_SIZE],
                              struct ptl_error *error)
{
    bool failed = buf->failed;
    SHA256_Data((const uint8_t *)ptl_buf_text(buf), buf->length, hex);
    ptl_buf_free(buf);
    return failed ? ptl_error_no_memory(error) : PTL_OK;
}

enum ptl_status ptl_profile_sha256(const struct ptl_profile *profile, char hex[PTL_SHA256_SIZE],
                                   struct ptl_error *error)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_PROFILE_SHOWN_MAX);
    struct ptl_profile whole = *profile;
    whole.shard = (struct ptl_shard){.count = 0};
    ptl_profile_show(&whole, &buf);
    return digest(&buf, hex, error);
}

enum ptl_status ptl_profile_plan_sha256(const struct ptl_profile *profile,
                                        char hex[PTL_SHA256_SIZE], struct ptl_error *error)
{
    struct ptl_buf buf;
    const char *key;
    ptl_buf_init(&buf, PTL_PROFILE_SHOWN_MAX);
    for (size_t i = 0; ptl_profile_decides(profile, i, &key, NULL); i++) {
        if (!ptl_field_deciding(i)->is_of_plan)
            continue;
        ptl_buf_printf(&buf, "%s:", key);
        ptl_profile_decides(profile, i, &key, &buf);
        ptl_buf_add_char(&buf, '\n');
    }
    if (profile->shard.count > 0)
        ptl_buf_printf(&buf, "shard:%u/%u\n", profile->shard.index, profile->shard.count);
    return digest(&buf, hex, error);
}

static void add_rule(const struct ptl_expect *rule, struct ptl_buf *buf)
{
    const struct ptl_portset *const ports[] = {rule->open, rule->closed, rule->only};
    for (size_t i = 0; i < rule->hosts_text.count; i++) {
        const char *entry = rule->hosts_text.items[i];
        const char *slash = strncmp(entry, "file:", 5) == 0 ? strrchr(entry, '/') : NULL;
        ptl_buf_printf(buf, "%s%s\n", slash != NULL ? "file: " : "",
                       slash != NULL ? slash + 1 : entry);
    }
    for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
        ptl_buf_add(buf, ports[i] != NULL ? "ports:" : "none");
        if (ports[i] != NULL)
            ptl_portset_format(ports[i], buf);
        ptl_buf_add_char(buf, '\n');
    }
}

enum ptl_status ptl_profile_expect_sha256(const struct ptl_profile *profile,
                                          char hex[PTL_SHA256_SIZE], struct ptl_error *error)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_PROFILE_SHOWN_MAX);
    for (size_t i = 0; i < profile->expect_count; i++)
        add_rule(&profile->expects[i], &buf);
    return digest(&buf, hex, error);
}
