/* What `portolan help` prints beside the help of the commands: made of the same tables. */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

/* Both print on standard output. */

/* The manual page, portolan(1), as troff. */
void topic_man(void);
/* A completion for bash: commands, options, their values, keys of --set, saved profiles. */
void topic_completion(void);

#endif
