package phalanx_test

import (
	"encoding/hex"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"

	"phalanx"
	"phalanx/internal/libsecp256k1"
)

func open(t *testing.T, backend phalanx.Backend) *phalanx.Engine {
	t.Helper()
	engine, err := phalanx.Open(backend, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func fromHex(text string) []byte {
	bytes, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return bytes
}

// The example of EIP-155 and its sender.
var (
	example = fromHex("f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080" +
		"25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276" +
		"a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83")
	sender = *(*phalanx.Address)(fromHex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"))
)

func TestSendersAreThoseOfLibsecp256k1(t *testing.T) {
	for _, backend := range []phalanx.Backend{phalanx.Auto, phalanx.Portable, phalanx.Reference} {
		engine := open(t, backend)
		for _, count := range []int{0, 1, 7, 300} {
			hashes, signatures := libsecp256k1.Batch(17, count)
			// Some are damaged: another hash, another id, ids that there are not.
			for i := range signatures {
				switch i % 8 {
				case 3:
					hashes[i][0] ^= 1
				case 4:
					signatures[i][64] ^= 1
				case 5:
					signatures[i][0] ^= 0x80
				case 6:
					signatures[i][64] = 4
				}
			}
			addresses, items, err := engine.RecoverSenders(hashes, signatures, true)
			if err != nil || len(addresses) != count || len(items) != count {
				t.Fatalf("%s: %d of %d addresses, %d items, %v", engine, len(addresses), count, len(items), err)
			}
			for i := range addresses {
				expected, ok := libsecp256k1.Recover(&hashes[i], &signatures[i])
				if addresses[i] != expected || (items[i] == phalanx.Recovered) != ok {
					t.Errorf("%s: %d of %d: %x, %v; %x, %v expected", engine, i, count, addresses[i], items[i], expected, ok)
				}
			}
		}
	}
}

func TestNumbersOfAnySize(t *testing.T) {
	engine := open(t, phalanx.Auto)
	hashes, signatures := libsecp256k1.Batch(18, 1)
	expected, _ := libsecp256k1.Recover(&hashes[0], &signatures[0])
	r, s := new(big.Int).SetBytes(signatures[0][:32]), new(big.Int).SetBytes(signatures[0][32:64])
	v := big.NewInt(27 + int64(signatures[0][64]))
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	highS, otherV := new(big.Int).Sub(n, s), new(big.Int).Sub(big.NewInt(55), v)
	huge, negative := new(big.Int).Lsh(r, 256), new(big.Int).Neg(r)
	for _, homestead := range []bool{true, false} {
		high := phalanx.Recovered
		if homestead {
			high = phalanx.HighS
		}
		cases := []struct {
			r, s, v *big.Int
			item    phalanx.Item
		}{
			{r, s, v, phalanx.Recovered},
			{r, highS, otherV, high},
			{huge, s, v, phalanx.RRange},
			{negative, s, v, phalanx.RRange},
			{n, s, v, phalanx.RRange},
			{r, huge, v, phalanx.SRange},
			{r, new(big.Int), v, phalanx.SRange},
			{r, s, big.NewInt(29), phalanx.RecoveryID},
			{r, s, big.NewInt(0), phalanx.RecoveryID},
			{r, s, huge, phalanx.RecoveryID},
			{r, s, negative, phalanx.RecoveryID},
			{nil, s, v, phalanx.RRange},
			{r, nil, v, phalanx.SRange},
			{r, s, nil, phalanx.RecoveryID},
		}
		batch := make([]phalanx.Plain, len(cases))
		for i, c := range cases {
			batch[i] = phalanx.Plain{Hash: hashes[0], R: c.r, S: c.s, V: c.v}
		}
		addresses, items, err := engine.RecoverPlain(batch, homestead)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			if items[i] != c.item || (addresses[i] == expected) != (c.item == phalanx.Recovered) {
				t.Errorf("homestead %v, %d: %x, %v; %v expected", homestead, i, addresses[i], items[i], c.item)
			}
		}
	}
}

func TestTransactions(t *testing.T) {
	engine := open(t, phalanx.Auto)
	for _, homestead := range []bool{true, false} {
		batch := [][]byte{example, example[1:], nil, example}
		addresses, items, err := engine.RecoverTransactions(batch, homestead)
		if err != nil {
			t.Fatal(err)
		}
		for i, expected := range []phalanx.Item{phalanx.Recovered, phalanx.Malformed, phalanx.Malformed, phalanx.Recovered} {
			if items[i] != expected || (addresses[i] == sender) != (expected == phalanx.Recovered) {
				t.Errorf("%d: %x, %v; %v expected", i, addresses[i], items[i], expected)
			}
		}
	}
	if addresses, items, err := engine.RecoverTransactions(nil, true); err != nil || len(addresses)+len(items) != 0 {
		t.Error(addresses, items, err)
	}
}

// The block that PHALANX_BLOCK names, beside the senders that PHALANX_BLOCK_SENDERS does, one a line.
func TestBlock(t *testing.T) {
	engine := open(t, phalanx.Auto)
	for _, bytes := range [][]byte{nil, {0xc0}, example} {
		if _, _, err := engine.BlockSenders(bytes, true); err == nil || !strings.Contains(err.Error(), "not a block") {
			t.Errorf("%x: %v", bytes, err)
		}
	}
	block, err := os.ReadFile(os.Getenv("PHALANX_BLOCK"))
	if err != nil {
		t.Skip("SKIPPED: PHALANX_BLOCK names no block")
	}
	expected, err := os.ReadFile(os.Getenv("PHALANX_BLOCK_SENDERS"))
	if err != nil {
		t.Fatal(err)
	}
	addresses, items, err := engine.BlockSenders(block, true)
	if err != nil {
		t.Fatal(err)
	}
	var found strings.Builder
	for i := range addresses {
		if items[i] != phalanx.Recovered {
			t.Errorf("%d: %v", i, items[i])
		}
		found.WriteString("0x" + hex.EncodeToString(addresses[i][:]) + "\n")
	}
	if found.String() != string(expected) || len(addresses) == 0 {
		t.Errorf("%d senders, and they are others", len(addresses))
	}
}

func TestManyGoroutinesOnOneEngine(t *testing.T) {
	engine := open(t, phalanx.Auto)
	hashes, signatures := libsecp256k1.Batch(19, 200)
	var group sync.WaitGroup
	for k := 0; k < 8; k++ {
		group.Add(1)
		go func(k int) {
			defer group.Done()
			for round := 0; round < 20; round++ {
				addresses, _, err := engine.RecoverSenders(hashes[k:], signatures[k:], true)
				expected, _ := libsecp256k1.Recover(&hashes[k], &signatures[k])
				if err != nil || addresses[0] != expected {
					t.Errorf("%x, %v; %x expected", addresses[0], err, expected)
				}
				// Failures of others on the same threads of the system don't get in between.
				if _, _, err := engine.BlockSenders([]byte{0xc0}, true); err == nil || !strings.Contains(err.Error(), "RLP") {
					t.Error(err)
				}
			}
		}(k)
	}
	group.Wait()
}

func TestClosedAndUnavailable(t *testing.T) {
	engine := open(t, phalanx.Portable)
	if engine.String() != "portable, 2 threads" {
		t.Error(engine)
	}
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	hashes, signatures := libsecp256k1.Batch(20, 1)
	if _, _, err := engine.RecoverSenders(hashes, signatures, true); err != phalanx.ErrClosed {
		t.Error(err)
	}
	if _, err := phalanx.Open(99, 1); err == nil || !strings.Contains(err.Error(), "config->backend is 99") {
		t.Error(err)
	}
}
