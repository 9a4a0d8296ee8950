/*
 * Every function of phalanx.h as a C program sees it, from two threads on one engine. Needs no file; the environment
 * decides on the backend. Run under AddressSanitizer and valgrind.
 */
#include "check.h"

#include <pthread.h>

static void versions(void)
{
    CHECK(phalanx_abi_version() == PHALANX_ABI_VERSION);
    CHECK(strchr(phalanx_version(), '.') != NULL);
    CHECK(strcmp(phalanx_last_error_message(), "") == 0);
    CHECK(strcmp(phalanx_strerror(PHALANX_STATUS_OK), "done") == 0);
    CHECK(strcmp(phalanx_item_strerror(PHALANX_ITEM_OK), "recovered") == 0);
    CHECK(phalanx_strerror(-7) != NULL && phalanx_item_strerror(255) != NULL);
    CHECK(sizeof(phalanx_signature) == 98 && sizeof(phalanx_address) == 20 && sizeof(phalanx_hash) == 32);
}

static void engines(void)
{
    phalanx_engine *engine = (phalanx_engine *)&engine;
    phalanx_config config;
    memset(&config, 0, sizeof config);
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.struct_size = sizeof config;
    config.backend = 99;
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.backend = PHALANX_BACKEND_PORTABLE;
    config.threads = 1025;
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(phalanx_last_error_message(), "1025") != NULL);
    config.threads = 1;
    config.gpu = "\xff";
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_INVALID_ARGUMENT);
    config.gpu = NULL;
    CHECK(phalanx_engine_new(&config, NULL) == PHALANX_STATUS_NULL_POINTER);
    const phalanx_config *astray = (const phalanx_config *)(const void *)((const char *)&config + 1);
    CHECK(phalanx_engine_new(astray, &engine) == PHALANX_STATUS_MISALIGNED);
    CHECK(phalanx_engine_new(&config, (phalanx_engine **)(void *)&config.gpu) == PHALANX_STATUS_OVERLAP);
    CHECK(engine == (phalanx_engine *)&engine && config.gpu == NULL);

    config.gpu = "";
    config.cache = "/nowhere/and/not/needed";
    CHECK(phalanx_engine_new(&config, &engine) == PHALANX_STATUS_OK);
    char text[64];
    size_t length = 0;
    CHECK(phalanx_engine_describe(engine, NULL, 0, &length) == PHALANX_STATUS_CAPACITY);
    CHECK(length == strlen("portable, 1 thread"));
    CHECK(phalanx_engine_describe(engine, text, length, &length) == PHALANX_STATUS_CAPACITY);
    CHECK(phalanx_engine_describe(engine, text, length + 1, &length) == PHALANX_STATUS_OK);
    CHECK(strcmp(text, "portable, 1 thread") == 0);
    CHECK(phalanx_engine_describe(engine, text, sizeof text, NULL) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_engine_describe(NULL, text, sizeof text, &length) == PHALANX_STATUS_NULL_POINTER);
    CHECK(phalanx_engine_free(engine) == PHALANX_STATUS_OK);
    CHECK(phalanx_engine_free(NULL) == PHALANX_STATUS_OK);
}

/* Everything at once, as a second thread does it. */
static void *all(void *engine)
{
    recovery(engine);
    hashes(engine);
    roots(engine);
    transactions(engine);
    blocks(engine);
    return NULL;
}

int main(void)
{
    versions();
    engines();
    phalanx_engine *engine = NULL;
    CHECK(phalanx_engine_new(NULL, &engine) == PHALANX_STATUS_OK);
    char text[64];
    size_t length;
    CHECK(phalanx_engine_describe(engine, text, sizeof text, &length) == PHALANX_STATUS_OK);
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, all, engine) == 0);
    for (size_t i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    /* Their errors are not those of this thread. */
    CHECK(strcmp(phalanx_last_error_message(), "engine is NULL") == 0);
    CHECK(phalanx_engine_free(engine) == PHALANX_STATUS_OK);
    printf("C ABI %u of Phalanx %s: right (%s)\n", phalanx_abi_version(), phalanx_version(), text);
    return 0;
}
