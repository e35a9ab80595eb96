#include "helper.h"

#include "profile/document.h"
#include "profile/node.h"

static const struct ptl_source source = {"t.yaml", "", false};

static struct ptl_node *parse(struct ptl_tree *tree, const char *text)
{
    struct ptl_problems problems = {0};
    struct ptl_node *node = ptl_document_parse(tree, &source, text, strlen(text), &problems);
    assert_int_equal(problems.count, 0);
    assert_non_null(node);
    return node;
}

/* The core schema: what a plain scalar is, and that quotes make it a string. */
static void strings_and_others(void **state)
{
    (void)state;
    static const char *const others[] = {"1",     "-1",    "+1",    "007",     "1.5",  "1.",
                                         ".5",    "1e5",   "1E+5",  "-1.5e-3", "0x1F", "0o17",
                                         ".inf",  "-.INF", "+.Inf", ".nan",    ".NaN", "true",
                                         "false", "null",  "~",     "Null"};
    static const char *const strings[] = {"a",     "True", "TRUE", "yes", "no",  "on",   "off",
                                          "nan",   "inf",  "0x",   "0xG", "0o8", "0b11", "1_000",
                                          "1.5.2", "1e",   "e5",   ".",   "..",  "-",    "+",
                                          "12:30", "none", "nULL", "1 2", "1-5", ".infx"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        struct ptl_node node = {.kind = PTL_NODE_SCALAR, .plain = true, .text = others[i]};
        if (!ptl_node_is_other_than_string(&node))
            fail_msg("%s is no string", others[i]);
        node.plain = false;
        assert_false(ptl_node_is_other_than_string(&node));
        assert_false(ptl_node_is_null(&node));
    }
    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
        struct ptl_node node = {.kind = PTL_NODE_SCALAR, .plain = true, .text = strings[i]};
        if (ptl_node_is_other_than_string(&node))
            fail_msg("%s is a string", strings[i]);
    }
    struct ptl_node list = {.kind = PTL_NODE_SEQUENCE};
    assert_false(ptl_node_is_other_than_string(&list));
    assert_false(ptl_node_is_null(&list));
}

static const char *text_of(const struct ptl_node *mapping, const char *key)
{
    const struct ptl_pair *pair = ptl_node_find(mapping, key);
    return pair && pair->value->kind == PTL_NODE_SCALAR ? pair->value->text : NULL;
}

static void merging(void **state)
{
    (void)state;
    struct ptl_tree tree = {0};
    struct ptl_node *parent =
        parse(&tree, "{a: 1, b: {x: 1, y: {p: 1, q: 1}}, c: [1], d: {k: 1}, e: 5}");
    struct ptl_node *child =
        parse(&tree, "{f: 6, b: {y: {q: 2}, z: 2}, c: [2, 3], d: 4, e: {k: 2}}");
    struct ptl_node *merged = ptl_node_merge(&tree, parent, child);
    assert_non_null(merged);
    assert_int_equal(merged->count, 6);
    assert_string_equal(text_of(merged, "a"), "1");
    assert_string_equal(text_of(merged, "f"), "6");
    const struct ptl_node *b = ptl_node_find(merged, "b")->value;
    assert_int_equal(b->count, 3);
    assert_string_equal(text_of(b, "x"), "1");
    assert_string_equal(text_of(b, "z"), "2");
    const struct ptl_node *y = ptl_node_find(b, "y")->value;
    assert_string_equal(text_of(y, "p"), "1");
    assert_string_equal(text_of(y, "q"), "2");
    assert_int_equal(ptl_node_find(merged, "c")->value->count, 2); /* lists replace */
    assert_string_equal(text_of(merged, "d"), "4");                /* as does another kind */
    assert_int_equal(ptl_node_find(merged, "e")->value->kind, PTL_NODE_MAPPING);
    /* Neither of the two was changed: an alias may share them. */
    assert_int_equal(parent->count, 5);
    assert_int_equal(ptl_node_find(parent, "b")->value->count, 2);
    struct ptl_node *empty = parse(&tree, "{}");
    assert_int_equal(ptl_node_merge(&tree, empty, parent)->count, 5);
    assert_int_equal(ptl_node_merge(&tree, parent, empty)->count, 5);
    assert_int_equal(ptl_node_merge(&tree, empty, empty)->count, 0);
    struct ptl_node *list = parse(&tree, "[1]");
    assert_ptr_equal(ptl_node_merge(&tree, parent, list), list);
    assert_ptr_equal(ptl_node_merge(&tree, list, parent), parent);
    ptl_tree_free(&tree);
}

static void with_one_key_more(void **state)
{
    (void)state;
    struct ptl_tree tree = {0};
    struct ptl_node *mapping = parse(&tree, "{a: 1, b: 2}");
    struct ptl_node *key = parse(&tree, "b"), *other = parse(&tree, "c"),
                    *value = parse(&tree, "9");
    struct ptl_node *changed = ptl_node_with(&tree, mapping, key, value);
    assert_int_equal(changed->count, 2);
    assert_string_equal(text_of(changed, "b"), "9");
    assert_string_equal(text_of(mapping, "b"), "2");
    changed = ptl_node_with(&tree, changed, other, value);
    assert_int_equal(changed->count, 3);
    assert_string_equal(text_of(changed, "c"), "9");
    assert_null(ptl_node_find(mapping, "c"));
    assert_null(ptl_node_find(value, "c"));
    assert_null(ptl_node_find(NULL, "c"));
    ptl_tree_free(&tree);
}

static void weights_count_aliases_each_time(void **state)
{
    (void)state;
    struct ptl_tree tree = {0};
    struct ptl_node *root = parse(&tree, "[&a [x, yz], *a, *a]");
    assert_int_equal(root->count, 3);
    assert_int_equal(root->weight, 1 + 3 * 3);
    assert_int_equal(root->bytes, 3 * 3);
    assert_int_equal(root->height, 2);
    assert_int_equal(tree.weight, root->weight);
    assert_int_equal(tree.bytes, root->bytes);
    assert_ptr_equal(root->items[0], root->items[2]); /* shared, not copied */
    ptl_tree_free(&tree);
}

/* Texts fit for a message: printable, and cut between characters. */
static void shown_texts(void **state)
{
    (void)state;
    char out[PTL_SHOWN_SIZE], text[400];
    assert_string_equal(ptl_shown("", out), "");
    assert_string_equal(ptl_shown("a\nb\x1B", out), "a\\x0Ab\\x1B");
    assert_string_equal(ptl_shown("\xC3\xA9", out), "\xC3\xA9");
    assert_string_equal(ptl_shown("\xE2\x80\xAE", out),
                        "\\u{202E}"); /* would turn the line round */
    for (size_t length = 80; length < 100; length++) {
        memset(text, 'a', length);
        text[length] = '\0';
        ptl_shown(text, out);
        assert_true(strlen(out) < PTL_SHOWN_SIZE);
        assert_int_equal(strcmp(out, text) != 0, strcmp(out + strlen(out) - 3, "...") == 0);
        strcpy(text + length, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80");
        ptl_shown(text, out);
        assert_null(strstr(out, "\xEF\xBF\xBD")); /* no character was cut in two */
        assert_string_equal(out + strlen(out) - 3, "...");
    }
    memset(text, '\x1B', 80);
    text[80] = '\0';
    ptl_shown(text, out);
    assert_true(strlen(out) < PTL_SHOWN_SIZE);
    assert_string_equal(out + strlen(out) - 3, "...");
}

static void memory_of_a_tree(void **state)
{
    (void)state;
    struct ptl_tree tree = {0};
    assert_null(ptl_tree_alloc(&tree, SIZE_MAX));
    assert_true(tree.failed);
    tree.failed = false;
    unsigned char *big = ptl_tree_alloc(&tree, 100000), *small = ptl_tree_alloc(&tree, 1);
    assert_non_null(big);
    assert_non_null(small);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(big[i], 0);
    assert_int_equal((uintptr_t)small % _Alignof(max_align_t), 0);
    assert_string_equal(ptl_tree_copy(&tree, "abc", 2), "ab");
    assert_string_equal(ptl_tree_copy(&tree, NULL, 0), "");
    ptl_tree_free(&tree);
    ptl_tree_free(&tree); /* nothing is left to free */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_and_others), cmocka_unit_test(merging),
        cmocka_unit_test(with_one_key_more),  cmocka_unit_test(weights_count_aliases_each_time),
        cmocka_unit_test(shown_texts),        cmocka_unit_test(memory_of_a_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
