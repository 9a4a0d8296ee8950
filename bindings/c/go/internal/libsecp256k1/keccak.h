/* Keccak-256 of a public key. */
#ifndef KECCAK_H
#define KECCAK_H

/* Writes the hash (32 bytes) of 64 bytes. */
void keccak256_of_64(unsigned char *hash, const unsigned char *key);

#endif
