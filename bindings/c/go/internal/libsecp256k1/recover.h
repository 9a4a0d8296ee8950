/* Recovery by Bitcoin Core's libsecp256k1, one signature a call, as geth's crypto/secp256k1 has it. */
#ifndef RECOVER_H
#define RECOVER_H

#include <secp256k1_recovery.h>

/* Writes the address (20 bytes) of the signer of a hash (32 bytes); 0 if there is none. The signature is r, s, recovery id. */
int recover_address(const secp256k1_context *context, unsigned char *address, const unsigned char *signature,
                    const unsigned char *hash);

/* Signs a hash with a key (32 bytes); 0 if the key is out of range. */
int sign(const secp256k1_context *context, unsigned char *signature, const unsigned char *key, const unsigned char *hash);

#endif
