// Package phalanx recovers the senders of Ethereum transactions in batches, through the C library of the same name.
//
// Nothing that is passed to C holds a Go pointer, and C keeps no pointer after a call.
package phalanx

/*
#cgo pkg-config: phalanx
#include <phalanx.h>

static phalanx_config configuration(uint32_t backend, uint32_t threads) {
	phalanx_config config = {sizeof config, backend, threads, NULL, NULL};
	return config;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// Backend is the arithmetic that does the batches. All give the same results.
type Backend uint32

// Backends, as phalanx.h explains them.
const (
	Auto      Backend = C.PHALANX_BACKEND_AUTO
	Portable  Backend = C.PHALANX_BACKEND_PORTABLE
	AVX2      Backend = C.PHALANX_BACKEND_AVX2
	AVX512    Backend = C.PHALANX_BACKEND_AVX512
	GPU       Backend = C.PHALANX_BACKEND_GPU
	Reference Backend = C.PHALANX_BACKEND_REFERENCE
	CPU       Backend = C.PHALANX_BACKEND_CPU
)

// ErrClosed is what calls on a closed engine return.
var ErrClosed = errors.New("phalanx: the engine is closed")

// Engine does batches on threads of its own. Any number of goroutines may use it at a time.
type Engine struct {
	// Held for reading by every call, so that Close waits for them.
	lock   sync.RWMutex
	handle *C.phalanx_engine
}

// Open makes an engine. With no threads given (0) there are as many as the machine runs at once. It holds memory and
// threads that the garbage collector doesn't know of: close it.
func Open(backend Backend, threads uint32) (*Engine, error) {
	config := C.configuration(C.uint32_t(backend), C.uint32_t(threads))
	return open(&config)
}

// OpenFromEnvironment makes an engine as the environment says: PHALANX_BACKEND, PHALANX_EXECUTOR, PHALANX_THREADS,
// PHALANX_GPU, PHALANX_GPU_ARITHMETIC and PHALANX_CACHE, a bad value in any of which is an error. Without PHALANX_CACHE the
// user's cache folder (XDG_CACHE_HOME, HOME) is written to.
//
// C reads the environment here, which under cgo os.Setenv and os.Unsetenv write: no goroutine may call them meanwhile.
func OpenFromEnvironment() (*Engine, error) {
	return open(nil)
}

func open(config *C.phalanx_config) (*Engine, error) {
	if abi := C.phalanx_abi_version(); abi != C.PHALANX_ABI_VERSION {
		return nil, fmt.Errorf("phalanx: built for ABI %d, and the library has %d", C.PHALANX_ABI_VERSION, abi)
	}
	var handle *C.phalanx_engine
	err := call(func() C.phalanx_status { return C.phalanx_engine_new(config, &handle) })
	if err != nil {
		return nil, err
	}
	return &Engine{handle: handle}, nil
}

// Close waits for the calls under way and frees the engine. Closing it again does nothing.
func (e *Engine) Close() error {
	e.lock.Lock()
	defer e.lock.Unlock()
	handle := e.handle
	e.handle = nil
	return call(func() C.phalanx_status { return C.phalanx_engine_free(handle) })
}

// String says what was chosen, as in "avx512, 2 threads".
func (e *Engine) String() string {
	var text [256]C.char
	var length C.size_t
	err := e.call(func(handle *C.phalanx_engine) C.phalanx_status {
		return C.phalanx_engine_describe(handle, &text[0], C.size_t(len(text)), &length)
	})
	if err != nil {
		return err.Error()
	}
	return C.GoStringN(&text[0], C.int(length))
}

// call makes one call on an open engine.
func (e *Engine) call(work func(*C.phalanx_engine) C.phalanx_status) error {
	e.lock.RLock()
	defer e.lock.RUnlock()
	if e.handle == nil {
		return ErrClosed
	}
	return call(func() C.phalanx_status { return work(e.handle) })
}

// call makes one call, and takes what it says of a failure, which only the same thread is told.
func call(work func() C.phalanx_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	status := work()
	if status == C.PHALANX_STATUS_OK {
		return nil
	}
	return fmt.Errorf("phalanx: %s: %s", C.GoString(C.phalanx_strerror(status)), C.GoString(C.phalanx_last_error_message()))
}
