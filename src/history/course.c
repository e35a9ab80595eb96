#include "history/weigh.h"

#define WINDOW 10  /* complete runs in which three changes are flapping */
#define IN_DOUBT 2 /* runs that prove a silence */

static void note_flip(struct ptl_row_course *course, size_t place)
{
    course->flips[0] = course->flips[1];
    course->flips[1] = course->flips[2];
    course->flips[2] = place;
    course->flip_count++;
}

static void begin(struct ptl_row_course *course, enum ptl_sight seen)
{
    course->is_known = true;
    course->is_open = course->was_open = ptl_sight_is_open(seen);
    course->last = seen;
    if (course->is_open)
        course->last_open = seen;
}

bool ptl_row_course_step(struct ptl_row_course *course, enum ptl_sight seen, uint32_t after,
                         size_t place)
{
    bool is_open = ptl_sight_is_open(seen);
    if (seen == PTL_SIGHT_UNKNOWN)
        return false;
    if (!course->is_known) {
        begin(course, seen);
        return false;
    }
    if (seen != PTL_SIGHT_PERHAPS && is_open != course->was_open) {
        note_flip(course, place);
        course->was_open = is_open;
    }
    course->last = seen;
    if (is_open)
        course->last_open = seen;
    course->streak = is_open != course->is_open ? course->streak + 1 : 0;
    uint32_t needed = seen == PTL_SIGHT_CONFIRMED                     ? 1
                      : seen == PTL_SIGHT_PERHAPS && after < IN_DOUBT ? IN_DOUBT
                                                                      : after;
    if (course->streak == 0 || course->streak < needed)
        return false;
    course->is_open = is_open;
    course->streak = 0;
    return true;
}

bool ptl_row_course_is_flapping(const struct ptl_row_course *course, size_t place)
{
    return course->flip_count >= 3 && course->flips[0] + WINDOW > place;
}
