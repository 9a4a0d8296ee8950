/* Batches of signatures and of messages, and roots. */
#include "check.h"

#define MANY 300

/* The signing hash of the example and its signature. */
#define PREHASH "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
#define R "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
#define S "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
/* n less S: the other value of s that signs the same. */
#define HIGH_S "98341627668089e51348fccfb4c7ff31c55912f2d2e47ef09652acf665fad3be"
#define N "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
/* x of the generator, whose y is even. */
#define GENERATOR "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define EMPTY_HASH "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
#define EMPTY_ROOT "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"

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

void recovery(const phalanx_engine *engine)
{
    char zero[65];
    memset(zero, '0', 64);
    zero[64] = 0;
    char five[65];
    memcpy(five, zero, 65);
    five[63] = '5'; /* no point has x = 5 */
    char one[65];
    memcpy(one, zero, 65);
    one[63] = '1';
    phalanx_signature infinity = signature(GENERATOR, one, 0, PHALANX_S_RULE_LOW);
    from_hex(one, infinity.prehash);
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
        {infinity, PHALANX_ITEM_INFINITY},
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

void hashes(const phalanx_engine *engine)
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

void roots(const phalanx_engine *engine)
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
