/* What the parts of the test share. */
#ifndef CHECK_H
#define CHECK_H

#include <phalanx.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program with the place and the last error. */
#define CHECK(condition)                                                                                              \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, phalanx_last_error_message());        \
            exit(1);                                                                                                  \
        }                                                                                                             \
    } while (0)

/* The transaction that EIP-155 signs as its example, and its sender. */
#define RAW \
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000802" \
    "5a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276" \
    "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
#define SENDER "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"

/* Right answers, bad items, bad pointers and lengths: of signatures, of messages, of lists, of transactions and of blocks. */
void recovery(const phalanx_engine *engine);
void hashes(const phalanx_engine *engine);
void roots(const phalanx_engine *engine);
void transactions(const phalanx_engine *engine);
void blocks(const phalanx_engine *engine);

static inline size_t from_hex(const char *hex, uint8_t *out)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        out[i] = (uint8_t)byte;
    }
    return length;
}

static inline int is_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    uint8_t expected[256];
    return from_hex(hex, expected) == length && memcmp(bytes, expected, length) == 0;
}

static inline int is_all(const void *bytes, size_t length, uint8_t value)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < length; i++)
        if (byte[i] != value)
            return 0;
    return 1;
}

#endif
