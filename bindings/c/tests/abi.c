/*
 * Every function of phalanx.h as a C program sees it: right answers, bad items, bad pointers and lengths, two threads
 * on one engine. Needs no file; the environment decides on the backend. Run under AddressSanitizer and valgrind.
 */
#include <phalanx.h>

#include <pthread.h>
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

#define MANY 300

/* The transaction that EIP-155 signs as its example, its signing hash and its sender. */
static const char RAW[] =
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000802"
    "5a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
    "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
static const char PREHASH[] = "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53";
static const char R[] = "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276";
static const char S[] = "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
/* n less S: the other value of s that signs the same. */
static const char HIGH_S[] = "98341627668089e51348fccfb4c7ff31c55912f2d2e47ef09652acf665fad3be";
static const char N[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
static const char SENDER[] = "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f";
static const char EMPTY_HASH[] = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
static const char EMPTY_ROOT[] = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        out[i] = (uint8_t)byte;
    }
    return length;
}

static int is_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    uint8_t expected[256];
    return from_hex(hex, expected) == length && memcmp(bytes, expected, length) == 0;
}

static int is_all(const void *bytes, size_t length, uint8_t value)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < length; i++)
        if (byte[i] != value)
            return 0;
    return 1;
}

static phalanx_signature signature(const char *r, const char *s, uint8_t y_parity, uint8_t s_rule)
{
    phalanx_signature made;
    from_hex(PREHASH, made.prehash);
    from_hex(r, made.r);
    from_hex(s, made.s);
    made.y_parity = y_parity;
    made.s_rule = s_rule;
    return made;
}

static void versions(void)
{
    CHECK(phalanx_abi_version() == PHALANX_ABI_VERSION);
    CHECK(strchr(phalanx_version(), '.') != NULL);
    CHECK(strcmp(phalanx_last_error_message(), "") == 0);
    CHECK(strcmp(phalanx_strerror(PHALANX_STATUS_OK), "done") == 0);
    CHECK(strcmp(phalanx_item_strerror(PHALANX_ITEM_OK), "recovered") == 0);
    CHECK(phalanx_strerror(-7) != NULL && phalanx_item_strerror(255) != NULL);
    CHECK(sizeof(phalanx_signature) == 98 && sizeof(phalanx_address) == 20 && sizeof(phalanx_hash) == 32);
}

static void engines(void)
{
    phalanx_engine *engine = (phalanx_engine *)&engine;
    phalanx_config config;
    memset(&config, 0, sizeof config);
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.struct_size = sizeof config;
    config.backend = 99;
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.backend = PHALANX_BACKEND_PORTABLE;
    config.threads = 1025;
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(phalanx_last_error_message(), "1025") != NULL);
    config.threads = 1;
    config.gpu = "\xff";
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.gpu = NULL;
    CHECK(phalanx_engine_new(&config, NULL) == PHALANX_STATUS_NULL_POINTER);
    const phalanx_config *astray = (const phalanx_config *)(const void *)((const char *)&config + 1);
    CHECK(phalanx_engine_new(astray, &engine) == PHALANX_STATUS_MISALIGNED);
    CHECK(engine == (phalanx_engine *)&engine);

    config.cache = "/nowhere/and/not/needed";
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_OK);
    char text[64];
    size_t length = 0;
    CHECK(phalanx_engine_describe(engine, NULL, 0, &length) == PHALANX_STATUS_CAPACITY);
    CHECK(length == strlen("portable, 1 thread"));
    CHECK(phalanx_engine_describe(engine, text, length, &length) == PHALANX_STATUS_CAPACITY);
    CHECK(phalanx_engine_describe(engine, text, length + 1, &length) == PHALANX_STATUS_OK);
    CHECK(strcmp(text, "portable, 1 thread") == 0);
    CHECK(phalanx_engine_describe(engine, text, sizeof text, NULL) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_engine_describe(NULL, text, sizeof text, &length) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_engine_free(engine) == PHALANX_STATUS_OK);
    CHECK(phalanx_engine_free(NULL) == PHALANX_STATUS_OK);
}

static void recovery(const phalanx_engine *engine)
{
    char zero[65];
    memset(zero, '0', 64);
    zero[64] = 0;
    char five[65];
    memcpy(five, zero, 65);
    five[63] = '5'; /* no point has x = 5 */
    const struct {
        phalanx_signature signature;
        uint8_t item;
    } cases[] = {
        {signature(R, S, 0, PHALANX_S_RULE_LOW), PHALANX_ITEM_OK},
        {signature(R, S, 2, PHALANX_S_RULE_LOW), PHALANX_ITEM_RECOVERY_ID},
        {signature(zero, S, 0, PHALANX_S_RULE_LOW), PHALANX_ITEM_R_RANGE},
        {signature(N, S, 0, PHALANX_S_RULE_LOW), PHALANX_ITEM_R_RANGE},
        {signature(R, zero, 0, PHALANX_S_RULE_LOW), PHALANX_ITEM_S_RANGE},
        {signature(R, HIGH_S, 1, PHALANX_S_RULE_LOW), PHALANX_ITEM_HIGH_S},
        {signature(R, HIGH_S, 1, PHALANX_S_RULE_ANY), PHALANX_ITEM_OK},
        {signature(five, S, 0, PHALANX_S_RULE_LOW), PHALANX_ITEM_NOT_ON_CURVE},
        {signature(R, S, 0, 2), PHALANX_ITEM_S_RULE},
    };
    const size_t kinds = sizeof cases / sizeof cases[0];
    phalanx_signature *in = malloc(MANY * sizeof *in);
    phalanx_address *out = malloc(MANY * sizeof *out);
    uint8_t *items = malloc(MANY);
    CHECK(in != NULL && out != NULL && items != NULL);
    for (size_t i = 0; i < MANY; i++)
        in[i] = cases[i % kinds].signature;
    CHECK(phalanx_recover(engine, in, MANY, out, items) == PHALANX_STATUS_OK);
    for (size_t i = 0; i < MANY; i++) {
        CHECK(items[i] == cases[i % kinds].item);
        CHECK(items[i] == PHALANX_ITEM_OK ? is_hex(out[i].bytes, 20, SENDER) : is_all(&out[i], 20, 0));
    }

    memset(out, 0xee, MANY * sizeof *out);
    memset(items, 0xee, MANY);
    CHECK(phalanx_recover(engine, NULL, 0, NULL, NULL) == PHALANX_STATUS_OK);
    CHECK(phalanx_recover(NULL, in, 1, out, items) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_recover(engine, NULL, 1, out, items) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_recover(engine, in, 1, NULL, items) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_recover(engine, in, 1, out, NULL) == PHALANX_STATUS_NULL_POINTER);
    CHECK(strcmp(phalanx_last_error_message(), "items is NULL") == 0);
    CHECK(phalanx_recover(engine, in, SIZE_MAX / 2, out, items) == PHALANX_STATUS_TOO_LONG);
    CHECK(phalanx_recover(engine, in, SIZE_MAX / 98 + 2, out, items) == PHALANX_STATUS_TOO_LONG);
    CHECK(phalanx_recover(engine, in, 1, (phalanx_address *)(void *)in, items) == PHALANX_STATUS_OVERLAP);
    CHECK(phalanx_recover(engine, in, 2, out, out[1].bytes) == PHALANX_STATUS_OVERLAP);
    const phalanx_engine *astray = (const phalanx_engine *)(const void *)((const char *)engine + 1);
    CHECK(phalanx_recover(astray, in, 1, out, items) == PHALANX_STATUS_MISALIGNED);
    CHECK(is_all(out, MANY * sizeof *out, 0xee) && is_all(items, MANY, 0xee));
    free(in);
    free(out);
    free(items);
}

static void hashes(const phalanx_engine *engine)
{
    static uint8_t data[MANY];
    phalanx_bytes messages[MANY];
    phalanx_hash out[MANY], again;
    for (size_t i = 0; i < MANY; i++) {
        data[i] = (uint8_t)i;
        messages[i].data = i == 0 ? NULL : data;
        messages[i].length = i;
    }
    CHECK(phalanx_keccak256(engine, messages, MANY, out) == PHALANX_STATUS_OK);
    CHECK(is_hex(out[0].bytes, 32, EMPTY_HASH));
    for (size_t i = 0; i < MANY; i += 7) {
        CHECK(phalanx_keccak256(engine, &messages[i], 1, &again) == PHALANX_STATUS_OK);
        CHECK(memcmp(&again, &out[i], sizeof again) == 0);
    }
    CHECK(phalanx_keccak256(engine, NULL, 0, NULL) == PHALANX_STATUS_OK);
    CHECK(phalanx_keccak256(engine, NULL, 1, out) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_keccak256(engine, messages, 1, NULL) == PHALANX_STATUS_NULL_POINTER);
    memset(out, 0xee, sizeof out);
    messages[2].data = NULL;
    CHECK(phalanx_keccak256(engine, messages, MANY, out) == PHALANX_STATUS_NULL_POINTER);
    CHECK(strcmp(phalanx_last_error_message(), "messages[2]: data is NULL") == 0);
    messages[2].data = data;
    messages[2].length = SIZE_MAX;
    CHECK(phalanx_keccak256(engine, messages, MANY, out) == PHALANX_STATUS_TOO_LONG);
    messages[2].data = out[5].bytes;
    messages[2].length = 2;
    CHECK(phalanx_keccak256(engine, messages, MANY, out) == PHALANX_STATUS_OVERLAP);
    const phalanx_bytes *astray = (const phalanx_bytes *)(const void *)((const char *)messages + 1);
    CHECK(phalanx_keccak256(engine, astray, 1, out) == PHALANX_STATUS_MISALIGNED);
    CHECK(is_all(out, sizeof out, 0xee));
}

static void roots(const phalanx_engine *engine)
{
    phalanx_hash root, expected;
    CHECK(phalanx_ordered_root(engine, NULL, 0, &root) == PHALANX_STATUS_OK);
    CHECK(is_hex(root.bytes, 32, EMPTY_ROOT));
    CHECK(phalanx_secure_root(engine, NULL, NULL, 0, &root) == PHALANX_STATUS_OK);
    CHECK(is_hex(root.bytes, 32, EMPTY_ROOT));
    /* Of one item, the root is the hash of a leaf: path (RLP of 0 for a list, the key's hash otherwise) and value. */
    const uint8_t leaf[] = {0xc9, 0x82, 0x20, 0x80, 0x85, 'v', 'a', 'l', 'u', 'e'};
    const phalanx_bytes value = {leaf + 5, 5}, node = {leaf, sizeof leaf};
    CHECK(phalanx_ordered_root(engine, &value, 1, &root) == PHALANX_STATUS_OK);
    CHECK(phalanx_keccak256(engine, &node, 1, &expected) == PHALANX_STATUS_OK);
    CHECK(memcmp(&root, &expected, sizeof root) == 0);
    uint8_t secure[41] = {0xe8, 0xa1, 0x20};
    const phalanx_bytes keys[2] = {{leaf, 3}, {leaf, 4}}, values[2] = {value, {NULL, 0}}, secure_node = {secure, 41};
    CHECK(phalanx_keccak256(engine, keys, 1, &expected) == PHALANX_STATUS_OK);
    memcpy(secure + 3, expected.bytes, 32);
    memcpy(secure + 35, leaf + 4, 6);
    CHECK(phalanx_keccak256(engine, &secure_node, 1, &expected) == PHALANX_STATUS_OK);
    CHECK(phalanx_secure_root(engine, keys, values, 2, &root) == PHALANX_STATUS_OK);
    CHECK(memcmp(&root, &expected, sizeof root) == 0);

    CHECK(phalanx_ordered_root(engine, &value, 1, NULL) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_ordered_root(engine, NULL, 1, &root) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_ordered_root(engine, &value, SIZE_MAX, &root) == PHALANX_STATUS_TOO_LONG);
    CHECK(phalanx_secure_root(engine, keys, NULL, 2, &root) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_secure_root(engine, NULL, values, 2, &root) == PHALANX_STATUS_NULL_POINTER);
    const phalanx_bytes itself = {root.bytes, 32};
    CHECK(phalanx_ordered_root(engine, &itself, 1, &root) == PHALANX_STATUS_OVERLAP);
    CHECK(phalanx_secure_root(engine, keys, &itself, 1, &root) == PHALANX_STATUS_OVERLAP);
    CHECK(memcmp(&root, &expected, sizeof root) == 0);
}

static void transactions(const phalanx_engine *engine)
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

static void blocks(const phalanx_engine *engine)
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

/* Everything at once, as a second thread does it. */
static void *all(void *engine)
{
    recovery(engine);
    hashes(engine);
    roots(engine);
    transactions(engine);
    blocks(engine);
    return NULL;
}

int main(void)
{
    versions();
    engines();
    phalanx_engine *engine = NULL;
    CHECK(phalanx_engine_new(NULL, &engine) == PHALANX_STATUS_OK);
    char text[64];
    size_t length;
    CHECK(phalanx_engine_describe(engine, text, sizeof text, &length) == PHALANX_STATUS_OK);
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, all, engine) == 0);
    for (size_t i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    /* Their errors are not those of this thread. */
    CHECK(strcmp(phalanx_last_error_message(), "engine is NULL") == 0);
    CHECK(phalanx_engine_free(engine) == PHALANX_STATUS_OK);
    printf("C ABI %u of Phalanx %s: right (%s)\n", phalanx_abi_version(), phalanx_version(), text);
    return 0;
}
