/*
 * Phalanx: senders, hashes and roots of Ethereum blocks, in batches. Made from the sources of phalanx-c; not to be edited
 * by hand.
 *
 * Memory: all that a call is given, inputs and outputs, is the caller's before, during and after it. The library keeps no
 * pointer to it and allocates nothing that the caller must free but engines. Outputs are written at the end of a call
 * that succeeds; a call that fails leaves them as they were, but where it says that it writes a count.
 *
 * Errors: a call gives a phalanx_status; an item of a batch has a status of its own and never spoils another, or the
 * call. NULL, misaligned pointers, lengths past what memory can hold, and outputs that overlap each other or an input whose
 * length the call is told (texts that end in NUL and engines are not such) are found and are errors. That there is as much
 * memory as a call is told, initialised where it is read, nobody can check: what each call says that the caller promises
 * must be so.
 *
 * Threads: every function may be called on any thread at any time, with the same engine as well, but for
 * phalanx_engine_free, which no other call on that engine may overlap.
 *
 * Nothing unwinds or jumps out of a call: a panic inside, which is a bug, becomes PHALANX_STATUS_PANIC, with a message on
 * stderr. Nothing else is written there but what a GPU's driver may have to say. A process that runs out of memory is aborted.
 */

#ifndef PHALANX_H
#define PHALANX_H

#include <stddef.h>
#include <stdint.h>

/**
 * Version of this ABI. It is raised when a program compiled with an earlier header might no longer work, and the
 * shared library's name for the loader ends in it.
 */
#define PHALANX_ABI_VERSION 1

/**
 * What became of a call. Codes keep their numbers; later versions may add some.
 */
enum phalanx_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Done, and every output is written.
   */
  PHALANX_STATUS_OK = 0,
  /**
   * A pointer is NULL that must not be.
   */
  PHALANX_STATUS_NULL_POINTER = 1,
  /**
   * A pointer is not aligned for what it points to.
   */
  PHALANX_STATUS_MISALIGNED = 2,
  /**
   * A length is more than memory can hold: half the address space, or past its end.
   */
  PHALANX_STATUS_TOO_LONG = 3,
  /**
   * Memory to be written overlaps other memory of the call.
   */
  PHALANX_STATUS_OVERLAP = 4,
  /**
   * A value is none of those that the argument, or a variable of the environment, takes.
   */
  PHALANX_STATUS_INVALID_ARGUMENT = 5,
  /**
   * The backend or the threads can't be had here.
   */
  PHALANX_STATUS_UNAVAILABLE = 6,
  /**
   * The bytes are not the canonical encoding of a block.
   */
  PHALANX_STATUS_MALFORMED = 7,
  /**
   * The output has too little room; the call has said how much it needs.
   */
  PHALANX_STATUS_CAPACITY = 8,
  /**
   * Phalanx itself failed, which is a bug in it. The engine may be freed; nothing else should be asked of it.
   */
  PHALANX_STATUS_PANIC = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum phalanx_status phalanx_status;
#else
typedef int32_t phalanx_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which arithmetic does the batches. All give the same results.
 */
enum phalanx_backend
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The fastest instruction level of this processor, with a GPU beside it for large batches where that is measured
   * to help.
   */
  PHALANX_BACKEND_AUTO = 0,
  /**
   * Scalar code for any processor.
   */
  PHALANX_BACKEND_PORTABLE = 1,
  /**
   * AVX2: four items at once.
   */
  PHALANX_BACKEND_AVX2 = 2,
  /**
   * AVX-512 with IFMA: eight items at once.
   */
  PHALANX_BACKEND_AVX512 = 3,
  /**
   * WGSL compute shaders on one adapter; what it does not do right is done on the CPU.
   */
  PHALANX_BACKEND_GPU = 4,
  /**
   * Published Rust crates, one item after the other, to hold the others against.
   */
  PHALANX_BACKEND_REFERENCE = 5,
  /**
   * The fastest instruction level of this processor, and never a GPU: no driver is loaded.
   */
  PHALANX_BACKEND_CPU = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum phalanx_backend phalanx_backend;
#else
typedef uint32_t phalanx_backend;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became of one item of a batch: a `uint8_t` each. Codes keep their numbers; later versions may add some.
 */
enum phalanx_item
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The address is recovered.
   */
  PHALANX_ITEM_OK = 0,
  /**
   * The recovery id is not 0 or 1.
   */
  PHALANX_ITEM_RECOVERY_ID = 1,
  /**
   * r is zero or at least n, the order of the group.
   */
  PHALANX_ITEM_R_RANGE = 2,
  /**
   * s is zero or at least n.
   */
  PHALANX_ITEM_S_RANGE = 3,
  /**
   * s is above n/2 where PHALANX_S_RULE_LOW asks for less.
   */
  PHALANX_ITEM_HIGH_S = 4,
  /**
   * No point of the curve has x = r.
   */
  PHALANX_ITEM_NOT_ON_CURVE = 5,
  /**
   * The public key would be the point at infinity.
   */
  PHALANX_ITEM_INFINITY = 6,
  /**
   * The rule for s is not one of phalanx_s_rule.
   */
  PHALANX_ITEM_S_RULE = 7,
  /**
   * The bytes are not the canonical encoding of a signed transaction.
   */
  PHALANX_ITEM_MALFORMED = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum phalanx_item phalanx_item;
#else
typedef uint8_t phalanx_item;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The values that s of a signature may have.
 */
enum phalanx_s_rule
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * At most n/2: transactions from Homestead on (EIP-2), EIP-7702 authorizations.
   */
  PHALANX_S_RULE_LOW = 0,
  /**
   * Any from 1 to n-1: transactions before Homestead, the ecrecover precompile.
   */
  PHALANX_S_RULE_ANY = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum phalanx_s_rule phalanx_s_rule;
#else
typedef uint8_t phalanx_s_rule;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Does the batches: owns its threads, and device where it uses one. Only ever behind a pointer.
 *
 * Any number of threads may use one engine at a time, in any of the calls that take it. Make one and share it: engines
 * don't share threads. An engine does not survive fork() in the child.
 */
typedef struct phalanx_engine phalanx_engine;

/**
 * Settings of an engine. Set all of it to zero and `struct_size` to `sizeof(phalanx_config)`, then what is wanted.
 */
typedef struct {
  /**
   * sizeof(phalanx_config) as the caller was compiled. Later versions may add fields at the end, zero in which means
   * what the version before did; a library refuses fields that it doesn't know unless they are zero.
   */
  size_t struct_size;
  /**
   * A phalanx_backend.
   */
  uint32_t backend;
  /**
   * Threads that share a batch, from 1 to 1024; 0 is as many as the machine runs at once.
   */
  uint32_t threads;
  /**
   * Part of the name of the GPU to use (UTF-8, NUL-terminated, read during the call only), or NULL or "" for any.
   */
  const char *gpu;
  /**
   * Folder for compiled shaders and measurements, which later processes use (as above), or NULL or "" to keep
   * nothing.
   */
  const char *cache;
} phalanx_config;

/**
 * One signature to recover: 98 bytes without gaps.
 */
typedef struct {
  /**
   * The signed hash, big-endian; reduced modulo n.
   */
  uint8_t prehash[32];
  /**
   * r, big-endian.
   */
  uint8_t r[32];
  /**
   * s, big-endian.
   */
  uint8_t s[32];
  /**
   * Recovery id: 0 or 1, the parity of R's y (v less 27, or less 35 and twice the chain's id).
   */
  uint8_t y_parity;
  /**
   * A phalanx_s_rule.
   */
  uint8_t s_rule;
} phalanx_signature;

/**
 * An address: 20 bytes.
 */
typedef struct {
  /**
   * The last 20 bytes of the Keccak-256 of the public key.
   */
  uint8_t bytes[20];
} phalanx_address;

/**
 * Bytes that belong to the caller.
 */
typedef struct {
  /**
   * The first of them; may be NULL where there are none.
   */
  const uint8_t *data;
  /**
   * How many there are.
   */
  size_t length;
} phalanx_bytes;

/**
 * A hash: 32 bytes.
 */
typedef struct {
  /**
   * The bytes in the order of Ethereum.
   */
  uint8_t bytes[32];
} phalanx_hash;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The `PHALANX_ABI_VERSION` of the library that runs.
 */
uint32_t phalanx_abi_version(void);

/**
 * The version of the library that runs, as in "0.1.0". Never NULL, and the library's own.
 */
const char *phalanx_version(void);

/**
 * A status in words. Takes any number; never NULL, and the library's own.
 */
const char *phalanx_strerror(int32_t status);

/**
 * The status of an item in words. Takes any number; never NULL, and the library's own.
 */
const char *phalanx_item_strerror(uint8_t item);

/**
 * Details of the last call on this thread that failed, in English; "" if none has.
 *
 * Never NULL. The text is the library's own, and stays until another call on this thread fails or the thread ends.
 */
const char *phalanx_last_error_message(void);

/**
 * Makes an engine and starts its threads.
 *
 * `config` may be NULL: then settings are the defaults with what the environment says in PHALANX_BACKEND,
 * PHALANX_EXECUTOR, PHALANX_THREADS, PHALANX_GPU, PHALANX_GPU_ARITHMETIC and PHALANX_CACHE. A bad value in any of them is
 * PHALANX_STATUS_INVALID_ARGUMENT, also in PHALANX_EXECUTOR, which nothing here uses. Without PHALANX_CACHE, compiled
 * shaders and measurements are kept in `phalanx` in the user's cache folder: below XDG_CACHE_HOME or HOME (macOS: HOME;
 * Windows: LOCALAPPDATA). No other thread may change the environment meanwhile, of whatever variable: setenv() beside
 * this call is a data race, and so is os.Setenv in a Go program with cgo.
 *
 * With any other `config` none of these variables is read; starting threads, and a GPU's driver when one is looked for, may
 * still read some of their own. The structure and its texts remain the caller's and are not used after the call.
 *
 * On success `*engine` is the new engine, which is the caller's, to be given to `phalanx_engine_free`; on failure it is
 * what it was. Fails with PHALANX_STATUS_UNAVAILABLE where the backend or the threads can't be had: no other is taken
 * in place of one that is asked for by name.
 *
 * The caller promises:
 *
 * `config`, unless NULL, is a `phalanx_config` with its `struct_size` set; `engine` is a place for a pointer; nobody
 * writes the configuration or its texts, or with NULL the environment, or uses `*engine` during the call.
 */
phalanx_status phalanx_engine_new(const phalanx_config *config,
                                  phalanx_engine **engine);

/**
 * Gives an engine back with all that it holds; its threads end by themselves soon after. NULL does nothing.
 *
 * No other call may be using the engine, and none may use it afterwards.
 *
 * The caller promises:
 *
 * `engine` is NULL or from `phalanx_engine_new`, and is not freed already.
 */
phalanx_status phalanx_engine_free(phalanx_engine *engine);

/**
 * Writes what was chosen, as in "avx512, 2 threads", with a zero at the end.
 *
 * `*length` becomes the length of the text without the zero, also where `capacity` (bytes at `text`) is too small: then
 * the status is PHALANX_STATUS_CAPACITY and `text` is not touched, and may be NULL with a capacity of 0. On any other
 * failure nothing is written.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; there is room for `capacity` bytes at `text` and for a `size_t` at `length`.
 */
phalanx_status phalanx_engine_describe(const phalanx_engine *engine,
                                       char *text,
                                       size_t capacity,
                                       size_t *length);

/**
 * Recovers the signer of each of `count` signatures, on all threads of the engine.
 *
 * `addresses[i]` and `items[i]` (a phalanx_item) are those of `signatures[i]`, whatever the others are; where the item
 * is not PHALANX_ITEM_OK the address is zero. A bad signature never fails the call. On PHALANX_STATUS_OK both outputs
 * are wholly written; otherwise neither is touched. With a `count` of 0 the other three pointers may be NULL.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each, and nobody else writes the
 * signatures or uses the outputs during the call.
 */
phalanx_status phalanx_recover(const phalanx_engine *engine,
                               const phalanx_signature *signatures,
                               size_t count,
                               phalanx_address *addresses,
                               uint8_t *items);

/**
 * Recovers the sender of each of `count` signed transactions (legacy RLP, or any EIP-2718 type; a blob transaction with
 * or without its sidecar), on all threads of the engine.
 *
 * `s_rule` (a phalanx_s_rule) holds for all of them. `addresses[i]` and `items[i]` (a phalanx_item) are those of
 * `transactions[i]`, whatever the others are; where the item is not PHALANX_ITEM_OK the address is zero. Bad bytes never
 * fail the call. On PHALANX_STATUS_OK both outputs are wholly written; otherwise neither is touched. With a `count` of 0
 * the other three pointers may be NULL.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each; nobody else writes the
 * transactions, or what they point to, or uses the outputs during the call.
 */
phalanx_status phalanx_recover_transactions(const phalanx_engine *engine,
                                            const phalanx_bytes *transactions,
                                            size_t count,
                                            uint8_t s_rule,
                                            phalanx_address *addresses,
                                            uint8_t *items);

/**
 * Recovers the sender of each transaction of a block, given as its whole RLP: `[header, transactions, ommers,
 * withdrawals?]`, as chain exports hold it and `eth_getRawBlock` gives it. Nothing else of the block is verified.
 *
 * `s_rule` (a phalanx_s_rule) is that of the block's fork. `*count` becomes the number of transactions, also where
 * `capacity` (items of each output) is less: then the status is PHALANX_STATUS_CAPACITY and the outputs are not touched,
 * and may be NULL with a capacity of 0. On PHALANX_STATUS_OK the first `*count` addresses and items are written, as
 * `phalanx_recover_transactions` does; what is behind them is not touched. On any other failure nothing is written.
 * PHALANX_STATUS_MALFORMED is for bytes that are not the canonical encoding of one block.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; at `block` are `length` bytes; there is room for `capacity` items at both outputs
 * and for a `size_t` at `count`; nobody else writes the block or uses the outputs during the call.
 */
phalanx_status phalanx_block_senders(const phalanx_engine *engine,
                                     const uint8_t *block,
                                     size_t length,
                                     uint8_t s_rule,
                                     phalanx_address *addresses,
                                     uint8_t *items,
                                     size_t capacity,
                                     size_t *count);

/**
 * Keccak-256 of each of `count` messages of any lengths, on all threads of the engine.
 *
 * `hashes[i]` is that of `messages[i]`. On PHALANX_STATUS_OK all hashes are written; otherwise none is touched. With a
 * `count` of 0 the other two pointers may be NULL.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each; nobody else writes the messages,
 * or what they point to, or uses the output during the call.
 */
phalanx_status phalanx_keccak256(const phalanx_engine *engine,
                                 const phalanx_bytes *messages,
                                 size_t count,
                                 phalanx_hash *hashes);

/**
 * Root of the trie of a list (transactions, receipts, withdrawals): keys are RLP of the index, values the `count` items.
 *
 * An empty item is absent from the trie. On PHALANX_STATUS_OK `*root` is written; otherwise it is not touched. With a
 * `count` of 0, the root is that of an empty trie and `list` may be NULL.
 *
 * The caller promises:
 *
 * `engine` is from `phalanx_engine_new`; at `list` are `count` items, at `root` is room for one hash; nobody else writes
 * the list, or what it points to, or uses the output during the call.
 */
phalanx_status phalanx_ordered_root(const phalanx_engine *engine,
                                    const phalanx_bytes *list,
                                    size_t count,
                                    phalanx_hash *root);

/**
 * Root of a secure trie (states, storages): of `count` pairs `keys[i]`, `values[i]`, whose keys are hashed here.
 *
 * Pairs may come in any order. Of pairs with the same key the last one counts; an empty value is absent from the trie.
 * On PHALANX_STATUS_OK `*root` is written; otherwise it is not touched. With a `count` of 0, the root is that of an empty
 * trie and both lists may be NULL.
 *
 * The caller promises:
 *
 * As for `phalanx_ordered_root`, of both lists.
 */
phalanx_status phalanx_secure_root(const phalanx_engine *engine,
                                   const phalanx_bytes *keys,
                                   const phalanx_bytes *values,
                                   size_t count,
                                   phalanx_hash *root);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PHALANX_H */
