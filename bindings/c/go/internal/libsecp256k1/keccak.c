#include "keccak.h"

#include <stdint.h>

#define ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))

static const uint64_t ROUND_CONSTANTS[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* A row of the next state: lanes a to e of the one before, turned, with theta applied. */
#define ROW(y, a, na, b, nb, c, nc, d, nd, e, ne)                                                                     \
    do {                                                                                                              \
        uint64_t p = LANE(a, na), q = LANE(b, nb), r = LANE(c, nc), s = LANE(d, nd), t = LANE(e, ne);                 \
        next[5 * (y)] = p ^ (~q & r);                                                                                 \
        next[5 * (y) + 1] = q ^ (~r & s);                                                                             \
        next[5 * (y) + 2] = r ^ (~s & t);                                                                             \
        next[5 * (y) + 3] = s ^ (~t & p);                                                                             \
        next[5 * (y) + 4] = t ^ (~p & q);                                                                             \
    } while (0)
#define LANE(i, n) turn(state[i] ^ theta[(i) % 5], n)

static inline uint64_t turn(uint64_t lane, int n)
{
    return n == 0 ? lane : ROTATE(lane, n);
}

static inline void round_of(uint64_t next[25], const uint64_t state[25], uint64_t constant)
{
    uint64_t sum[5], theta[5];
    for (int x = 0; x < 5; x++)
        sum[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    for (int x = 0; x < 5; x++)
        theta[x] = sum[(x + 4) % 5] ^ ROTATE(sum[(x + 1) % 5], 1);
    ROW(0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);
    ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);
    ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);
    ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);
    ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);
    next[0] ^= constant;
}

void keccak256_of_64(unsigned char *hash, const unsigned char *key)
{
    uint64_t even[25] = {0}, odd[25];
    for (int i = 0; i < 64; i++)
        even[i / 8] |= (uint64_t)key[i] << 8 * (i % 8);
    even[8] = 0x01;
    even[16] = 0x8000000000000000;
    for (int i = 0; i < 24; i += 2) {
        round_of(odd, even, ROUND_CONSTANTS[i]);
        round_of(even, odd, ROUND_CONSTANTS[i + 1]);
    }
    for (int i = 0; i < 32; i++)
        hash[i] = (unsigned char)(even[i / 8] >> 8 * (i % 8));
}
