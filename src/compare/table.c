#include "compare/table.h"

#include "base/text.h"

#define GAP 2
#define NAME_WIDTH_MAX 30

struct layout {
    int name;                      /* columns of the terminal that names take */
    bool is_apart;                 /* names stand on lines of their own */
    int widths[PTL_TABLE_COLUMNS]; /* 0: left out */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int total_of(const struct ptl_table *table, const struct layout *layout)
{
    int total = layout->name;
    for (size_t c = 0; c < table->column_count; c++)
        total += layout->widths[c] > 0 ? GAP + layout->widths[c] : 0;
    return total;
}

/* False: nothing is left that may be left out. */
static bool leave_one_out(const struct ptl_table *table, struct layout *layout)
{
    size_t least = table->column_count;
    uint8_t rank = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        if (layout->widths[c] == 0 || table->columns[c].rank <= rank)
            continue;
        rank = table->columns[c].rank;
        least = c;
    }
    if (least == table->column_count)
        return false;
    layout->widths[least] = 0;
    return true;
}

/* The name as it is shown; that memory ran out is the table's failure. */
static void show_name(const struct ptl_table *table, size_t row, struct ptl_buf *name,
                      struct ptl_buf *buf)
{
    ptl_buf_init(name, 1U << 20);
    ptl_text_add_printable(name, table->name(table->context, row));
    buf->failed = buf->failed || name->failed;
}

static void lay_out(const struct ptl_table *table, struct layout *layout, struct ptl_buf *buf)
{
    char cells[PTL_TABLE_COLUMNS][PTL_TABLE_CELL];
    int title = ptl_text_width(table->title), widest = title;
    for (size_t c = 0; c < table->column_count; c++)
        layout->widths[c] = ptl_text_width(table->columns[c].title);
    for (size_t row = 0; row < table->row_count; row++) {
        struct ptl_buf name;
        show_name(table, row, &name, buf);
        widest = larger(widest, ptl_text_width(ptl_buf_text(&name)));
        ptl_buf_free(&name);
        table->fill(table->context, row, cells);
        for (size_t c = 0; c < table->column_count; c++)
            layout->widths[c] = larger(layout->widths[c], ptl_text_width(cells[c]));
    }
    layout->is_apart = widest > NAME_WIDTH_MAX;
    layout->name = layout->is_apart ? title : widest;
    while (total_of(table, layout) > PTL_TABLE_WIDTH && leave_one_out(table, layout))
        ;
}

static void add_padded(struct ptl_buf *buf, const char *text, int width, bool is_left)
{
    int blanks = width - ptl_text_width(text);
    if (!is_left)
        ptl_buf_printf(buf, "%*s", blanks, "");
    ptl_buf_add(buf, text);
    if (is_left)
        ptl_buf_printf(buf, "%*s", blanks, "");
}

static void add_cells(const struct ptl_table *table, const struct layout *layout,
                      const char *const *cells, struct ptl_buf *buf)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (layout->widths[c] == 0)
            continue;
        ptl_buf_printf(buf, "%*s", GAP, "");
        add_padded(buf, cells[c], layout->widths[c], table->columns[c].is_left);
    }
    while (buf->length > 0 && buf->data[buf->length - 1] == ' ')
        buf->length--;
    ptl_buf_add_char(buf, '\n');
}

static void add_row(const struct ptl_table *table, const struct layout *layout, size_t row,
                    struct ptl_buf *buf)
{
    char cells[PTL_TABLE_COLUMNS][PTL_TABLE_CELL];
    const char *texts[PTL_TABLE_COLUMNS];
    struct ptl_buf name;
    show_name(table, row, &name, buf);
    const char *shown = ptl_buf_text(&name);
    if (layout->is_apart) {
        ptl_buf_printf(buf, "%s\n", shown);
        shown = "";
    }
    add_padded(buf, shown, layout->name, true);
    ptl_buf_free(&name);
    table->fill(table->context, row, cells);
    for (size_t c = 0; c < table->column_count; c++)
        texts[c] = cells[c];
    add_cells(table, layout, texts, buf);
}

static void add_left_out(const struct ptl_table *table, const struct layout *layout,
                         struct ptl_buf *buf)
{
    const char *comma = "(no room here for ";
    for (size_t c = 0; c < table->column_count; c++) {
        if (layout->widths[c] > 0)
            continue;
        ptl_buf_printf(buf, "%s%s", comma, table->columns[c].title);
        comma = ", ";
    }
    if (comma[0] == ',')
        ptl_buf_add(buf, ": --json has all)\n");
}

void ptl_table_add(const struct ptl_table *table, struct ptl_buf *buf)
{
    struct layout layout;
    const char *titles[PTL_TABLE_COLUMNS];
    lay_out(table, &layout, buf);
    for (size_t c = 0; c < table->column_count; c++)
        titles[c] = table->columns[c].title;
    ptl_buf_add_char(buf, '\n');
    add_padded(buf, table->title, layout.name, true);
    add_cells(table, &layout, titles, buf);
    for (size_t row = 0; row < table->row_count; row++)
        add_row(table, &layout, row, buf);
    add_left_out(table, &layout, buf);
}
