// simdjson's DOM parser for one line at a time, behind plain C: no exceptions cross this border,
// nothing is allocated per line, and the kernel is chosen when the program runs.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser and its memory; used by one thread at a time.
typedef struct rekam_json_parser rekam_json_parser;

/// One line taken apart. `tokens` and `text` point into the parser and are overwritten by the next
/// line. A token is two words: kind << 56 | length, then an offset into `text` or the value; see
/// `EventToken` in Swift for the kinds and their order.
typedef struct rekam_json_line {
    const uint64_t *tokens;
    size_t token_words;
    const uint8_t *text;
    /// Bytes of `text` that may be in use; at least 16 more are readable.
    size_t text_bytes;
    /// Whether no string of the line has an escape.
    int is_plain;
    /// Whether all its strings are ASCII; where one has an escape, nobody looked.
    int is_ascii;
} rekam_json_line;

enum {
    /// Bytes that must be readable behind a line; what is in them does not matter.
    rekam_json_padding = 64,
    /// Keys of the object and of its "data", together at most.
    rekam_json_most_members = 512,
};

/// A parser for lines up to this length; NULL when there is no memory.
rekam_json_parser *rekam_json_parser_create(size_t longest_line);

/// Gives the memory back.
void rekam_json_parser_destroy(rekam_json_parser *parser);

/// Takes a line apart. Returns 0; or simdjson's error code; or -1 where the line is no object, -2
/// where it has too many members.
int rekam_json_parse(
    rekam_json_parser *parser, const uint8_t *line, size_t length, rekam_json_line *result);

/// Name of the kernel that this machine runs ("haswell", "fallback" …).
const char *rekam_json_kernel(void);

/// The version of simdjson.
const char *rekam_json_version(void);

#ifdef __cplusplus
}
#endif
