/* CRC-32C (Castagnoli), as iSCSI has it (RFC 3720, B.4). Pure; any thread. */
#ifndef JOURNAL_CRC32C_H
#define JOURNAL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of `count` bytes that follow those of which `crc` is; 0 at first. */
uint32_t ptl_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
