/*
 * The names of targets, and of services, in results that were read from a file: found by address
 * while they are read, by number afterwards. 12 bytes a target, and the text that its address does
 * not give. One thread while it is filled.
 */
#ifndef RESULTS_STORED_H
#define RESULTS_STORED_H

#include "results/results.h"
#include "target/address.h"

#define PTL_STORED_NONE UINT32_MAX

struct ptl_spill;
struct ptl_stored;

/* `spill`, borrowed: where targets and names lie once there are many; NULL: in memory. NULL: no
 * memory. */
struct ptl_stored *ptl_stored_new(struct ptl_spill *spill);
void ptl_stored_free(struct ptl_stored *stored);
uint32_t ptl_stored_count(const struct ptl_stored *stored);
/* The target of this address; PTL_STORED_NONE: none. */
uint32_t ptl_stored_find(const struct ptl_stored *stored, const struct ptl_address *address);
/* Adds one that find did not find; `input` NULL: not known (yet). PTL_STORED_NONE: no memory. */
uint32_t ptl_stored_add(struct ptl_stored *stored, const struct ptl_address *address,
                        const char *input, const char *host);
/* The same for whoever needs no ptl_stored_find: the index has no place for it. */
uint32_t ptl_stored_append(struct ptl_stored *stored, const struct ptl_address *address,
                           const char *input, const char *host);
/* For a target that was added without one. False: no memory. */
bool ptl_stored_set_input(struct ptl_stored *stored, uint32_t target, const char *input);
struct ptl_address ptl_stored_address(const struct ptl_stored *stored, uint32_t target);
/* Is this the host it was added with? */
bool ptl_stored_is_host(const struct ptl_stored *stored, uint32_t target, const char *host);
void ptl_stored_names(const struct ptl_stored *stored, uint32_t target,
                      struct ptl_target_names *names);
/* Two marks of each target, for whoever fills the table. */
enum ptl_stored_mark { PTL_STORED_LISTED, PTL_STORED_HAS_RESULTS };
bool ptl_stored_has_mark(const struct ptl_stored *stored, uint32_t target,
                         enum ptl_stored_mark mark);
void ptl_stored_set_mark(struct ptl_stored *stored, uint32_t target, enum ptl_stored_mark mark);
/* Target t gets the number numbers[t], a permutation. ptl_stored_find must not be used after it.
 * False: no memory. */
bool ptl_stored_renumber(struct ptl_stored *stored, const uint32_t *numbers);
/* Frees what only ptl_stored_find and ptl_stored_add need. */
void ptl_stored_forget_index(struct ptl_stored *stored);

/* The service of a port, name NULL: none. *same false: it has another one already. False: no
 * memory. */
bool ptl_stored_set_service(struct ptl_stored *stored, uint16_t port, const char *name, bool *same);
const char *ptl_stored_service(const struct ptl_stored *stored, uint16_t port);

#endif
