#include "profile/profile.h"

#include <sha256.h>

#define SHOWN_MAX ((size_t)256 * 1024 * 1024)

enum ptl_status ptl_profile_sha256(const struct ptl_profile *profile, char hex[65],
                                   struct ptl_error *error)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, SHOWN_MAX);
    struct ptl_profile whole = *profile;
    whole.shard = (struct ptl_shard){.count = 0};
    ptl_profile_show(&whole, &buf);
    if (buf.failed) {
        ptl_buf_free(&buf);
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    }
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, (const unsigned char *)ptl_buf_text(&buf), buf.length);
    SHA256_Final(digest, &context);
    ptl_buf_free(&buf);
    for (size_t i = 0; i < sizeof(digest); i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[64] = '\0';
    return PTL_OK;
}
