#include "support/cmocka_all.h"

#include "report/xml_text.h"

static void becomes(const char *text, const char *wanted)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    ptl_xml_add_text(&buf, text);
    assert_string_equal(ptl_buf_text(&buf), wanted);
    assert_false(buf.failed);
    ptl_buf_free(&buf);
}

static void test_text(void **state)
{
    (void)state;
    becomes("", "");
    becomes("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;");
    becomes("]]>", "]]&gt;");
    becomes("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    /* What XML 1.0 has no way to write: shown, or replaced. */
    becomes("\x01\x1b[0m\n", "\\x01\\x1B[0m\\x0A");
    becomes("\xff\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    becomes("\xef\xbf\xbe|\xef\xbf\xbf", "\xef\xbf\xbd|\xef\xbf\xbd");
}

static void test_attribute(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    ptl_xml_add_attribute(&buf, "name", "\"><x y='");
    assert_string_equal(ptl_buf_text(&buf), " name=\"&quot;&gt;&lt;x y=&#39;\"");
    ptl_buf_free(&buf);
    ptl_buf_init(&buf, 10);
    ptl_xml_add_attribute(&buf, "name", "more than there is room for");
    assert_true(buf.failed);
    ptl_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
