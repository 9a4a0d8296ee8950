#include "recover.h"
#include "keccak.h"

#include <string.h>

int recover_address(const secp256k1_context *context, unsigned char *address, const unsigned char *signature,
                    const unsigned char *hash)
{
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    unsigned char bytes[65], digest[32];
    size_t length = sizeof bytes;
    if (signature[64] > 3 ||
        !secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, signature, signature[64]) ||
        !secp256k1_ecdsa_recover(context, &key, &parsed, hash))
        return 0;
    secp256k1_ec_pubkey_serialize(context, bytes, &length, &key, SECP256K1_EC_UNCOMPRESSED);
    keccak256_of_64(digest, bytes + 1);
    memcpy(address, digest + 12, 20);
    return 1;
}

int sign(const secp256k1_context *context, unsigned char *signature, const unsigned char *key, const unsigned char *hash)
{
    secp256k1_ecdsa_recoverable_signature made;
    int id;
    if (!secp256k1_ecdsa_sign_recoverable(context, &made, hash, key, NULL, NULL))
        return 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, signature, &id, &made);
    signature[64] = (unsigned char)id;
    return 1;
}
