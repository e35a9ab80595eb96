"""The page of a history, in a browser."""
from browser import BrowserTest, main

# What a row of the matrix says, and where on its track each kind begins and ends (of 1000).
TRACK = r"""(number) => {
    const row = document.querySelector(`#matrix tr[data-row="${number}"]`);
    const parts = {};
    for (const path of row.querySelectorAll("svg path"))
        (parts[path.getAttribute("class").slice(6)] ??= []).push(...[...path.getAttribute("d").matchAll(/M([\d.]+) [\d.]+h([\d.]+)/g)]
            .map(([, x, width]) => [Number(x), Number(x) + Number(width)]));
    return parts;
}"""
POINT = """(number, share) => {
    const cell = document.querySelector(number === null ? "#matrix tbody td" : `#matrix tr[data-row="${number}"] td`);
    const box = cell.getBoundingClientRect();
    cell.dispatchEvent(new MouseEvent("mousemove", {clientX: box.left + box.width * share, bubbles: true}));
    return document.getElementById("here").textContent;
}"""
ROWS = "() => [...document.querySelectorAll('#matrix tr[data-row] .port')].map((port) => [...port.children].slice(0, 2).map((part) => part.textContent).join(' '))"
TELLS = "(words) => document.querySelector('#matrix .told').textContent === words"


class HistoryPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = {name: cls.tool("timeline", name) for name in
                     ("office", "large", "overfull", "overdue", "strange", "two", "at-once", "one", "nothing")}

    def cards(self):
        return dict(zip(self.page.texts("#summary .cards span"), self.page.texts("#summary .cards b")))

    def port(self, host, port):
        """Its row in the table of ports."""
        table = {title: self.page.column("port-table", title) for title in
                 ("Host", "Port", "Now", "First open", "Last open", "Open in", "Asked in", "Turns")}
        at = [i for i, (name, number) in enumerate(zip(table["Host"], table["Port"])) if (name, number) == (host, str(port))]
        self.assertEqual(len(at), 1)
        return {title: values[at[0]] for title, values in table.items()}

    def test_summary(self):
        """history page: how many runs, which of them are incomplete or missing"""
        page = self.open(self.pages["office"])
        self.assertEqual(self.cards(), {"runs": "87", "of them incomplete": "2", "nights or times missed": "3",
                                        "ports open now": "15", "ports ever open": "16", "changes": "22"})
        self.assertEqual(page.count("#badge"), 0)
        self.assertEqual(page.text("header .lead"), "87 runs from 2026-01-01 to 2026-03-31: 15 open ports in the last complete one.")
        self.assertEqual(page.column("change-table", "Run (UTC)")[0], "2026-03-29 02:00")
        self.assertEqual(page.column("change-table", "Change").count("opened"), 11)
        self.shut()

    def test_ports(self):
        """history page: since when a port is open, till when, and how often"""
        self.open(self.pages["office"])
        self.assertEqual(self.port("host-001.example.org", 25), {
            "Host": "host-001.example.org", "Port": "25", "Now": "open", "First open": "2026-02-11 02:00",
            "Last open": "2026-03-31 02:00", "Open in": "47", "Asked in": "86", "Turns": "1"})
        gone = self.port("host-002.example.org", 443)
        self.assertEqual((gone["Now"], gone["First open"], gone["Last open"], gone["Turns"]),
                         ("silent", "2026-01-01 02:00", "2026-03-11 02:00", "1"))
        late = self.port("host-004.example.org", 22)
        self.assertEqual((late["First open"], late["Now"], late["Turns"]), ("2026-01-31 02:00", "open", "2"))
        self.shut()

    def test_tracks(self):
        """history page: the track of a port shows its states in time, and gaps where a night is missing"""
        page = self.open(self.pages["office"])
        night = 1000 / 90
        for number, wanted in ((3, {"c": 0, "o": 41}), (6, {"o": 0, "s": 70}), (12, {"o": 30, "u": 60})):
            track = page.evaluate(TRACK, number)
            self.assertEqual(sorted(track), sorted(wanted), f"row {number}")
            for kind, first in wanted.items():
                self.assertAlmostEqual(track[kind][0][0], first * night, delta=night / 3, msg=f"row {number}: {kind}")
        # Two nights are missing from the 20th on, one from the 61st (counted from 0): nothing is drawn there.
        for track in (page.evaluate(TRACK, number) for number in range(16)):
            for low, high in (part for parts in track.values() for part in parts):
                for gap in (20.5, 21.5, 61.5):
                    self.assertFalse(low < gap * night < high, f"{low} to {high} is drawn over a missing night")
        self.assertEqual(page.evaluate(POINT, 3, 10.5 / 90), "host-001.example.org 25: 2026-01-11 02:00 UTC: closed")
        self.assertEqual(page.evaluate(POINT, 3, 41.5 / 90), "host-001.example.org 25: 2026-02-11 02:00 UTC: open")
        self.assertRegex(page.evaluate(POINT, 3, 20.5 / 90), "2026-01-21 ..:.. UTC: no run$")
        self.assertEqual(page.evaluate(POINT, None, 50.5 / 90), "2026-02-20 02:00 UTC, incomplete run")
        self.assertEqual(page.evaluate(POINT, 12, 5.5 / 90), "host-004.example.org 22: 2026-01-06 02:00 UTC: not known")
        self.shut()

    def test_masks(self):
        """history page: what an incomplete run did not ask is not known, and ends nothing"""
        page = self.open(self.pages["office"])
        asked = page.column("port-table", "Asked in")
        masks = page.embedded("data")["masks"]
        self.assertEqual(sorted(masks), ["48", "74"])
        unasked = [sum(page.evaluate("(text, row) => atob(text).charCodeAt(row >> 3) >> (row & 7) & 1", text, row)
                       for text in masks.values()) for row in range(16)]
        self.assertGreater(sum(unasked), 10)
        for row in (0, 1, 2):
            self.assertEqual(int(asked[row]), 87 - unasked[row])
            self.assertEqual(page.column("port-table", "Turns")[row], "0")
            told = [page.evaluate(POINT, row, (night + 0.5) / 90).endswith(": not known, incomplete run") for night in (50, 77)]
            self.assertEqual(sum(told), unasked[row])
        self.shut()

    def test_charts(self):
        """history page: each chart has a description, a point a run, gaps and its numbers"""
        page = self.open(self.pages["office"])
        self.check_charts(["open-chart", "speed-chart"])
        for chart in ("open-chart", "speed-chart"):
            self.assertEqual(page.count(f"#{chart} g.gaps rect"), 2)
            self.assertEqual(page.count(f"#{chart} details tbody tr"), 87)
        self.assertEqual(page.count("#open-chart g.open path"), 85)
        self.assertEqual(page.count("#open-chart g.incomplete circle"), 2)
        self.assertEqual(page.count("#speed-chart g.slowest rect"), 87)
        data = page.embedded("data")["runs"]
        self.assertEqual(page.count("#speed-chart g.limit path"), sum(one is not None for one in data["limit"]))
        self.shut()

    def test_filters(self):
        """history page: the matrix by name, port, change and order"""
        page = self.open(self.pages["office"])
        self.assertEqual(len(page.evaluate(ROWS)), 16)
        page.fill("#search", "HOST-002")
        page.wait(TELLS, "1 to 4 of 4 ports (of 16 in all)")
        page.fill("#ports", "80-443")
        page.wait(TELLS, "1 to 2 of 2 ports (of 16 in all)")
        self.assertEqual(page.evaluate(ROWS), ["host-002.example.org 80", "host-002.example.org 443"])
        page.fill("#ports", "http")
        page.wait("() => document.getElementById('ports').getAttribute('aria-invalid') === 'true'")
        page.fill("#ports", "1")
        page.wait(TELLS, "No port is like that")
        page.evaluate("() => { for (const id of ['search', 'ports']) { document.getElementById(id).value = ''; } }")
        page.select("#which", "changed")
        page.select("#order", "changed")
        self.assertEqual(page.evaluate(ROWS)[:3], ["host-003.example.org 80", "host-002.example.org 443", "host-004.example.org 22"])
        page.select("#which", "gone")
        self.assertEqual(page.evaluate(ROWS), ["host-002.example.org 443"])
        self.shut()

    def test_windows(self):
        """history page: fewer runs at a time, and earlier ones"""
        page = self.open(self.pages["office"])
        page.select("#span", "30")
        self.assertEqual(page.evaluate(POINT, 0, 0.999), "host-001.example.org 22: 2026-03-31 02:00 UTC: open")
        self.assertEqual(page.evaluate(POINT, 0, 0), "host-001.example.org 22: 2026-03-01 02:00 UTC: open")
        page.click_text("#matrix", "Earlier")
        page.click_text("#matrix", "Earlier")
        self.assertEqual(page.evaluate(POINT, 0, 0), "host-001.example.org 22: 2026-01-01 02:00 UTC: open")
        self.assertFalse(page.evaluate("() => [...document.querySelectorAll('#matrix button')].find((one) => one.textContent === 'Later').disabled"))
        self.assertTrue(page.evaluate("() => [...document.querySelectorAll('#matrix button')].find((one) => one.textContent === 'Earlier').disabled"))
        self.shut()

    def test_large(self):
        """history page: 2,000 nights of 5,000 ports in under 1.5 MB, of which few elements are drawn at a time"""
        file = self.pages["large"]
        self.assertLess(file.stat().st_size, 1500000)
        page = self.open(file)
        self.assertEqual(self.cards()["ports ever open"], "5,000")
        self.assertEqual(page.embedded("data")["left_out"], 0)
        self.assertEqual(len(page.evaluate(ROWS)), 50)
        self.assertEqual(page.count("#open-chart details tbody tr"), 100)
        self.assertEqual(sum(int(text) for text in page.texts("#open-chart details tbody td:nth-child(2)")), 1994)
        # The path of a track has a point a state, not a run; charts have a mark for several runs.
        self.assertLess(page.count("main *"), 10000)
        self.assertLess(page.count("#open-chart svg *"), 2000)
        # Far apart, so none is one with another; and a night that is missing is wide enough to see.
        self.assertEqual(page.count("#open-chart g.incomplete circle"), 50)
        self.assertEqual(page.count("#open-chart g.gaps rect"), 6)
        widths = page.evaluate("() => [...document.querySelectorAll('#open-chart g.gaps rect')].map((one) => Number(one.getAttribute('width')))")
        self.assertGreater(min(widths), 1.5)
        page.click_text("#matrix", "Next")
        page.wait(TELLS, "51 to 100 of 5,000 ports")
        page.select("#order", "turns")
        turns = page.evaluate("() => document.querySelector('#matrix tr[data-row] td').getAttribute('aria-label')")
        self.assertRegex(turns, r"^host-\d+\.example\.org \d+: \w+, open in [\d,]+ of [\d,]+ runs$")
        self.shut()

    def test_overfull(self):
        """history page: more than there is room for is said to be left out"""
        file = self.pages["overfull"]
        self.assertLess(file.stat().st_size, 1500000)
        page = self.open(file)
        data = page.embedded("data")
        self.assertGreater(data["left_out"], 1000)
        self.assertIn(f"{data['left_out']:,} ports whose last change is the longest ago had no room here", page.text("#matrix"))
        self.assertIn(f"{data['older_changes']:,} older changes have no room here", page.text("#changes"))
        self.assertEqual(self.cards()["ports ever open"], "9,000")
        self.shut()

    def test_overdue(self):
        """history page: a run that did not come is the first thing told"""
        page = self.open(self.pages["overdue"])
        self.assertEqual(page.text("#badge"), "OVERDUE")
        self.assertEqual(page.texts("#summary .note > :first-child"), ["The next run is overdue", "The last run was incomplete"])
        self.assertIn("2 days before this page was written; runs are usually 24 hours apart", page.text("#summary"))
        self.assertEqual(page.count("#open-chart g.gaps rect"), 1)
        self.shut()

    def test_few(self):
        """history page: no run, one run, two runs"""
        page = self.open(self.pages["nothing"])
        self.assertEqual(page.text("header .lead"), "No run is kept yet.")
        self.shut()
        for name, runs in (("one", 1), ("two", 2)):
            page = self.open(self.pages[name])
            self.assertEqual(self.cards()["runs"], str(runs))
            self.assertEqual(self.cards()["nights or times missed"], "0")
            self.check_charts(["open-chart", "speed-chart"])
            self.assertEqual(page.evaluate(POINT, 0, 0.5).split(": ")[-1], "open")
            self.assertNotIn("NaN", page.evaluate("() => document.documentElement.outerHTML.replace(/<script.*?<.script>/gs, '')"))
            self.shut()

    def test_at_once(self):
        """history page: of two runs that began at once neither is drawn on top of the other"""
        page = self.open(self.pages["at-once"])
        tops = page.evaluate("() => [...document.querySelectorAll('#speed-chart g.slowest rect')].map((bar) => Number(bar.getAttribute('y')))")
        self.assertEqual(len(tops), 4)
        self.assertGreaterEqual(min(tops), 0)
        self.shut()

    def test_hostile(self):
        """history page: hostile names stay text"""
        page = self.open(self.pages["strange"])
        self.assertIn("</script><script>window.hacked=1</script>", page.text("h1"))
        self.assertEqual(page.column("change-table", "Host")[0], "\\u{202e}gro.elpmaxe\\u{202c}\\u{2028}'\"&amp;<!--")
        self.assertIn("\\u{202e}", page.evaluate(POINT, 4, 0.5))
        self.check_harmless()
        self.shut()

    def test_paper(self):
        """history page: a sheet of paper is wide enough, and white"""
        for name in ("office", "large", "strange"):
            self.check_paper(self.pages[name])

    def test_pictures(self):
        """history page: pictures, wide and narrow, light and dark"""
        for scheme in ("light", "dark"):
            self.shoot(self.pages["office"], f"history-wide-{scheme}", width=1280, scheme=scheme)
            self.shoot(self.pages["office"], f"history-narrow-{scheme}", width=390, scheme=scheme)
        self.shoot(self.pages["strange"], "history-hostile-narrow", width=390)
        self.shoot(self.pages["large"], "history-large", width=1600)
        self.shoot(self.pages["overdue"], "history-overdue", width=1280)


if __name__ == "__main__":
    main(HistoryPage)
