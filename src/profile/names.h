/* The words of the enums that only profiles spell out; the others are in portolan/profile.h. */
#ifndef PROFILE_NAMES_H
#define PROFILE_NAMES_H

extern const char *const ptl_family_names[3];
extern const char *const ptl_resolve_names[2];

#endif
