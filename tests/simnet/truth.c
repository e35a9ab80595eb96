#include "truth.h"

#include "random.h"

/* Different questions about one address must not share a draw. */
enum question { ABOUT_HOST = 1, ABOUT_PORT, ABOUT_RESET, ABOUT_SLOW };

void truth_init(struct truth *truth, const struct options *options)
{
    *truth = (struct truth){
        .seed = options->seed,
        .open_below = random_bound(options->open),
        .silent_below = random_bound(options->open + options->silent),
        .icmp_below = random_bound(options->open + options->silent + options->icmp),
        .reset_below = random_bound(options->reset),
        .slow_below = random_bound(options->slow),
        .dead_below = random_bound(options->dead),
        .hosts = options->hosts,
        .all_open = options->all_open,
    };
}

static uint64_t draw(const struct truth *truth, const struct address *address, uint16_t port,
                     enum question question)
{
    uint64_t hash = random_mix(truth->seed + UINT64_C(0x9e3779b97f4a7c15) * question);
    hash = random_mix(hash ^ address->high ^ (address->v6 ? 1 : 0));
    hash = random_mix(hash ^ address->low);
    return random_mix(hash + UINT64_C(0x9e3779b97f4a7c15) * port);
}

bool truth_alive(const struct truth *truth, const struct address *address)
{
    uint32_t host = address_host(address);
    if (truth->hosts != 0 && (host < 1 || host > truth->hosts))
        return false;
    return !random_below(draw(truth, address, 0, ABOUT_HOST), truth->dead_below);
}

enum truth_state truth_port(const struct truth *truth, const struct address *address, uint16_t port)
{
    if (truth->all_open > 0) {
        uint32_t host = address_host(address);
        if (host >= 1 && host <= truth->all_open)
            return TRUTH_OPEN;
    }
    uint64_t drawn = draw(truth, address, port, ABOUT_PORT);
    if (random_below(drawn, truth->open_below))
        return TRUTH_OPEN;
    if (random_below(drawn, truth->silent_below))
        return TRUTH_SILENT;
    return random_below(drawn, truth->icmp_below) ? TRUTH_ICMP : TRUTH_CLOSED;
}

bool truth_resets(const struct truth *truth, const struct address *address, uint16_t port)
{
    return truth->reset_below > 0 &&
           random_below(draw(truth, address, port, ABOUT_RESET), truth->reset_below);
}

bool truth_slow(const struct truth *truth, const struct address *address, uint16_t port)
{
    return truth->slow_below > 0 &&
           random_below(draw(truth, address, port, ABOUT_SLOW), truth->slow_below);
}

static void print_host(const struct truth *truth, const struct options *options,
                       const struct address *address, FILE *file)
{
    static const char *const words[] = {
        [TRUTH_OPEN] = "open", [TRUTH_SILENT] = "filtered", [TRUTH_ICMP] = "icmp"};
    bool alive = truth_alive(truth, address);
    if (!alive && !options->truth_all)
        return;
    char text[ADDRESS_TEXT_SIZE];
    address_text(address, text);
    for (uint32_t port = 1; port <= 65535; port++) {
        if (!ports_contain(&options->ports, (uint16_t)port))
            continue;
        enum truth_state state = alive ? truth_port(truth, address, (uint16_t)port) : TRUTH_SILENT;
        if (state == TRUTH_OPEN || (options->truth_all && state != TRUTH_CLOSED))
            fprintf(file, "%s %u %s\n", text, (unsigned)port, words[state]);
    }
}

bool truth_print(const struct truth *truth, const struct options *options, FILE *file)
{
    for (int v6 = 0; v6 < 2; v6++) {
        if (!(options->truth_family & (v6 ? FAMILY_V6 : FAMILY_V4)))
            continue;
        for (uint32_t host = 1; host <= truth->hosts && !ferror(file); host++) {
            struct address address = address_of_host(v6, host);
            print_host(truth, options, &address, file);
        }
    }
    return fflush(file) == 0 && !ferror(file);
}
