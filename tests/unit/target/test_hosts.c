#include "support/cmocka_all.h"

#include "base/buf.h"
#include "target/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char directory[64];

static int enter(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/portolan-hosts-XXXXXX");
    return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int leave(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return chdir("/") || system(command);
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Adds an entry of p.yaml:3:5 and checks the messages, a line each, and how many hosts there are
 * then. */
static void add(struct ptl_hosts *hosts, const char *text, const char *messages, size_t count)
{
    static const struct ptl_origin origin = {"p.yaml", 3, 5};
    struct ptl_problems problems = {0};
    struct ptl_buf out;
    char line[2048];
    ptl_hosts_add(hosts, text, &origin, "", &problems);
    ptl_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < problems.count; i++)
        ptl_buf_printf(&out, "%s\n", ptl_error_print(&problems.items[i], line, sizeof(line)));
    assert_string_equal(ptl_buf_text(&out), messages);
    assert_int_equal(hosts->count, count);
    ptl_buf_free(&out);
    ptl_problems_free(&problems);
}

static void check_file(const char *bytes, size_t length, const char *messages, size_t count)
{
    struct ptl_hosts hosts = {0};
    write_bytes("h", bytes, length);
    add(&hosts, "file: h", messages, count);
    ptl_hosts_free(&hosts);
}

#define CHECK_FILE(bytes, messages, count) check_file(bytes, sizeof(bytes) - 1, messages, count)

static void blocks_and_names_in_order(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    add(&hosts, "10.0.0.0/24", "", 1);
    add(&hosts, "web-01.example", "", 2);
    add(&hosts, "[::1]", "", 3);
    add(&hosts, "10.0.0.1-20", "", 4);
    add(&hosts, "10.0.0.1-backup", "", 5);
    add(&hosts, "10.0.0.0/24", "", 6); /* twice: the targets, not the list, count once */
    assert_string_equal(ptl_hosts_get(&hosts, 0).text, "10.0.0.0/24");
    assert_false(ptl_hosts_get(&hosts, 0).is_name);
    struct ptl_block block = ptl_hosts_get(&hosts, 0).block;
    assert_true(ptl_block_count(&block) == 256);
    assert_true(ptl_hosts_get(&hosts, 1).is_name && ptl_hosts_get(&hosts, 4).is_name);
    assert_string_equal(ptl_hosts_get(&hosts, 2).text, "[::1]");
    assert_string_equal(ptl_hosts_get(&hosts, 5).file, "p.yaml");
    assert_ptr_equal(ptl_hosts_get(&hosts, 0).file,
                     ptl_hosts_get(&hosts, 5).file); /* one copy for all */
    assert_int_equal(ptl_hosts_get(&hosts, 5).line, 3);
    assert_int_equal(ptl_hosts_get(&hosts, 5).column, 5);
    ptl_hosts_free(&hosts);
    assert_int_equal(hosts.count, 0);
    ptl_hosts_free(&hosts);
}

/* Each is given back as it was read, whatever little of it is kept. */
static void every_kind_of_entry_comes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"10.0.0.1",
                                        "10.0.0.0/8",
                                        "0.0.0.1-255.255.255.255",
                                        "2001:db8::1",
                                        "2001:DB8::/32",
                                        "2001:db8::5/128",
                                        "1:2:3:4:5:6:7:8",
                                        "[1:2:3:4:5:6:7:8]",
                                        "::1-::ffff",
                                        "::ffff:10.0.0.1",
                                        "::ffff:10.0.0.0/104",
                                        "1:2:3:4:5:6:7:8-1:2:3:4:5:6:7:9",
                                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
    static const unsigned lines[] = {0, 1, 127, 128, 16384, 67000000, UINT32_MAX};
    struct ptl_hosts hosts = {0};
    for (size_t i = 0; i < COUNT(texts) * COUNT(lines); i++) {
        char file[32];
        snprintf(file, sizeof(file), "f%zu", i / 2);
        struct ptl_origin origin = {file, lines[i % COUNT(lines)], lines[(i + 1) % COUNT(lines)]};
        ptl_hosts_add(&hosts, texts[i % COUNT(texts)], &origin, "", NULL);
    }
    assert_int_equal(hosts.count, COUNT(texts) * COUNT(lines));
    for (size_t i = 0; i < hosts.count; i++) {
        struct ptl_host host = ptl_hosts_get(&hosts, i);
        struct ptl_block block;
        bool is_block;
        char file[32];
        snprintf(file, sizeof(file), "f%zu", i / 2);
        assert_int_equal(ptl_block_parse(texts[i % COUNT(texts)], &block, &is_block, NULL), PTL_OK);
        assert_string_equal(host.text, texts[i % COUNT(texts)]);
        assert_string_equal(host.file, file);
        assert_int_equal(host.line, lines[i % COUNT(lines)]);
        assert_int_equal(host.column, lines[(i + 1) % COUNT(lines)]);
        assert_int_equal(ptl_address_compare(&host.block.first, &block.first), 0);
        assert_int_equal(ptl_address_compare(&host.block.last, &block.last), 0);
    }
    ptl_hosts_free(&hosts);
}

static void names_with_their_address(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    static const char *const good[][3] = {
        {"web.test=10.0.0.1", "web.test", "10.0.0.1"},
        {"Web_1=::1", "Web_1", "::1"},
        {"w=[2001:db8::1]", "w", "2001:db8::1"},
        {"w=::ffff:10.0.0.1", "w", "10.0.0.1"},
        {"w=ffff:ffff::ffff:ffff:ffff:ffff", "w", "ffff:ffff:0:0:ffff:ffff:ffff:ffff"}};
    for (size_t i = 0; i < COUNT(good); i++)
        add(&hosts, good[i][0], "", i + 1);
    for (size_t i = 0; i < COUNT(good); i++) {
        struct ptl_host host = ptl_hosts_get(&hosts, i);
        struct ptl_address wanted;
        assert_int_equal(ptl_address_parse(good[i][2], &wanted, NULL), PTL_OK);
        assert_string_equal(host.text, good[i][1]);
        assert_true(host.is_name && host.is_known && !ptl_host_is_to_resolve(&host));
        assert_int_equal(ptl_address_compare(&host.block.first, &wanted), 0);
        assert_int_equal(ptl_address_compare(&host.block.last, &wanted), 0);
    }
    static const char *const wrong[] = {
        "=10.0.0.1",         "web.test=",    "web.test=web", "web.test=10.0.0.0/24",
        "10.0.0.1=10.0.0.2", "a=b=10.0.0.1", "a b=10.0.0.1", "web.test=10.0.0.1-2"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char message[200];
        snprintf(message, sizeof(message), "p.yaml:3:5: \"%s\" is no NAME=ADDRESS\n", wrong[i]);
        add(&hosts, wrong[i], message, COUNT(good));
    }
    add(&hosts, "w=0.0.0.0", "p.yaml:3:5: \"w=0.0.0.0\" holds an address which is no target\n",
        COUNT(good));
    ptl_hosts_free(&hosts);
}

static void host_bits_are_counted(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {.is_exclude = true};
    struct ptl_host first;
    char text[PTL_HOST_BITS_SIZE];
    add(&hosts, "10.0.0.0/24", "", 1);
    assert_false(ptl_hosts_with_bits(&hosts, &first, text));
    add(&hosts, "10.0.0.5/24", "", 2);
    assert_true(ptl_hosts_with_bits(&hosts, &first, text));
    assert_string_equal(text, "10.0.0.5/24 is every address of 10.0.0.0/24: its host bits are set");
    add(&hosts, "2001:db8::5/64", "", 3);
    add(&hosts, "2001:db8::5/128", "", 4);
    assert_true(ptl_hosts_with_bits(&hosts, &first, text));
    assert_string_equal(first.text, "10.0.0.5/24");
    assert_string_equal(text, "10.0.0.5/24 is every address of 10.0.0.0/24: its host bits are set, "
                              "as in 1 more of exclude_hosts");
    ptl_hosts_free(&hosts);
}

static void an_origin_is_optional(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    ptl_hosts_add(&hosts, "127.0.0.1", NULL, NULL, NULL);
    assert_int_equal(hosts.count, 1);
    assert_null(ptl_hosts_get(&hosts, 0).file);
    ptl_hosts_add(&hosts, "127.0.0.1/99", NULL, NULL, NULL); /* nobody to tell: no crash */
    assert_int_equal(hosts.count, 1);
    ptl_hosts_free(&hosts);
}

static void names_by_rfc_1123(void **state)
{
    (void)state;
    char label[65], name[300] = "";
    memset(label, 'a', sizeof(label));
    label[63] = '\0';
    const char *good[] = {"a",  "A-1", "a_b", "_x.y", "a.example.", "1a", "xn--bcher-kva.example",
                          label};
    struct ptl_hosts hosts = {0};
    for (size_t i = 0; i < COUNT(good); i++)
        add(&hosts, good[i], "", i + 1);
    ptl_hosts_free(&hosts);
    static const char *const bad[] = {"-a",   "a-",   "a..b", ".a",   ".",         "a.-b",
                                      "a-.b", "a b",  "a@b",  "*",    "b\xC3\xBC", "a,b",
                                      "http", "a\"b", "~",    "a\\b", "$(x)"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char message[128];
        if (strcmp(bad[i], "http") == 0 || strcmp(bad[i], ".") == 0)
            continue;
        snprintf(message, sizeof(message), "p.yaml:3:5: \"%s\" is no address, range or host name\n",
                 bad[i]);
        add(&hosts, bad[i], message, 0);
    }
    label[63] = 'a';
    label[64] = '\0';
    char message[500];
    snprintf(message, sizeof(message), "p.yaml:3:5: \"%s\" is no address, range or host name\n",
             label);
    add(&hosts, label, message, 0);
    for (int i = 0; i < 126; i++)
        strcat(name, "a.");
    strcat(name, "b"); /* 253 bytes, the most there may be */
    add(&hosts, name, "", 1);
    strcat(name, "c");
    snprintf(message, sizeof(message), "p.yaml:3:5: \"%s\" is no address, range or host name\n",
             name);
    add(&hosts, name, message, 1);
    add(&hosts, "a\x1B[2J", "p.yaml:3:5: \"a\\x1B[2J\" is no address\n", 1);
    add(&hosts, "a\x1Bz", "p.yaml:3:5: \"a\\x1Bz\" is no address, range or host name\n", 1);
    ptl_hosts_free(&hosts);
}

static void the_unspecified_address_is_no_target(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    add(&hosts, "0.0.0.0", "p.yaml:3:5: \"0.0.0.0\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "0.0.0.0/0", "p.yaml:3:5: \"0.0.0.0/0\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "0.0.0.0-5", "p.yaml:3:5: \"0.0.0.0-5\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "0.9.9.9/8", "p.yaml:3:5: \"0.9.9.9/8\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "::", "p.yaml:3:5: \"::\" holds ::, which is no target\n", 0);
    add(&hosts, "::/120", "p.yaml:3:5: \"::/120\" holds ::, which is no target\n", 0);
    add(&hosts, "::ffff:0.0.0.0",
        "p.yaml:3:5: \"::ffff:0.0.0.0\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "::ffff:0:0/96",
        "p.yaml:3:5: \"::ffff:0:0/96\" holds 0.0.0.0, which is no target\n", 0);
    add(&hosts, "0.0.0.1-255.255.255.255", "", 1);
    add(&hosts, "::1-::ff", "", 2);
    ptl_hosts_free(&hosts);
}

/* Lists of what must never be scanned begin with 0.0.0.0/8. */
static void an_exclude_may_hold_it(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {.is_exclude = true};
    struct ptl_problems problems = {0};
    ptl_hosts_add(&hosts, "0.0.0.0/8", NULL, NULL, &problems);
    ptl_hosts_add(&hosts, "::", NULL, NULL, &problems);
    assert_int_equal(problems.count, 0);
    assert_int_equal(hosts.count, 2);
    ptl_hosts_free(&hosts);
}

static void files_as_people_write_them(void **state)
{
    (void)state;
    CHECK_FILE("", "", 0);
    CHECK_FILE("# a comment\n\n   \n\t\n#\n", "", 0);
    CHECK_FILE("127.0.0.1\n::1\n", "", 2);
    CHECK_FILE("127.0.0.1\n::1", "", 2); /* no newline at the end */
    CHECK_FILE("127.0.0.1\r\n# c\r\n\r\n::1\r\n", "", 2);
    CHECK_FILE("127.0.0.1\r\n::1\r", "", 2);
    CHECK_FILE("  127.0.0.1\t# the machine itself\n10.0.0.0/30#c\n", "", 2);
    CHECK_FILE("\xEF\xBB\xBF"
               "127.0.0.1\n",
               "", 1);
    CHECK_FILE("127.0.0.1 # caf\xC3\xA9\n", "", 1);
    struct ptl_hosts hosts = {0};
    write_bytes("h", "# one\n\n  10.0.0.1  # two\nweb.example\n", 37);
    add(&hosts, "file:h", "", 2); /* without the blank too */
    assert_string_equal(ptl_hosts_get(&hosts, 0).text, "10.0.0.1");
    assert_string_equal(ptl_hosts_get(&hosts, 0).file, "h");
    assert_int_equal(ptl_hosts_get(&hosts, 0).line, 3);
    assert_int_equal(ptl_hosts_get(&hosts, 0).column, 3);
    assert_true(ptl_hosts_get(&hosts, 1).is_name);
    add(&hosts, "file: \t h", "", 4);
    ptl_hosts_free(&hosts);
}

static void wrong_lines_are_told_and_the_others_kept(void **state)
{
    (void)state;
    CHECK_FILE("10.0.0.1\n10.0.0.1/40\n  a b # c\n0.0.0.0\n10.0.0.2\n",
               "h:2:1: \"10.0.0.1/40\": the prefix length must be 0 to 32\n"
               "h:3:3: \"a b\" is no address, range or host name\n"
               "h:4:1: \"0.0.0.0\" holds 0.0.0.0, which is no target\n",
               2);
    CHECK_FILE("file: other\n127.0.0.1\n", "h:1:1: a hosts file cannot name another file\n", 1);
    CHECK_FILE("10.0.0.1\0\n10.0.0.2\n", "h:1:1: a NUL byte\n", 1);
    CHECK_FILE("\0", "h:1:1: a NUL byte\n", 0);
    CHECK_FILE("10.0.0.1 # \xFF\n10.0.0.2\n", "h:1:1: not valid UTF-8\n", 1);
    CHECK_FILE("a\x1B[2J\n", "h:1:1: \"a\\x1B[2J\" is no address\n", 0);
}

/* A carriage return in mid-line ends none: what follows must not be lost in silence. */
static void a_lone_carriage_return_hides_nothing(void **state)
{
    (void)state;
    CHECK_FILE("10.0.0.1\r10.0.0.2\r10.0.0.3\r",
               "h:1:1: \"10.0.0.1\\x0D10.0.0.2\\x0D10.0.0.3\" is no address, range or host name\n",
               0);
    CHECK_FILE("web.example\rmail.example\n",
               "h:1:1: \"web.example\\x0Dmail.example\" is no address, range or host name\n", 0);
}

static void long_lines(void **state)
{
    (void)state;
    char text[4096];
    /* The longest line that is taken is 1,024 bytes; a comment is part of it. */
    for (size_t length = 1023; length <= 1026; length++) {
        memset(text, '#', length);
        memcpy(text, "10.0.0.1 ", 9);
        memcpy(text + length, "\n10.0.0.2\n", 10);
        bool is_taken = length <= 1024;
        check_file(text, length + 10, is_taken ? "" : "h:1:1: a line of more than 1024 bytes\n",
                   is_taken ? 2 : 1);
    }
    /* It is the length that is wrong, also where the limit falls inside a character. */
    memset(text, '#', 1024);
    for (size_t i = 1023; i < 2001; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    memcpy(text + 2001, "\n", 1);
    check_file(text, 2002, "h:1:1: a line of more than 1024 bytes\n", 0);
    memmove(text + 1, text, 2002);
    check_file(text, 2003, "h:1:1: a line of more than 1024 bytes\n", 0);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    add(&hosts, "file: none", "p.yaml:3:5: hosts file none: No such file or directory\n", 0);
    add(&hosts, "file: .", "p.yaml:3:5: hosts file .: Is a directory\n", 0);
    add(&hosts, "file:", "p.yaml:3:5: \"file:\" without a path\n", 0);
    add(&hosts, "file:   ", "p.yaml:3:5: \"file:\" without a path\n", 0);
    add(&hosts, "file: /dev/null", "", 0);
    add(&hosts, "file: /dev/zero", "p.yaml:3:5: hosts file /dev/zero: it is a device\n", 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    add(&hosts, "file: pipe", "p.yaml:3:5: hosts file pipe: it is a named pipe\n", 0);
    assert_int_equal(unlink("pipe"), 0);
    ptl_hosts_free(&hosts);
}

/* However often a file is named: all that is read counts together. */
static void endless_files_by_the_hundred(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    struct ptl_problems problems = {0};
    FILE *endless = fopen("endless", "w");
    assert_non_null(endless);
    assert_int_equal(ftruncate(fileno(endless), (off_t)PTL_HOSTS_FILES_MAX * 2), 0);
    fclose(endless);
    for (int i = 0; i < 100; i++)
        ptl_hosts_add(&hosts, "file: endless", NULL, NULL, &problems);
    assert_int_equal(unlink("endless"), 0);
    assert_int_equal(problems.count, 100);
    assert_string_equal(problems.items[0].message, "more than 67108864 bytes of hosts files");
    assert_int_equal(problems.items[0].line, 1);
    assert_true(hosts.file_bytes <= PTL_HOSTS_FILES_MAX + 100);
    ptl_problems_free(&problems);
    ptl_hosts_free(&hosts);
}

/* An entry of any length is quoted as far as it has room; nothing says that memory ran out. */
static void a_long_entry_is_quoted_in_part(void **state)
{
    (void)state;
    static char text[100001];
    struct ptl_hosts hosts = {0};
    struct ptl_problems problems = {0};
    memset(text, 'a', sizeof(text) - 1);
    ptl_hosts_add(&hosts, text, NULL, NULL, &problems);
    memset(text, '\033', sizeof(text) - 1);
    ptl_hosts_add(&hosts, text, NULL, NULL, &problems);
    memset(text, '1', sizeof(text) - 1);
    ptl_hosts_add(&hosts, text, NULL, NULL, &problems);
    assert_int_equal(problems.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(problems.items[i].code, PTL_E_INVALID);
    assert_non_null(strstr(problems.items[0].message, "aaa...\" is no address, range or host"));
    assert_non_null(strstr(problems.items[1].message, "\\x1B...\" is no address, range or host"));
    assert_non_null(strstr(problems.items[2].message, "\"1111"));
    ptl_problems_free(&problems);
    ptl_hosts_free(&hosts);
}

static void paths_are_relative_to_the_profile(void **state)
{
    (void)state;
    char full[128];
    struct ptl_hosts hosts = {0};
    struct ptl_problems problems = {0};
    assert_int_equal(system("mkdir sub"), 0);
    write_bytes("sub/h", "10.0.0.1\n", 9);
    ptl_hosts_add(&hosts, "file: h", NULL, "sub", &problems);
    assert_string_equal(ptl_hosts_get(&hosts, 0).file, "sub/h");
    snprintf(full, sizeof(full), "file: %s/sub/h", directory);
    ptl_hosts_add(&hosts, full, NULL, "elsewhere", &problems); /* absolute: not joined */
    assert_int_equal(hosts.count, 2);
    assert_int_equal(problems.count, 0);
    ptl_hosts_free(&hosts);
}

static void too_many_hosts(void **state)
{
    (void)state;
    struct ptl_hosts hosts = {0};
    FILE *file = fopen("h", "w");
    assert_non_null(file);
    for (unsigned i = 0; i < PTL_HOSTS_MAX; i++)
        fputs("1.1.1.1\n", file);
    assert_int_equal(fclose(file), 0);
    add(&hosts, "file: h", "", PTL_HOSTS_MAX);
    add(&hosts, "10.0.0.1", "p.yaml:3:5: more than 1000000 hosts in one list\n", PTL_HOSTS_MAX);
    ptl_hosts_free(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_names_in_order),
        cmocka_unit_test(every_kind_of_entry_comes_back),
        cmocka_unit_test(names_with_their_address),
        cmocka_unit_test(host_bits_are_counted),
        cmocka_unit_test(an_origin_is_optional),
        cmocka_unit_test(names_by_rfc_1123),
        cmocka_unit_test(the_unspecified_address_is_no_target),
        cmocka_unit_test(an_exclude_may_hold_it),
        cmocka_unit_test(files_as_people_write_them),
        cmocka_unit_test(wrong_lines_are_told_and_the_others_kept),
        cmocka_unit_test(a_lone_carriage_return_hides_nothing),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(paths_are_relative_to_the_profile),
        cmocka_unit_test(too_many_hosts),
        cmocka_unit_test(endless_files_by_the_hundred),
        cmocka_unit_test(a_long_entry_is_quoted_in_part),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
