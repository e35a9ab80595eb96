#include "helper.h"

#include "profile/fields.h"

/* The pages quote the examples: each must load. */
static void examples_load(void **state)
{
    (void)state;
    char directory[64];
    enter_directory(directory);
    write_file("base.yaml", BASE);
    write_file("slow.yaml", "rate: 100\n");
    write_file("more-hosts.txt", "127.0.0.1\n");
    for (size_t i = 0; i < ptl_field_count; i++) {
        char text[1024];
        const struct ptl_field *field = &ptl_fields[i];
        assert_non_null(field->example);
        snprintf(text, sizeof(text), "%s%s%s%s\n",
                 strcmp(field->name, "hosts") == 0 ? "" : "hosts: 127.0.0.1\n",
                 strcmp(field->name, "ports") == 0 ? "" : "ports: 22\n",
                 strcmp(field->name, "scope") == 0 ? "" : "scope: [any]\n", field->example);
        ptl_profile_free(load_good(text));
    }
    unlink("base.yaml");
    unlink("slow.yaml");
    unlink("more-hosts.txt");
    assert_int_equal(chdir("/"), 0);
    rmdir(directory);
}

static void schema_and_reference_name_every_key(void **state)
{
    (void)state;
    struct ptl_buf schema, page;
    ptl_buf_init(&schema, 1 << 20);
    ptl_buf_init(&page, 1 << 20);
    ptl_profile_schema(&schema);
    ptl_profile_reference(&page);
    assert_false(schema.failed || page.failed);
    const char *key, *summary;
    for (size_t i = 0; ptl_profile_key(i, &key, &summary); i++) {
        char heading[64], property[64];
        snprintf(heading, sizeof(heading), "\n## %s\n", key);
        snprintf(property, sizeof(property), "\"%s\":", key);
        assert_non_null(strstr(ptl_buf_text(&schema), property));
        assert_non_null(strstr(ptl_buf_text(&page), heading));
    }
    ptl_buf_free(&schema);
    ptl_buf_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_load),
        cmocka_unit_test(schema_and_reference_name_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
