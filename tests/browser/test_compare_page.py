"""The page of a comparison, in a browser."""
import json
import re
import subprocess

from browser import BUILD, PORTOLAN, BrowserTest, main

# The marks of a chart that show runs and medians, as pixels down from the top, and what each says.
MARKS = """(id) => {
    const titles = (group) => [...document.querySelectorAll(`#${id} svg g.${group} > *`)].map((mark) => {
        const {top, bottom, left, right} = mark.getBoundingClientRect();
        return {y: (top + bottom) / 2, x: (left + right) / 2, title: mark.querySelector("title")?.textContent};
    });
    return {runs: titles("runs"), medians: titles("medians"), joins: titles("joins"), best: titles("best")};
}"""
ALL_CHARTS = ["speed-chart", "recall-chart", "connect-chart"]


def number(text):
    return float(re.sub("[^0-9.]", "", text))


class ComparePage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limits, cls.strange, cls.nothing = (cls.tool("comparison", name) for name in ("limits", "strange", "nothing"))

    def marks(self, chart):
        return self.page.evaluate(MARKS, chart)

    def variants(self, table):
        return [name.replace(" ✓", "") for name in self.page.column(table, "Variant")]

    def first(self, table, title):
        return self.page.column(table, title)[0]

    def test_real_study(self):
        """comparison page: a real study shows what comparison.json says"""
        self.need_namespace()
        profile, html, comparison = (self.place / f"real-study.{end}" for end in ("yaml", "html", "json"))
        profile.write_text("hosts: 127.0.0.1\nports: 1-500\n", encoding="ascii")
        subprocess.run([BUILD / "tests/listen", "80", "443", "--", PORTOLAN, "compare", profile, "--vary", "concurrency=1,10",
                        "--vary", "engine=pool,threads", "--repeat", "3", "--html", html, "--json", comparison, "--quiet"],
                       check=True)
        text = comparison.read_text(encoding="utf-8")
        page, told = self.open(html), json.loads(text)
        self.same(page.embedded("data"), page.evaluate("JSON.parse", text))
        self.assertEqual(page.text("#badge"), "COMPLETE")
        self.check_charts(ALL_CHARTS)
        for chart in ("speed-chart", "recall-chart"):
            found = self.marks(chart)
            self.assertEqual([len(found["runs"]), len(found["medians"])], [12, 4], chart)
        settings = [variant["settings"] for variant in told["variants"]]
        self.assertEqual(self.variants("speed-table"), [f"concurrency={one['concurrency']} engine={one['engine']}" for one in settings])
        self.assertEqual(page.text("#why"), told["recommendation"]["why"])
        self.shut()

    def test_recommendation(self):
        """comparison page: the recommendation comes first"""
        page = self.open(self.limits)
        self.assertEqual(page.evaluate("() => document.querySelector('section').id"), "answer")
        self.assertEqual(page.text("#answer .big"), "Use concurrency=32")
        self.assertRegex(page.text("#ties"), r": edge concurrency=16\.\Z")
        self.assertEqual(page.texts("#answer .cards b"), ["2.60 s", "100 %", "32", "2", "4.00 ×"])
        self.assertRegex(page.text("#reference"), "100 ports: those that at least two runs saw open")
        for table in ("speed-table", "found-table", "cost-table"):
            self.assertEqual(page.texts(f"#{table} tr.marked td:first-child"), ["concurrency=32 ✓"])
        self.shut()

    def check_marks(self, chart, value, variants):
        found = self.marks(chart)
        self.assertEqual([len(found[kind]) for kind in ("runs", "medians", "joins", "best")], [30, 6, 5, 1], chart)
        # Each says its value; higher values stand higher, larger limits further right.
        values = [run[value] for variant in variants for run in variant["runs"]]
        scale = 100 if value == "recall" else 1
        for mark, wanted in zip(found["runs"], values, strict=True):
            said = number(mark["title"].split(": ")[1])
            self.assertLessEqual(abs(said - wanted * scale), .5, f"{chart} {mark['title']} {wanted}")
        by_value = sorted(zip(values, (mark["y"] for mark in found["runs"])), key=lambda one: one[0])
        for (lower, y_below), (higher, y_above) in zip(by_value, by_value[1:]):
            self.assertTrue(higher == lower or y_above <= y_below + .01, f"{chart}: {higher} above {lower}")
        medians = found["medians"]
        for one, after in zip(medians, medians[1:]):
            self.assertGreater(after["x"], one["x"])
        for i, one in enumerate(medians):
            for run in found["runs"][i * 5:i * 5 + 5]:
                self.assertLess(abs(run["x"] - one["x"]), 20, "the runs stand at their median's limit")

    def test_charts(self):
        """comparison page: the charts show every run and the median of each variant"""
        page = self.open(self.limits)
        variants = page.embedded("data")["variants"]
        self.check_charts(ALL_CHARTS)
        self.check_marks("speed-chart", "probes_per_second", variants)
        self.check_marks("recall-chart", "recall", variants)
        # The recall axis ends at 100 %, where the first three variants stand.
        medians = self.marks("recall-chart")["medians"]
        self.assertLess(abs(medians[0]["y"] - medians[2]["y"]), .01)
        self.assertGreater(medians[3]["y"], medians[0]["y"])
        bins = sum(one["count"] > 0 for variant in variants for one in variant["connect_us"]["histogram"])
        self.assertEqual(page.count("#connect-chart svg g.bins rect"), bins)
        self.assertEqual(page.count("#connect-chart svg g.quantiles line"), 6)
        self.assertEqual(page.count("#connect-chart details tbody tr"), bins)
        self.shut()

    def test_tables(self):
        """comparison page: tables sort; every run and every flip is in one"""
        page = self.open(self.limits)
        page.press("found-table", "Recall")
        self.assertEqual(self.first("found-table", "Variant"), "concurrency=1024")
        page.press("speed-table", "Time of a run")
        self.assertEqual(self.first("speed-table", "Variant"), "concurrency=1024")
        page.press("speed-table", "Time of a run")
        self.assertEqual(self.first("speed-table", "Variant"), "concurrency=8")
        page.click("#runs summary")
        self.assertEqual([int(text) for text in page.column("run-table", "Order")], list(range(1, 31)))
        page.press("run-table", "Missed")
        page.press("run-table", "Missed")
        self.assertEqual(self.first("run-table", "Variant"), "concurrency=1024")
        self.assertEqual(page.told("flip-table"), "1 to 50 of 1,000 ports")
        self.assertRegex(page.text("#flips"), "1,234 ports did not look the same.*The first 1,000 are listed")
        self.assertEqual(self.first("flip-table", "Seen as"), "open 20, filtered 10")
        self.assertEqual(self.first("flip-table", "Variants that departed"), "concurrency=8, concurrency=1024")
        self.shut()

    def test_size(self):
        """comparison page: 6 variants of 5 runs, with the most flips, stay below 600 KB"""
        self.assertLess(self.limits.stat().st_size, 600e3)

    def test_nothing(self):
        """comparison page: nothing to recommend or to measure is said, not drawn"""
        page = self.open(self.nothing)
        self.assertEqual(page.text("#badge"), "INCOMPLETE")
        self.assertRegex(page.text("#answer"), r"\ANo recommendationNo variant can be recommended")
        self.assertRegex(page.text("#recall"), "no open port to measure by")
        self.assertRegex(page.text("#connect"), "No open port was found")
        self.assertRegex(page.text("#flips"), "No port looked different")
        self.assertEqual(page.count("tr.marked"), 0)
        self.check_charts(["speed-chart"])
        self.shut()

    def test_hostile(self):
        """comparison page: hostile names and messages stay text, in charts too"""
        page = self.open(self.strange)
        names = ["</script><script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">',
                 "\\u{202e}gro.elpmaxe\\u{202c}\\u{2028}'\"&amp;<!--"]
        self.assertEqual(page.text("#answer .big"), f"Use {names[1]} {names[1]}=10")
        self.assertEqual(page.text("#why"), names[0] + names[2])
        self.assertEqual(page.text("#warnings li"), names[1])
        self.assertRegex(page.text("#speed .note"), r"\A1 run failed")
        self.assertEqual(page.column("flip-table", "Host"), [names[1], names[1], names[1]])
        self.assertEqual(self.variants("speed-table"), [f"{names[0]} ports=10", f"{names[1]} {names[1]}=10", f"{names[2]} ports=20"])
        # The failed run has no dot.
        self.assertEqual(len(self.marks("speed-chart")["runs"]), 14)
        self.assertIn(f"{names[2]} ports=20", page.texts("#connect-chart svg text"))
        self.check_harmless()
        self.shut()

    def test_paper(self):
        """comparison page: a sheet of paper is wide enough, and white"""
        for file in (self.limits, self.strange):
            self.check_paper(file)

    def test_pictures(self):
        """comparison page: pictures, wide and narrow, light and dark"""
        self.shoot(self.limits, "compare-wide", width=1280)
        self.shoot(self.limits, "compare-narrow", width=390)
        self.shoot(self.limits, "compare-wide-dark", width=1280, scheme="dark")
        self.shoot(self.limits, "compare-narrow-dark", width=390, scheme="dark")
        self.shoot(self.strange, "compare-strange-narrow", width=390)
        self.shoot(self.nothing, "compare-nothing", width=1280)


if __name__ == "__main__":
    main(ComparePage)
