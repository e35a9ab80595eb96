#include "profile/profile.h"

const char *const ptl_state_names[PTL_STATE_COUNT] = {"open", "closed", "filtered", "error",
                                                      "unprobed"};
const char *const ptl_engine_names[PTL_ENGINE_COUNT] = {"sequential", "threads", "events", "pool"};
const char *const ptl_order_names[3] = {"interleaved", "sequential", "random"};
#define FORMAT_NAME(word, name, what) #name,
const char *const ptl_format_names[PTL_FORMAT_COUNT] = {PTL_FORMATS(FORMAT_NAME)};
const char *const ptl_family_names[3] = {"any", "ipv4", "ipv6"};
const char *const ptl_resolve_names[2] = {"first", "all"};

const char *ptl_concurrency_word(uint32_t concurrency)
{
    if (concurrency == PTL_CONCURRENCY_UNLIMITED)
        return "unlimited";
    return concurrency == PTL_CONCURRENCY_AUTO ? "auto" : NULL;
}
