// Package libsecp256k1 is what Phalanx is held against: Bitcoin Core's library through cgo, a call for every signature, as
// geth's crypto/secp256k1 makes them. Keccak-256 of the key is done in the same call, which spares it one in Go.
package libsecp256k1

// #cgo pkg-config: libsecp256k1
// #cgo CFLAGS: -std=c99 -O3 -Wall -Wextra
// #include "recover.h"
import "C"

import (
	"crypto/sha256"
	"encoding/binary"
	"unsafe"
)

var context = C.secp256k1_context_create(C.SECP256K1_CONTEXT_SIGN | C.SECP256K1_CONTEXT_VERIFY)

// Recover returns the address of the signer; false if there is none.
func Recover(hash *[32]byte, signature *[65]byte) (address [20]byte, ok bool) {
	ok = C.recover_address(context, pointer(&address[0]), pointer(&signature[0]), pointer(&hash[0])) == 1
	return address, ok
}

// Batch makes signatures of hashes, by keys that all come from the seed and their place.
func Batch(seed uint64, count int) (hashes [][32]byte, signatures [][65]byte) {
	hashes, signatures = make([][32]byte, count), make([][65]byte, count)
	for i := range hashes {
		key := derive("key", seed, i)
		hashes[i] = derive("hash", seed, i)
		if C.sign(context, pointer(&signatures[i][0]), pointer(&key[0]), pointer(&hashes[i][0])) != 1 {
			panic("a key that no seed gives")
		}
	}
	return hashes, signatures
}

func derive(what string, seed uint64, index int) [32]byte {
	var bytes [16]byte
	binary.BigEndian.PutUint64(bytes[:8], seed)
	binary.BigEndian.PutUint64(bytes[8:], uint64(index))
	return sha256.Sum256(append([]byte(what), bytes[:]...))
}

func pointer(first *byte) *C.uchar {
	return (*C.uchar)(unsafe.Pointer(first))
}
