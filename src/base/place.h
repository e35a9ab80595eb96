/*
 * Where a path leads: walked folder by folder, its links resolved one by one, to a folder that is
 * held open. What was found there is then done there, whoever renames what meanwhile.
 */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct ptl_file_place {
    int folder; /* O_PATH */
    char
        name[PATH_MAX]; /* in that folder; of PTL_MISSING_TOLD, with the folders that are missing */
    bool is_there;      /* then `info` is what is there */
    bool is_passage;    /* a link of /proc to an open file: it is opened through the link */
    struct stat info;
    const char *refusal; /* after a failure: why, where errno does not say it; else NULL */
    int made_in;         /* where folders were made; -1: none were */
    char made[PATH_MAX]; /* as seen from there */
};

enum ptl_missing {
    PTL_MISSING_TOLD,
    PTL_MISSING_MADE
}; /* what becomes of folders that are not there */

/*
 * Links are followed, also one that leads to no file yet; but not where a sticky folder that
 * everybody may write to (/tmp) holds a link that belongs neither to us nor to the folder's owner:
 * the kernel's protected_symlinks, here whether that is on or not, and on the whole way. False:
 * errno and `refusal` say why, and nothing is held.
 */
bool ptl_place_find(const char *path, enum ptl_missing missing, struct ptl_file_place *place);
/* Does what is there belong to a stranger, in such a folder? */
bool ptl_place_is_strangers(const struct ptl_file_place *place);
/* Closes the folder. */
void ptl_place_leave(struct ptl_file_place *place);
/* Folders that were made stay, or go if nothing is in them: one of the two, after each find. */
void ptl_place_keep(struct ptl_file_place *place);
void ptl_place_unmake(struct ptl_file_place *place);

#endif
