/*
 * Prints the senders of the blocks of a file: one block's RLP, or many one after the other, as `phalanx generate` and
 * chain exports have them.
 *
 *     senders FILE [any]
 *
 * With `any`, s may be above n/2, as in blocks before Homestead. Exit status: 0 if every signature gave a sender, 1 if
 * not, 2 if the file can't be read.
 */
#include <phalanx.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole file, to be freed; NULL if it can't be read. */
static uint8_t *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t capacity = 0;
    *length = 0;
    while (file != NULL) {
        if (*length == capacity) {
            uint8_t *more = realloc(bytes, capacity = 2 * capacity + 65536);
            if (more == NULL)
                break;
            bytes = more;
        }
        size_t got = fread(bytes + *length, 1, capacity - *length, file);
        *length += got;
        if (got == 0) {
            int failed = ferror(file);
            fclose(file);
            if (!failed)
                return bytes;
            file = NULL;
        }
    }
    if (file != NULL)
        fclose(file);
    free(bytes);
    return NULL;
}

/* Length of the RLP list that the bytes start with; 0 if they start with none. */
static size_t list_length(const uint8_t *bytes, size_t length)
{
    if (length == 0 || bytes[0] < 0xc0)
        return 0;
    size_t head = 1, payload = 0;
    if (bytes[0] <= 0xf7) {
        payload = (size_t)bytes[0] - 0xc0;
    } else {
        head += (size_t)bytes[0] - 0xf7;
        if (head > length || head > 1 + sizeof(uint32_t))
            return 0;
        for (size_t i = 1; i < head; i++)
            payload = payload << 8 | bytes[i];
    }
    return payload > length - head ? 0 : head + payload;
}

static int fail(const char *what, phalanx_status status)
{
    fprintf(stderr, "%s: %s: %s\n", what, phalanx_strerror(status), phalanx_last_error_message());
    return 2;
}

/* Prints the senders of one block. */
static int print_senders(const phalanx_engine *engine, const uint8_t *block, size_t length, uint8_t s_rule)
{
    size_t count = 0;
    phalanx_status status = phalanx_block_senders(engine, block, length, s_rule, NULL, NULL, 0, &count);
    if (status != PHALANX_STATUS_OK && status != PHALANX_STATUS_CAPACITY)
        return fail("block", status);
    if (count == 0)
        return 0;
    phalanx_address *addresses = malloc(count * sizeof *addresses);
    uint8_t *items = malloc(count);
    int result = 2;
    if (addresses != NULL && items != NULL) {
        status = phalanx_block_senders(engine, block, length, s_rule, addresses, items, count, &count);
        result = status == PHALANX_STATUS_OK ? 0 : fail("block", status);
    }
    for (size_t i = 0; result < 2 && i < count; i++) {
        if (items[i] != PHALANX_ITEM_OK) {
            printf("error: %s\n", phalanx_item_strerror(items[i]));
            result = 1;
            continue;
        }
        printf("0x");
        for (size_t k = 0; k < sizeof addresses[i].bytes; k++)
            printf("%02x", addresses[i].bytes[k]);
        printf("\n");
    }
    free(addresses);
    free(items);
    return result;
}

int main(int count, char **arguments)
{
    if (count < 2 || count > 3 || (count == 3 && strcmp(arguments[2], "any") != 0)) {
        fprintf(stderr, "usage: %s FILE [any]\n", arguments[0]);
        return 2;
    }
    uint8_t s_rule = count == 3 ? PHALANX_S_RULE_ANY : PHALANX_S_RULE_LOW;
    size_t length;
    uint8_t *bytes = read_file(arguments[1], &length);
    if (bytes == NULL) {
        perror(arguments[1]);
        return 2;
    }
    phalanx_engine *engine = NULL;
    phalanx_status status = phalanx_engine_new(NULL, &engine);
    int result = status == PHALANX_STATUS_OK ? 0 : fail("engine", status);
    for (size_t at = 0; result < 2 && at < length;) {
        size_t block = list_length(bytes + at, length - at);
        /* What is no list is no block either: the library says so. */
        block = block == 0 ? length - at : block;
        int one = print_senders(engine, bytes + at, block, s_rule);
        result = one > result ? one : result;
        at += block;
    }
    phalanx_engine_free(engine);
    free(bytes);
    return result;
}
