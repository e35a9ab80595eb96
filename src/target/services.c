#include "target/services.h"

#include "base/array.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

/* Names and aliases, in the order of the system's list. */
struct entry {
    char *name;
    uint16_t port;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct entry *entries;
static size_t entry_count;
static const char *names[UINT16_MAX + 1]; /* the first name of each port */

static void add(const char *name, uint16_t port, bool is_first)
{
    if (!PTL_ROOM_FOR_FEW(entries, entry_count))
        return;
    char *copy = strdup(name);
    if (copy == NULL)
        return;
    entries[entry_count++] = (struct entry){.name = copy, .port = port};
    if (is_first && names[port] == NULL)
        names[port] = copy;
}

/* getservent keeps static state: read once, under pthread_once, it is safe. */
static void load(void)
{
    setservent(1);
    for (const struct servent *s = getservent(); s != NULL; s = getservent()) {
        if (strcmp(s->s_proto, "tcp") != 0)
            continue;
        uint16_t port = ntohs((uint16_t)s->s_port);
        add(s->s_name, port, true);
        for (char **alias = s->s_aliases; *alias != NULL; alias++)
            add(*alias, port, false);
    }
    endservent();
}

const char *ptl_service_name(uint16_t port)
{
    pthread_once(&once, load);
    return names[port];
}

bool ptl_service_port(const char *name, uint16_t *port)
{
    pthread_once(&once, load);
    for (size_t i = 0; i < entry_count; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            *port = entries[i].port;
            return true;
        }
    }
    return false;
}

bool ptl_services_available(void)
{
    pthread_once(&once, load);
    return entry_count > 0;
}
