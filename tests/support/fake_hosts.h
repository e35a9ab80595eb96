/* Names without a name server: a hosts file of the test's own, and no other source of names. */
#ifndef TESTS_FAKE_HOSTS_H
#define TESTS_FAKE_HOSTS_H

#include "support/namespace.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* Made before any namespace is entered: in one, this user may own nothing. */
static inline bool write_temporary(const char *text, char temporary[64])
{
    strcpy(temporary, "/tmp/portolan-names-XXXXXX");
    int fd = mkstemp(temporary);
    bool good =
        fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, 0644) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/*
 * From here on this process resolves names through `hosts` alone, in a network namespace from which
 * nothing could be asked anyway. False, and why: this system does not allow it.
 */
static inline bool enter_fake_hosts(const char *hosts)
{
    static const char *const paths[] = {"/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf"};
    const char *texts[] = {hosts, "hosts: files\nservices: files\n", "multi on\n"};
    char temporary[3][64];
    bool good = true;
    for (int i = 0; i < 3; i++)
        good = write_temporary(texts[i], temporary[i]) && good;
    good = good && enter_namespace();
    if (good && (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))) {
        perror("no mount namespace can be made here");
        good = false;
    }
    for (int i = 0; i < 3; i++) {
        if (good && access(paths[i], F_OK) == 0 &&
            mount(temporary[i], paths[i], NULL, MS_BIND, NULL) != 0) {
            perror("no file can be laid over another here");
            good = false;
        }
        unlink(temporary[i]);
    }
    return good;
}

#endif
