package phalanx

// #include <phalanx.h>
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"math/big"
	"unsafe"
)

// Address and Hash are geth's common.Address and common.Hash but for the name.
type (
	Address = [20]byte
	Hash    = [32]byte
)

// Signature is r, s (big-endian) and the recovery id, 0 or 1: the form of geth's crypto package.
type Signature = [65]byte

// Item is what became of one item of a batch; it is an error unless it is Recovered.
type Item uint8

// Recovered is the Item of an address that is right. The others are those of phalanx_item.
const (
	Recovered  Item = C.PHALANX_ITEM_OK
	RecoveryID Item = C.PHALANX_ITEM_RECOVERY_ID
	RRange     Item = C.PHALANX_ITEM_R_RANGE
	SRange     Item = C.PHALANX_ITEM_S_RANGE
	HighS      Item = C.PHALANX_ITEM_HIGH_S
	NotOnCurve Item = C.PHALANX_ITEM_NOT_ON_CURVE
	Infinity   Item = C.PHALANX_ITEM_INFINITY
	Malformed  Item = C.PHALANX_ITEM_MALFORMED
)

func (i Item) Error() string {
	return C.GoString(C.phalanx_item_strerror(C.uint8_t(i)))
}

// RecoverSenders recovers the signer of every hash. Results stand by index, and no signature changes the result of another;
// where an item is not Recovered, the address is zero. With homestead, s above n/2 is refused.
func (e *Engine) RecoverSenders(hashes []Hash, signatures []Signature, homestead bool) ([]Address, []Item, error) {
	if len(hashes) != len(signatures) {
		panic("phalanx: as many hashes as signatures are needed")
	}
	inputs := make([]C.phalanx_signature, len(hashes))
	for i := range inputs {
		fill(&inputs[i], &hashes[i], &signatures[i], homestead)
	}
	return e.recover(inputs)
}

// Plain is a signature as geth's recoverPlain takes it: V is 27 or 28. One with a nil is refused as a bad one is.
type Plain struct {
	Hash    Hash
	R, S, V *big.Int
}

// RecoverPlain is RecoverSenders for numbers of any size.
func (e *Engine) RecoverPlain(batch []Plain, homestead bool) ([]Address, []Item, error) {
	inputs := make([]C.phalanx_signature, len(batch))
	for i := range inputs {
		signature := batch[i].Signature()
		fill(&inputs[i], &batch[i].Hash, &signature, homestead)
	}
	return e.recover(inputs)
}

// Signature is the same in 65 bytes. Numbers that are nil or don't fit become zero, or 255 for V, which no rule allows.
func (p *Plain) Signature() (signature Signature) {
	if p.R != nil && p.R.Sign() >= 0 && p.R.BitLen() <= 256 {
		p.R.FillBytes(signature[:32])
	}
	if p.S != nil && p.S.Sign() >= 0 && p.S.BitLen() <= 256 {
		p.S.FillBytes(signature[32:64])
	}
	signature[64] = 255
	if p.V != nil && p.V.IsUint64() && (p.V.Uint64() == 27 || p.V.Uint64() == 28) {
		signature[64] = byte(p.V.Uint64() - 27)
	}
	return signature
}

// RecoverTransactions recovers the sender of every transaction, given as EIP-2718 bytes.
func (e *Engine) RecoverTransactions(encoded [][]byte, homestead bool) ([]Address, []Item, error) {
	addresses, items := make([]Address, len(encoded)), make([]Item, len(encoded))
	if len(encoded) == 0 {
		return addresses, items, nil
	}
	total := 1
	for _, bytes := range encoded {
		total += len(bytes)
	}
	// A list of pointers for C must be memory of C, and so must be what they point to. Of cgo's functions
	// malloc never gives nil, and calloc may.
	memory := C.malloc(C.size_t(total))
	defer C.free(memory)
	list := (*C.phalanx_bytes)(C.calloc(C.size_t(len(encoded)), C.sizeof_phalanx_bytes))
	if list == nil {
		return nil, nil, fmt.Errorf("phalanx: no memory for a list of %d transactions", len(encoded))
	}
	defer C.free(unsafe.Pointer(list))
	rest, views := unsafe.Slice((*byte)(memory), total), unsafe.Slice(list, len(encoded))
	for i, bytes := range encoded {
		views[i].data = (*C.uint8_t)(&rest[0])
		n := copy(rest, bytes)
		views[i].length = C.size_t(n)
		rest = rest[n:]
	}
	err := e.call(func(handle *C.phalanx_engine) C.phalanx_status {
		return C.phalanx_recover_transactions(
			handle, list, C.size_t(len(encoded)), rule(homestead), addressPointer(addresses), itemPointer(items),
		)
	})
	return addresses, items, err
}

// BlockSenders recovers the sender of every transaction of a block, given as its RLP.
func (e *Engine) BlockSenders(block []byte, homestead bool) ([]Address, []Item, error) {
	if len(block) == 0 {
		block = []byte{0} // is no block either
	}
	// No transaction takes fewer bytes (nine items of one byte, and their head), so there is room for all.
	const least = 10
	addresses, items := make([]Address, 1+len(block)/least), make([]Item, 1+len(block)/least)
	var count C.size_t
	err := e.call(func(handle *C.phalanx_engine) C.phalanx_status {
		return C.phalanx_block_senders(
			handle, (*C.uint8_t)(&block[0]), C.size_t(len(block)), rule(homestead),
			addressPointer(addresses), itemPointer(items), C.size_t(len(addresses)), &count,
		)
	})
	if err != nil {
		return nil, nil, err
	}
	return addresses[:count], items[:count], nil
}

func (e *Engine) recover(inputs []C.phalanx_signature) ([]Address, []Item, error) {
	addresses, items := make([]Address, len(inputs)), make([]Item, len(inputs))
	if len(inputs) == 0 {
		return addresses, items, nil
	}
	err := e.call(func(handle *C.phalanx_engine) C.phalanx_status {
		return C.phalanx_recover(
			handle, &inputs[0], C.size_t(len(inputs)), addressPointer(addresses), itemPointer(items),
		)
	})
	return addresses, items, err
}

func fill(input *C.phalanx_signature, hash *Hash, signature *Signature, homestead bool) {
	*(*Hash)(unsafe.Pointer(&input.prehash)) = *hash
	copy((*Hash)(unsafe.Pointer(&input.r))[:], signature[:32])
	copy((*Hash)(unsafe.Pointer(&input.s))[:], signature[32:64])
	input.y_parity = C.uint8_t(signature[64])
	input.s_rule = rule(homestead)
}

func rule(homestead bool) C.uint8_t {
	if homestead {
		return C.PHALANX_S_RULE_LOW
	}
	return C.PHALANX_S_RULE_ANY
}

func addressPointer(addresses []Address) *C.phalanx_address {
	return (*C.phalanx_address)(unsafe.Pointer(&addresses[0]))
}

func itemPointer(items []Item) *C.uint8_t {
	return (*C.uint8_t)(unsafe.Pointer(&items[0]))
}
