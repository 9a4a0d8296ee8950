/* Senders of transactions, alone and in blocks. */
#include "check.h"

void transactions(const phalanx_engine *engine)
{
    uint8_t raw[128], broken[129];
    size_t length = from_hex(RAW, raw);
    memcpy(broken, raw, length);
    broken[length] = 0;
    /* A whole one, one with a byte too many, one with a byte too few, nothing, a type that is not known. */
    static const uint8_t unknown[] = {0x7f, 0xc0};
    const phalanx_bytes in[] = {{raw, length}, {broken, length + 1}, {raw, length - 1}, {NULL, 0}, {unknown, 2}, {raw, length}};
    phalanx_address out[6];
    uint8_t items[6];
    for (uint8_t rule = PHALANX_S_RULE_LOW; rule <= PHALANX_S_RULE_ANY; rule++) {
        CHECK(phalanx_recover_transactions(engine, in, 6, rule, out, items) == PHALANX_STATUS_OK);
        for (size_t i = 0; i < 6; i++) {
            int good = i == 0 || i == 5;
            CHECK(items[i] == (good ? PHALANX_ITEM_OK : PHALANX_ITEM_MALFORMED));
            CHECK(good ? is_hex(out[i].bytes, 20, SENDER) : is_all(&out[i], 20, 0));
        }
    }
    memset(out, 0xee, sizeof out);
    CHECK(phalanx_recover_transactions(engine, in, 6, 2, out, items) == PHALANX_STATUS_INVALID_ARGUMENT);
    CHECK(phalanx_recover_transactions(engine, NULL, 6, 0, out, items) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_recover_transactions(engine, in, 6, 0, out, out[5].bytes) == PHALANX_STATUS_OVERLAP);
    CHECK(phalanx_recover_transactions(engine, in, SIZE_MAX, 0, out, items) == PHALANX_STATUS_TOO_LONG);
    CHECK(phalanx_recover_transactions(engine, NULL, 0, 0, NULL, NULL) == PHALANX_STATUS_OK);
    CHECK(is_all(out, sizeof out, 0xee));
}

/* Appends bytes. */
static void put(uint8_t **at, const void *bytes, size_t length)
{
    memcpy(*at, bytes, length);
    *at += length;
}

/* Appends a header of RLP for a payload of 256 bytes or more. */
static void put_head(uint8_t **at, uint8_t kind, size_t payload)
{
    const uint8_t head[] = {(uint8_t)(kind + 2), (uint8_t)(payload >> 8), (uint8_t)payload};
    put(at, head, sizeof head);
}

/* Makes the RLP of a block of so many transactions, all the same, with a header of zeros; returns its length. */
static size_t make_block(uint8_t *block, size_t count)
{
    static const uint8_t zeros[256];
    /* parent, ommers, beneficiary, state, transactions, receipts; then after the bloom five numbers and extra data. */
    static const uint8_t before_bloom[] = {32, 32, 20, 32, 32, 32}, after_bloom[] = {0, 0, 0, 0, 0, 0, 32, 8};
    uint8_t raw[128], *at = block;
    size_t length = from_hex(RAW, raw), list = count * length;
    put_head(&at, 0xf7, 496 + 3 + list + 1);
    put_head(&at, 0xf7, 493);
    for (size_t i = 0; i < sizeof before_bloom; i++) {
        *at++ = (uint8_t)(0x80 + before_bloom[i]);
        put(&at, zeros, before_bloom[i]);
    }
    put_head(&at, 0xb7, 256);
    put(&at, zeros, 256);
    for (size_t i = 0; i < sizeof after_bloom; i++) {
        *at++ = (uint8_t)(0x80 + after_bloom[i]);
        put(&at, zeros, after_bloom[i]);
    }
    put_head(&at, 0xf7, list);
    for (size_t i = 0; i < count; i++)
        put(&at, raw, length);
    *at++ = 0xc0;
    return (size_t)(at - block);
}

void blocks(const phalanx_engine *engine)
{
    uint8_t block[2048];
    size_t length = make_block(block, 5), count = 77;
    phalanx_address out[6];
    uint8_t items[6];
    memset(out, 0xee, sizeof out);
    memset(items, 0xee, sizeof items);
    CHECK(phalanx_block_senders(engine, block, length - 1, 0, out, items, 6, &count) == PHALANX_STATUS_MALFORMED);
    CHECK(phalanx_block_senders(engine, block, length + 1, 0, out, items, 6, &count) == PHALANX_STATUS_MALFORMED);
    CHECK(phalanx_block_senders(engine, NULL, 0, 0, out, items, 6, &count) == PHALANX_STATUS_MALFORMED);
    CHECK(phalanx_block_senders(engine, NULL, 1, 0, out, items, 6, &count) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_block_senders(engine, block, length, 0, out, items, 6, NULL) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_block_senders(engine, block, length, 9, out, items, 6, &count) == PHALANX_STATUS_INVALID_ARGUMENT);
    CHECK(phalanx_block_senders(engine, block, length, 0, out, block, 6, &count) == PHALANX_STATUS_OVERLAP);
    CHECK(count == 77);
    CHECK(phalanx_block_senders(engine, block, length, 0, NULL, NULL, 0, &count) == PHALANX_STATUS_CAPACITY);
    CHECK(count == 5);
    CHECK(phalanx_block_senders(engine, block, length, 0, out, items, 4, &count) == PHALANX_STATUS_CAPACITY);
    CHECK(is_all(out, sizeof out, 0xee) && is_all(items, sizeof items, 0xee));
    CHECK(phalanx_block_senders(engine, block, length, 0, out, items, 6, &count) == PHALANX_STATUS_OK);
    CHECK(count == 5);
    for (size_t i = 0; i < 5; i++)
        CHECK(items[i] == PHALANX_ITEM_OK && is_hex(out[i].bytes, 20, SENDER));
    CHECK(is_all(&out[5], 20, 0xee) && items[5] == 0xee);
}
