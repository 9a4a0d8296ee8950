// Compare measures sender recovery through cgo: Phalanx with a call a batch, libsecp256k1 with a call a signature.
//
// Both start from what geth's recoverPlain is given (hash, R, S, V), use the same number of threads, and take turns; the
// medians of all rounds are printed, and every answer is checked. libsecp256k1's goroutines share a batch as those of
// geth's sender cache do: each takes every n-th signature.
package main

import (
	"flag"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"sort"
	"sync"
	"syscall"
	"time"

	"phalanx"
	"phalanx/internal/libsecp256k1"
)

func main() {
	threads := flag.Int("threads", 2, "threads of either")
	rounds := flag.Int("rounds", 15, "rounds of each batch")
	flag.Parse()
	runtime.GOMAXPROCS(*threads)
	if err := compare(*threads, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare(threads, rounds int) error {
	engine, err := phalanx.Open(phalanx.Auto, uint32(threads))
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Printf("Phalanx (%s) beside libsecp256k1 (%d goroutines), medians of %d rounds, wall and processor time a signature\n",
		engine, threads, rounds)
	for _, count := range []int{200, 1024, 4096, 16384} {
		batch := signatures(count)
		var ours, theirs times
		for round := 0; round < rounds; round++ {
			var found []phalanx.Address
			var items []phalanx.Item
			ours.add(func() { found, items, err = engine.RecoverPlain(batch, true) })
			if err != nil {
				return err
			}
			expected := make([]phalanx.Address, count)
			good := make([]bool, count)
			theirs.add(func() { recoverEach(batch, expected, good, threads) })
			for i := range batch {
				if found[i] != expected[i] || items[i] != phalanx.Recovered || !good[i] {
					return fmt.Errorf("%d of %d: %x, %v; %x expected", i, count, found[i], items[i], expected[i])
				}
			}
		}
		wall, cpu := ours.medians(count)
		theirWall, theirCPU := theirs.medians(count)
		fmt.Printf("%6d signatures: %6.2f and %6.2f µs; %6.2f and %6.2f µs; %.2fx and %.2fx\n",
			count, wall, cpu, theirWall, theirCPU, theirWall/wall, theirCPU/cpu)
	}
	return nil
}

// signatures makes a batch in the form that transactions hold.
func signatures(count int) []phalanx.Plain {
	hashes, made := libsecp256k1.Batch(1, count)
	batch := make([]phalanx.Plain, count)
	for i := range batch {
		batch[i] = phalanx.Plain{
			Hash: hashes[i],
			R:    new(big.Int).SetBytes(made[i][:32]),
			S:    new(big.Int).SetBytes(made[i][32:64]),
			V:    big.NewInt(27 + int64(made[i][64])),
		}
	}
	return batch
}

func recoverEach(batch []phalanx.Plain, addresses []phalanx.Address, good []bool, threads int) {
	var group sync.WaitGroup
	for first := 0; first < threads; first++ {
		group.Add(1)
		go func(first int) {
			defer group.Done()
			for i := first; i < len(batch); i += threads {
				signature := batch[i].Signature()
				addresses[i], good[i] = libsecp256k1.Recover(&batch[i].Hash, &signature)
			}
		}(first)
	}
	group.Wait()
}

// times are those of the rounds, in seconds.
type times struct {
	wall, cpu []float64
}

func (t *times) add(work func()) {
	start, used := time.Now(), processorTime()
	work()
	t.wall = append(t.wall, time.Since(start).Seconds())
	t.cpu = append(t.cpu, processorTime()-used)
}

// medians are in microseconds a signature.
func (t *times) medians(count int) (wall, cpu float64) {
	return median(t.wall) * 1e6 / float64(count), median(t.cpu) * 1e6 / float64(count)
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

// processorTime is what all threads of this process have used, in seconds.
func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
