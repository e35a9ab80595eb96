/* An output, for the two files that open and write it. */
#ifndef REPORT_OUTPUT_STATE_H
#define REPORT_OUTPUT_STATE_H

#include "base/gzip.h"
#include "base/temporary.h"
#include "report/output.h"
#include "report/sink.h"

#include <sys/stat.h>

#define PTL_OUTPUT_BUFFER (64U * 1024)

struct ptl_output {
    char *path; /* as the user named it, for messages */
    struct ptl_file_place
        place; /* the folder is held while the file in it is new, and nothing else */
    struct ptl_temporary temporary; /* what replaces the file; without one it is written in place */
    int fd;                         /* what is written to: the temporary's, or one of its own */
    mode_t mode;
    bool is_standard; /* fd is a stream of the process's, and stays open */
    bool is_file;     /* a regular file, written in place */
    bool is_new;      /* it is there only because it was opened, and holds nothing */
    bool is_begun;
    bool is_limited; /* a reader is waited for as long as `limit` says; else for ever */
    struct ptl_sink_limit limit;
    struct ptl_gzip *gzip; /* NULL: what is written stays as it is */
    int failure;           /* the first errno */
    size_t used;
    char buffer[PTL_OUTPUT_BUFFER];
};

static inline bool ptl_output_is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is the file that was opened still the one of that name? */
bool ptl_output_is_in_place(const struct ptl_output *output);
/* PTL_E_OUTPUT, with what the place refuses or the errno. */
enum ptl_status ptl_output_refuse(const struct ptl_output *output, int sys_errno,
                                  struct ptl_error *error);
/* Buffers what is compressed, or need not be. Its context is the output. */
ptl_gzip_take ptl_output_take;

#endif
