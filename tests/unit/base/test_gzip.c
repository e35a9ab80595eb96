/* What is compressed comes back, by us and by gzip itself; what is damaged is told. */
#include "support/cmocka_all.h"

#include "base/gzip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE (700UL * 1024) /* several blocks, in and out */

static void write_out(void *context, const void *bytes, size_t count)
{
    assert_int_equal(fwrite(bytes, 1, count, context), count);
}

/* Text that is neither all alike nor noise. */
static void fill(char *text)
{
    uint32_t number = 7;
    for (size_t i = 0; i < SIZE; i++) {
        number = number * 1664525U + 1013904223U;
        text[i] = (number >> 28) < 9 ? '0' : (char)('a' + (number >> 27) % 16);
    }
}

static FILE *compressed(const char *text)
{
    FILE *file = tmpfile();
    struct ptl_gzip *gzip = ptl_gzip_new(write_out, file);
    assert_non_null(file);
    assert_non_null(gzip);
    ptl_gzip_write(gzip, text, SIZE / 3);
    ptl_gzip_write(gzip, text + SIZE / 3, SIZE - SIZE / 3);
    ptl_gzip_end(gzip);
    ptl_gzip_free(gzip);
    fflush(file);
    return file;
}

/* Reads until the end, or -1, which is returned. */
static ssize_t read_all(FILE *file, char *into, size_t room)
{
    char head[100];
    size_t count = 0;
    lseek(fileno(file), 0, SEEK_SET);
    ssize_t got = read(fileno(file), head, sizeof(head));
    assert_true(got >= 0);
    struct ptl_gunzip *gunzip = ptl_gunzip_new(fileno(file), head, (size_t)got);
    assert_non_null(gunzip);
    while ((got = ptl_gunzip_read(gunzip, into + count, room - count)) > 0)
        count += (size_t)got;
    ptl_gunzip_free(gunzip);
    return got < 0 ? got : (ssize_t)count;
}

static void comes_back(void **state)
{
    (void)state;
    char *text = malloc(SIZE), *back = malloc(2 * SIZE);
    fill(text);
    FILE *file = compressed(text);
    assert_true(ftell(file) < (long)SIZE * 2 / 3);
    assert_int_equal(read_all(file, back, 2 * SIZE), SIZE);
    assert_memory_equal(text, back, SIZE);
    char command[64];
    lseek(fileno(file), 0, SEEK_SET);
    snprintf(command, sizeof(command), "gzip -t <&%d", fileno(file));
    assert_int_equal(system(command), 0);
    fclose(file);
    free(text);
    free(back);
}

/* As cat makes it of two files: gzip takes them for one. */
static void two_behind_each_other_are_one(void **state)
{
    (void)state;
    char *text = malloc(SIZE), *back = malloc(2 * SIZE), *bytes = malloc(SIZE);
    fill(text);
    FILE *file = compressed(text);
    long length = ftell(file);
    rewind(file);
    assert_int_equal(fread(bytes, 1, (size_t)length, file), length);
    fseek(file, 0, SEEK_END);
    assert_int_equal(fwrite(bytes, 1, (size_t)length, file), length);
    fflush(file);
    assert_int_equal(read_all(file, back, 2 * SIZE), 2 * SIZE);
    assert_memory_equal(text, back + SIZE, SIZE);
    fclose(file);
    free(text);
    free(back);
    free(bytes);
}

static void what_is_cut_or_damaged_is_told(void **state)
{
    (void)state;
    char *text = malloc(SIZE), *back = malloc(2 * SIZE);
    fill(text);
    FILE *file = compressed(text);
    long length = ftell(file);
    static const char noise[] = "no gzip at all";
    for (long cut = 1; cut < length; cut += length / 97) {
        assert_int_equal(ftruncate(fileno(file), length - cut), 0);
        errno = 0;
        assert_int_equal(read_all(file, back, 2 * SIZE), -1);
        assert_int_equal(errno, EBADMSG);
    }
    fclose(file);
    file = compressed(text);
    assert_int_equal(pwrite(fileno(file), noise, sizeof(noise), length / 2), sizeof(noise));
    assert_int_equal(read_all(file, back, 2 * SIZE), -1);
    assert_int_equal(errno, EBADMSG);
    fclose(file);
    free(text);
    free(back);
}

static void is_known_by_its_first_bytes(void **state)
{
    (void)state;
    assert_true(ptl_gunzip_is_wanted("\x1F\x8B\x08", 3));
    assert_false(ptl_gunzip_is_wanted("\x1F\x8B\x08", 2));
    assert_false(ptl_gunzip_is_wanted("{\"s", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(two_behind_each_other_are_one),
        cmocka_unit_test(what_is_cut_or_damaged_is_told),
        cmocka_unit_test(is_known_by_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
