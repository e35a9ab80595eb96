#include "results/read.h"

#include "base/text.h"
#include "results/reader.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA_FAMILY "portolan-results/"
#define SCHEMA SCHEMA_FAMILY "1"

static enum ptl_status read_schema(struct ptl_reader *reader, struct ptl_members *members)
{
    (void)reader;
    const char *schema = "";
    if (!ptl_json_as_string(members->json, &schema))
        return ptl_error_at(members->error, members->place, "\"schema\" is no string");
    if (strcmp(schema, SCHEMA) == 0)
        return PTL_OK;
    if (strncmp(schema, SCHEMA_FAMILY, strlen(SCHEMA_FAMILY)) == 0)
        return ptl_error_at(members->error, members->place,
                            "the file is \"%s\" and this version of portolan reads \"%s\" only",
                            schema, SCHEMA);
    return ptl_error_at(members->error, members->place,
                        "no results of portolan: the schema is \"%s\", not \"%s\"", schema, SCHEMA);
}

static enum ptl_status read_type(struct ptl_reader *reader, struct ptl_members *members)
{
    const char *type = "";
    if (!ptl_json_as_string(members->json, &type) || strlen(type) >= sizeof(reader->type))
        return ptl_error_at(members->error, members->place,
                            "\"type\" is none that this version knows");
    strcpy(reader->type, type);
    return PTL_OK;
}

static const struct part {
    const char *key;
    const char *what; /* one of them, in messages */
    bool is_list;     /* taken element by element, so that it may be long */
    ptl_take *take;
} parts[PTL_PART_COUNT] = {
    [PTL_PART_SCHEMA] = {"schema", NULL, false, read_schema},
    [PTL_PART_TOOL] = {"tool", "tool", false, ptl_read_tool},
    [PTL_PART_RUN] = {"run", "run", false, ptl_read_run},
    [PTL_PART_SUMMARY] = {"summary", "summary", false, ptl_read_summary},
    [PTL_PART_OPEN_PORTS] = {"open_ports", "the results", false, ptl_read_open_ports},
    [PTL_PART_UNRESOLVED] = {"unresolved", "unresolved", true, ptl_read_unresolved},
    [PTL_PART_WARNINGS] = {"warnings", NULL, true, ptl_read_warning},
    [PTL_PART_EXPECTATIONS] = {"expectations", "an expectation", true, ptl_read_expectation},
    [PTL_PART_TARGETS] = {"targets", "a target", true, ptl_read_target},
    [PTL_PART_RESULTS] = {"results", "a result", true, ptl_read_result},
    [PTL_PART_TYPE] = {"type", NULL, false, read_type},
    [PTL_PART_MERGED] = {"merged", "a merged run", true, ptl_read_merged},
    [PTL_PART_DISAGREEMENTS] = {"disagreements", "a disagreement", true, ptl_read_disagreement},
    [PTL_PART_UNTOUCHED] = {"untouched", "untouched", false, ptl_read_untouched},
    [PTL_PART_CHANGES] = {"changes", "changes", false, ptl_read_changes},
};

static enum ptl_status take(struct ptl_reader *reader, const struct part *part,
                            const struct ptl_json *json, const struct ptl_origin *place,
                            struct ptl_error *error)
{
    struct ptl_members members = {.json = json, .place = place, .what = part->what, .error = error};
    return part->take(reader, &members);
}

/* Takes `,` (true) or `close` (false). */
static enum ptl_status go_on(struct ptl_reader *reader, char close, bool *more,
                             struct ptl_error *error)
{
    int next;
    enum ptl_status status = ptl_pieces_peek(reader->pieces, &next, error);
    if (status != PTL_OK)
        return status;
    *more = next == ',';
    return ptl_pieces_expect(reader->pieces, *more ? ',' : close, error);
}

/* Takes `open`, and `close` where nothing stands between them: then *more is false. */
static enum ptl_status go_in(struct ptl_reader *reader, char open, char close, bool *more,
                             struct ptl_error *error)
{
    int next = 0;
    enum ptl_status status = ptl_pieces_expect(reader->pieces, open, error);
    if (status == PTL_OK)
        status = ptl_pieces_peek(reader->pieces, &next, error);
    *more = next != close;
    if (status == PTL_OK && !*more)
        ptl_pieces_drop(reader->pieces);
    return status;
}

/* `part` NULL: passes over it. */
static enum ptl_status take_value(struct ptl_reader *reader, const struct part *part,
                                  struct ptl_error *error)
{
    struct ptl_json *json = NULL;
    struct ptl_origin place;
    bool taken = false;
    enum ptl_status status = PTL_OK;
    if (part == &parts[PTL_PART_RESULTS]) /* there may be millions */
        status = ptl_read_result_at_sight(reader, &taken, error);
    if (status != PTL_OK || taken)
        return status;
    status = ptl_pieces_value(reader->pieces, part != NULL ? &json : NULL, &place, error);
    if (status == PTL_OK && part != NULL)
        status = take(reader, part, json, &place, error);
    ptl_json_free(json);
    return status;
}

static enum ptl_status take_list(struct ptl_reader *reader, const struct part *part,
                                 struct ptl_error *error)
{
    bool more;
    enum ptl_status status = go_in(reader, '[', ']', &more, error);
    while (status == PTL_OK && more) {
        status = take_value(reader, part, error);
        if (status == PTL_OK)
            status = go_on(reader, ']', &more, error);
    }
    return status;
}

/* Which part a key names; NULL: none known. Refuses one that came before. */
static enum ptl_status find_part(struct ptl_reader *reader, const char *key,
                                 const struct ptl_origin *place, const struct part **part,
                                 struct ptl_error *error)
{
    unsigned number = 0;
    while (number < PTL_PART_COUNT && strcmp(parts[number].key, key) != 0)
        number++;
    *part = number < PTL_PART_COUNT ? &parts[number] : NULL;
    if (*part == NULL)
        return PTL_OK;
    if ((reader->seen >> number & 1U) != 0)
        return ptl_error_at(error, place, "the key \"%s\" stands twice", key);
    reader->seen |= 1U << number;
    return PTL_OK;
}

static enum ptl_status take_member(struct ptl_reader *reader, struct ptl_error *error)
{
    struct ptl_json *key_json = NULL;
    struct ptl_origin place;
    const char *key = NULL;
    const struct part *part = NULL;
    int next = 0;
    enum ptl_status status = ptl_pieces_value(reader->pieces, &key_json, &place, error);
    if (status == PTL_OK && !ptl_json_as_string(key_json, &key))
        status = ptl_error_at(error, &place, "not valid JSON: a key was expected");
    if (status == PTL_OK)
        status = find_part(reader, key, &place, &part, error);
    ptl_json_free(key_json);
    if (status == PTL_OK)
        status = ptl_pieces_expect(reader->pieces, ':', error);
    if (status == PTL_OK)
        status = ptl_pieces_peek(reader->pieces, &next, error);
    if (status != PTL_OK)
        return status;
    /* A list that a later version adds may be long too. */
    bool is_list = part == NULL ? next == '[' : part->is_list;
    return is_list ? take_list(reader, part, error) : take_value(reader, part, error);
}

static enum ptl_status take_object(struct ptl_reader *reader, struct ptl_error *error)
{
    bool more;
    enum ptl_status status = go_in(reader, '{', '}', &more, error);
    while (status == PTL_OK && more) {
        status = take_member(reader, error);
        if (status == PTL_OK && reader->is_head && (reader->seen >> PTL_PART_RUN & 1U) != 0)
            return PTL_OK;
        if (status == PTL_OK)
            status = go_on(reader, '}', &more, error);
    }
    return status;
}

/* The last line of jsonl, whole, where its keys did not come in our order. */
static enum ptl_status take_summary(struct ptl_reader *reader, const struct ptl_json *json,
                                    const struct ptl_origin *place, struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (const struct ptl_json *member = ptl_json_first(json); member != NULL && status == PTL_OK;
         member = ptl_json_next(member)) {
        const struct part *part;
        status = find_part(reader, ptl_json_key(member), place, &part, error);
        if (status != PTL_OK || part == NULL)
            continue;
        if (!part->is_list) {
            status = take(reader, part, member, place, error);
            continue;
        }
        if (ptl_json_type(member) != PTL_JSON_ARRAY)
            status = ptl_error_at(error, place, "\"%s\" is no list", part->key);
        for (const struct ptl_json *one = ptl_json_first(member); one != NULL && status == PTL_OK;
             one = ptl_json_next(one))
            status = take(reader, part, one, place, error);
    }
    return status;
}

/* What the last line says anew, or for the first time. */
static void expect_summary(struct ptl_reader *reader)
{
    reader->seen &= ~(1U << PTL_PART_RUN | 1U << PTL_PART_TYPE);
}

static enum ptl_status take_line(struct ptl_reader *reader, bool *last, struct ptl_error *error)
{
    if (ptl_pieces_begin_with(reader->pieces, "{\"type\":\"summary\"")) {
        *last = true;
        expect_summary(reader);
        return take_object(reader, error);
    }
    struct ptl_json *json = NULL;
    struct ptl_origin place;
    const char *type = "";
    enum ptl_status status = ptl_pieces_value(reader->pieces, &json, &place, error);
    if (status != PTL_OK)
        return status;
    ptl_json_as_string(ptl_json_get(json, "type"), &type);
    if (strcmp(type, "result") == 0) {
        status = take(reader, &parts[PTL_PART_RESULTS], json, &place, error);
    } else if (strcmp(type, "target") == 0) {
        status = take(reader, &parts[PTL_PART_TARGETS], json, &place, error);
    } else if (strcmp(type, "summary") == 0) {
        *last = true;
        expect_summary(reader);
        status = take_summary(reader, json, &place, error);
    } else if (strcmp(type, "run") == 0 || type[0] == '\0') {
        status = ptl_error_at(
            error, &place, type[0] == '\0' ? "a line without a type" : "a second run in the file");
    } /* a kind of line that a later version adds is skipped */
    ptl_json_free(json);
    return status;
}

static enum ptl_status take_lines(struct ptl_reader *reader, struct ptl_error *error)
{
    bool last = false;
    while (!last) {
        int next;
        enum ptl_status status = ptl_pieces_peek(reader->pieces, &next, error);
        struct ptl_origin place = ptl_pieces_place(reader->pieces);
        if (status == PTL_OK && next == PTL_PIECES_END) {
            reader->is_cut = true; /* killed, or still running */
            return PTL_OK;
        }
        if (status == PTL_OK && next != '{')
            return ptl_error_at(error, &place, "not valid JSON: a line that is no object");
        if (status == PTL_OK)
            status = take_line(reader, &last, error);
        reader->is_cut = status == PTL_E_INVALID && ptl_pieces_truncated(reader->pieces);
        if (status != PTL_OK || reader->is_cut)
            return reader->is_cut ? PTL_OK : status;
    }
    return PTL_OK;
}

static enum ptl_status take_file(struct ptl_reader *reader, struct ptl_error *error)
{
    int next;
    enum ptl_status status = ptl_pieces_peek(reader->pieces, &next, error);
    struct ptl_origin place = ptl_pieces_place(reader->pieces);
    if (status == PTL_OK && next == PTL_PIECES_END)
        return ptl_error_at(error, &place, "the file is empty");
    if (status == PTL_OK && next != '{')
        return ptl_error_at(error, &place,
                            "no results of portolan: results.json and jsonl begin with {");
    if (status == PTL_OK)
        status = take_object(reader, error);
    if (status != PTL_OK)
        return status;
    if ((reader->seen >> PTL_PART_SCHEMA & 1U) == 0)
        return ptl_error_at(error, &place, "no results of portolan: the key \"schema\" is missing");
    if (reader->is_head && (reader->seen >> PTL_PART_RUN & 1U) != 0)
        return PTL_OK;
    reader->is_lines = (reader->seen >> PTL_PART_TYPE & 1U) != 0;
    if (reader->is_lines && strcmp(reader->type, "run") != 0)
        return ptl_error_at(error, &place, "the first line is of type \"%s\", not \"run\"",
                            reader->type);
    if (reader->is_lines) {
        status = take_lines(reader, error);
        /* The lists of jsonl are lines. */
        reader->seen |= 1U << PTL_PART_TARGETS | 1U << PTL_PART_RESULTS;
    }
    if (status == PTL_OK && reader->is_cut) {
        ptl_read_begin_cut(reader);
        return PTL_OK;
    }
    struct ptl_origin end = ptl_pieces_place(reader->pieces);
    for (unsigned part = 0; part < PTL_PART_TYPE && status == PTL_OK; part++)
        if ((reader->seen >> part & 1U) == 0)
            status = ptl_error_at(error, &end, "the key \"%s\" is missing", parts[part].key);
    if (status == PTL_OK)
        status = ptl_pieces_peek(reader->pieces, &next, error);
    end = ptl_pieces_place(reader->pieces);
    if (status == PTL_OK && next != PTL_PIECES_END)
        status = ptl_error_at(error, &end, "something follows the end of the results");
    return status;
}

/* Reads into `results`, which is taken over, as is its stored table; NULL: no memory. */
static enum ptl_status read_into(struct ptl_results *results, const char *path, bool is_head,
                                 struct ptl_results **read, struct ptl_error *error)
{
    struct ptl_reader reader = {
        .results = results, .is_head = is_head, .last_known = PTL_STORED_NONE};
    enum ptl_status status = ptl_pieces_open(path, &reader.pieces, error);
    if (status != PTL_OK) {
        ptl_results_free(results);
        return status;
    }
    reader.expected = ptl_stored_new(NULL);
    if (results != NULL && results->stored == NULL)
        results->stored = ptl_stored_new(NULL);
    if (results == NULL || results->stored == NULL || reader.expected == NULL)
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = take_file(&reader, error);
    enum ptl_status run_status = is_head ? reader.asked_status : reader.run_status;
    if (status == PTL_OK && run_status != PTL_OK) {
        status = run_status;
        if (error != NULL)
            *error = reader.run_error;
    }
    if (status == PTL_OK && !is_head)
        status = ptl_read_finish(&reader, error);
    ptl_pieces_close(reader.pieces);
    ptl_portset_free(reader.ports);
    ptl_stored_free(reader.expected);
    ptl_text_list_free(reader.missing, reader.missing_count);
    if (status == PTL_OK) {
        ptl_spill_settle(results->spill);
        *read = results;
    } else {
        ptl_results_free(results);
    }
    return status;
}

enum ptl_status ptl_results_read(const char *path, struct ptl_results **results,
                                 struct ptl_error *error)
{
    return read_into(ptl_results_new(), path, false, results, error);
}

enum ptl_status ptl_results_read_spilled(const char *path, struct ptl_results **results,
                                         struct ptl_error *error)
{
    return read_into(ptl_results_new_spilled(), path, false, results, error);
}

enum ptl_status ptl_results_read_head(const char *path, struct ptl_results **results,
                                      struct ptl_error *error)
{
    return read_into(ptl_results_new(), path, true, results, error);
}
