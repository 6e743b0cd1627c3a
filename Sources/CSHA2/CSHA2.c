#include "CSHA2.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define SHA __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE SHA static inline __attribute__((always_inline))

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

int rekam_sha256_is_there(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    // SSSE3 and SSE4.1.
    if (!(c >> 9 & 1) || !(c >> 19 & 1)) return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    return (int)(b >> 29 & 1);
}

// The eight words of a state as the instructions want them: a, b, e, f and c, d, g, h.
typedef struct {
    __m128i abef, cdgh;
} state;

// A message: its whole blocks, then one or two that end it.
typedef struct {
    const uint8_t *start;
    size_t whole, blocks;
    uint8_t end[128];
} message;

static void begin(message *message, const uint8_t *start, size_t length) {
    const size_t whole = length / 64, rest = length % 64;
    message->start = start;
    message->whole = whole;
    message->blocks = (length + 8) / 64 + 1;
    memset(message->end, 0, sizeof(message->end));
    memcpy(message->end, start + 64 * whole, rest);
    message->end[rest] = 0x80;
    const uint64_t bits = __builtin_bswap64((uint64_t)length * 8);
    memcpy(message->end + 64 * (message->blocks - whole) - 8, &bits, 8);
}

static const uint8_t *block(const message *message, size_t place) {
    return place < message->whole ? message->start + 64 * place
                                  : message->end + 64 * (place - message->whole);
}

INLINE state first_state(void) {
    state state;
    state.abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
    state.cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
    return state;
}

INLINE void load(__m128i *words, const uint8_t *block) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (int i = 0; i < 4; i++) {
        words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), swap);
    }
}

// Four rounds, and from the fifth group on the four words of the message that they take.
INLINE void rounds(state *state, __m128i *words, int group) {
    const int now = group & 3;
    if (group >= 4) {
        const __m128i last = words[(group + 3) & 3], before = words[(group + 2) & 3];
        const __m128i sum = _mm_add_epi32(
            _mm_sha256msg1_epu32(words[now], words[(group + 1) & 3]),
            _mm_alignr_epi8(last, before, 4));
        words[now] = _mm_sha256msg2_epu32(sum, last);
    }
    __m128i keyed = _mm_add_epi32(
        words[now], _mm_load_si128((const __m128i *)(constants + 4 * group)));
    state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, keyed);
    keyed = _mm_shuffle_epi32(keyed, 0x0e);
    state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, keyed);
}

INLINE void take_one(state *state, const uint8_t *block) {
    const __m128i abef = state->abef, cdgh = state->cdgh;
    __m128i words[4];
    load(words, block);
#pragma unroll
    for (int group = 0; group < 16; group++) rounds(state, words, group);
    state->abef = _mm_add_epi32(state->abef, abef);
    state->cdgh = _mm_add_epi32(state->cdgh, cdgh);
}

INLINE void take_two(
    state *first, const uint8_t *first_block, state *second, const uint8_t *second_block) {
    const __m128i first_abef = first->abef, first_cdgh = first->cdgh;
    const __m128i second_abef = second->abef, second_cdgh = second->cdgh;
    __m128i first_words[4], second_words[4];
    load(first_words, first_block);
    load(second_words, second_block);
#pragma unroll
    for (int group = 0; group < 16; group++) {
        rounds(first, first_words, group);
        rounds(second, second_words, group);
    }
    first->abef = _mm_add_epi32(first->abef, first_abef);
    first->cdgh = _mm_add_epi32(first->cdgh, first_cdgh);
    second->abef = _mm_add_epi32(second->abef, second_abef);
    second->cdgh = _mm_add_epi32(second->cdgh, second_cdgh);
}

INLINE void store(const state *state, uint8_t *hash) {
    const uint32_t words[8] = {
        (uint32_t)_mm_extract_epi32(state->abef, 3), (uint32_t)_mm_extract_epi32(state->abef, 2),
        (uint32_t)_mm_extract_epi32(state->cdgh, 3), (uint32_t)_mm_extract_epi32(state->cdgh, 2),
        (uint32_t)_mm_extract_epi32(state->abef, 1), (uint32_t)_mm_extract_epi32(state->abef, 0),
        (uint32_t)_mm_extract_epi32(state->cdgh, 1), (uint32_t)_mm_extract_epi32(state->cdgh, 0),
    };
    for (int i = 0; i < 8; i++) {
        const uint32_t word = __builtin_bswap32(words[i]);
        memcpy(hash + 4 * i, &word, 4);
    }
}

SHA void rekam_sha256(const uint8_t *start, size_t length, uint8_t *hash) {
    message message;
    begin(&message, start, length);
    state state = first_state();
    for (size_t place = 0; place < message.blocks; place++) take_one(&state, block(&message, place));
    store(&state, hash);
}

SHA void rekam_sha256_two(
    const uint8_t *first_start, size_t first_length, uint8_t *first_hash,
    const uint8_t *second_start, size_t second_length, uint8_t *second_hash) {
    message one, two;
    begin(&one, first_start, first_length);
    begin(&two, second_start, second_length);
    state first = first_state(), second = first_state();
    size_t place = 0;
    for (; place < one.blocks && place < two.blocks; place++) {
        take_two(&first, block(&one, place), &second, block(&two, place));
    }
    for (size_t rest = place; rest < one.blocks; rest++) take_one(&first, block(&one, rest));
    for (size_t rest = place; rest < two.blocks; rest++) take_one(&second, block(&two, rest));
    store(&first, first_hash);
    store(&second, second_hash);
}

#else

int rekam_sha256_is_there(void) { return 0; }

void rekam_sha256(const uint8_t *message, size_t length, uint8_t *hash) { __builtin_trap(); }

void rekam_sha256_two(
    const uint8_t *first, size_t first_length, uint8_t *first_hash, const uint8_t *second,
    size_t second_length, uint8_t *second_hash) {
    __builtin_trap();
}

#endif
