/* Network namespaces: this program works only in one that somebody made for it. */
#ifndef SIMNET_SPACE_H
#define SIMNET_SPACE_H

#include <stdbool.h>

/* Moves this process into a user and network namespace of its own, as its root. Where
 * users have none but this is root, a network namespace alone. False: standard error says why. */
bool space_enter(void);
/* Is this a namespace with nothing in it but lo? False: standard error says what speaks against
 * it. In the machine's own namespace the device would stand between it and the world. */
bool space_is_ours(void);
/* False: standard error says why. */
bool space_raise_lo(void);

#endif
