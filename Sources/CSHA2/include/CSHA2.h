#ifndef CSHA2_H
#define CSHA2_H

#include <stddef.h>
#include <stdint.h>

// SHA-256 of two messages at once, by the processor's own instructions. One message leaves these
// instructions waiting for each other most of the time; two of them take turns.
// Source: FIPS 180-4; Intel, *SHA Extensions*.

/// Whether this machine has the instructions; without them the calls below must not be made.
int rekam_sha256_is_there(void);

/// The hash of one message: 32 bytes at `hash`.
void rekam_sha256(const uint8_t *message, size_t length, uint8_t *hash);

/// The hashes of two messages.
void rekam_sha256_two(
    const uint8_t *first, size_t first_length, uint8_t *first_hash, const uint8_t *second,
    size_t second_length, uint8_t *second_hash);

#endif
