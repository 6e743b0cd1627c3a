#define SIMDJSON_EXCEPTIONS 0
#include "CSimdjson.h"

#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <new>
#include <string>

using namespace simdjson;

namespace {

// The kinds of `EventToken` in Swift.
enum kind : uint64_t {
    kind_string = 1,
    kind_integer = 2,
    kind_true = 3,
    kind_false = 4,
    kind_null = 5,
    kind_object = 6,
    kind_nested = 7,
    kind_real = 8,
    kind_wide = 9,
    kind_wide_unsigned = 10,
};

constexpr int64_t largest = 9007199254740991;
constexpr uint64_t payload = 0x00FFFFFFFFFFFFFF;

// Whether a line has a backslash, and whether it has a byte above 0x7F: written so that the compiler
// takes many bytes at a time.
void look(const uint8_t *bytes, size_t length, bool &has_escape, bool &has_high) {
    uint8_t escape = 0, high = 0;
    for (size_t place = 0; place < length; place++) {
        escape |= uint8_t(bytes[place] == '\\');
        high |= bytes[place];
    }
    has_escape = escape != 0;
    has_high = high >= 0x80;
}

uint64_t head(kind what, uint64_t length = 0) { return uint64_t(what) << 56 | length; }

}  // namespace

struct rekam_json_parser {
    dom::parser parser;
    uint64_t tokens[rekam_json_most_members * 4 + 16];

    rekam_json_parser(size_t longest) : parser(longest) {}

    // Writes the token of the tape's value at `place` and returns the place behind it. The tape's
    // format is simdjson's doc/tape.md.
    size_t value(const uint64_t *tape, size_t place, const uint8_t *strings, uint64_t *token) {
        const uint64_t word = tape[place];
        switch (char(word >> 56)) {
            case '"': {
                const size_t offset = size_t(word & payload);
                uint32_t length;
                std::memcpy(&length, strings + offset, sizeof(length));
                token[0] = head(kind_string, length);
                token[1] = offset + sizeof(length);
                return place + 1;
            }
            case 'l': {
                const int64_t value = int64_t(tape[place + 1]);
                const bool is_wide = value < -largest || value > largest;
                token[0] = head(is_wide ? kind_wide : kind_integer);
                token[1] = uint64_t(value);
                return place + 2;
            }
            case 'u':
                token[0] = head(kind_wide_unsigned);
                token[1] = tape[place + 1];
                return place + 2;
            case 'd': {
                double value;
                std::memcpy(&value, &tape[place + 1], sizeof(value));
                if (std::fabs(value) <= double(largest) && std::trunc(value) == value) {
                    token[0] = head(kind_integer);
                    token[1] = uint64_t(int64_t(value));
                } else {
                    token[0] = head(kind_real);
                    token[1] = tape[place + 1];
                }
                return place + 2;
            }
            case 't': token[0] = head(kind_true); break;
            case 'f': token[0] = head(kind_false); break;
            case 'n': token[0] = head(kind_null); break;
            default:
                // An object or array: the tape says where it ends.
                token[0] = head(kind_nested);
                token[1] = 0;
                return size_t(word & 0xFFFFFFFF);
        }
        token[1] = 0;
        return place + 1;
    }

    int flatten(rekam_json_line *result) {
        const uint64_t *tape = parser.doc.tape.get();
        const uint8_t *strings = parser.doc.string_buf.get();
        // The root word says where the tape ends, the word behind it opens the value.
        if (char(tape[1] >> 56) != '{') return -1;
        const size_t end = size_t(tape[1] & 0xFFFFFFFF) - 1;
        const size_t most = rekam_json_most_members * 4;
        size_t place = 2, count = 0;
        while (place < end) {
            if (count + 4 > most) return -2;
            place = value(tape, place, strings, tokens + count);
            const bool is_data = (tokens[count] & payload) == 4 &&
                std::memcmp(strings + tokens[count + 1], "data", 4) == 0;
            if (!is_data || char(tape[place] >> 56) != '{') {
                place = value(tape, place, strings, tokens + count + 2);
                count += 4;
                continue;
            }
            const size_t after = size_t(tape[place] & 0xFFFFFFFF);
            const size_t object = count + 2;
            size_t members = 0;
            place += 1;
            count += 4;
            while (place < after - 1) {
                if (count + 4 > most) return -2;
                place = value(tape, place, strings, tokens + count);
                place = value(tape, place, strings, tokens + count + 2);
                count += 4;
                members += 1;
            }
            tokens[object] = head(kind_object, members);
            tokens[object + 1] = 0;
            place = after;
        }
        result->tokens = tokens;
        result->token_words = count;
        result->text = strings;
        return 0;
    }
};

rekam_json_parser *rekam_json_parser_create(size_t longest_line) {
    auto *created = new (std::nothrow) rekam_json_parser(longest_line);
    if (!created) return nullptr;
    // The document is allocated with the parser, so that no line allocates. The text's slack is
    // simdjson's own: it asks for 5/3 of the capacity and 64 bytes more.
    if (created->parser.allocate(longest_line, 64) || created->parser.doc.allocate(longest_line)) {
        delete created;
        return nullptr;
    }
    return created;
}

void rekam_json_parser_destroy(rekam_json_parser *parser) { delete parser; }

int rekam_json_parse(
    rekam_json_parser *parser, const uint8_t *line, size_t length, rekam_json_line *result) {
    static_assert(SIMDJSON_PADDING <= rekam_json_padding, "lines need more padding");
    dom::element root;
    const auto error = parser->parser.parse(line, length, false).get(root);
    if (error) return int(error);
    const int status = parser->flatten(result);
    if (status) return status;
    // Each string takes its bytes, four for its length and one for its end; a line of n bytes never
    // makes more than 5n/3 of them, the rest of the buffer is slack.
    result->text_bytes = 5 * length / 3;
    bool has_escape, has_high;
    look(line, length, has_escape, has_high);
    result->is_plain = !has_escape;
    result->is_ascii = !has_escape && !has_high;
    return 0;
}

const char *rekam_json_kernel(void) {
    static const std::string name = get_active_implementation()->name();
    return name.c_str();
}

#define REKAM_TEXT(words) #words
#define REKAM_TEXT_OF(macro) REKAM_TEXT(macro)
const char *rekam_json_version(void) { return REKAM_TEXT_OF(SIMDJSON_VERSION); }
