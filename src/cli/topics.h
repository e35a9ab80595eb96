/* What `portolan help` prints beside the help of the commands: made of the same tables. */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

#include "cli/options.h"

/* Both print on standard output; `commands` are those of main.c, up to a NULL. */

/* The manual page, portolan(1), as troff. */
void topic_man(const struct command *const *commands);
/* A completion for bash: commands, options, their values, keys of --set, saved profiles. */
void topic_completion(const struct command *const *commands);

#endif
