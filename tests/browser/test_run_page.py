"""The page of a run, in a browser."""
import json
import subprocess

from browser import BUILD, PORTOLAN, BrowserTest, main

CELLS = "() => [...document.querySelectorAll('#rtt details tbody tr')].map((row) => " \
        "[...row.cells].map((cell) => Number(cell.textContent.replace(/,/g, ''))))"
HEIGHTS = "() => [...document.querySelectorAll('#rtt svg g.bins rect')].map((bar) => Number(bar.getAttribute('height')))"
TABLE = "(id) => [...document.querySelectorAll(`${id} details tbody tr`)].map((row) => [...row.cells].map((cell) => cell.textContent))"
RECTANGLES = "(path) => [...document.querySelectorAll(path)].map((one) => Object.fromEntries(" \
             "['x', 'y', 'width', 'height'].map((key) => [key, Number(one.getAttribute(key))])))"
LINES = "(path) => [...document.querySelectorAll(path)].map((one) => ({y: one.getBBox().y, width: one.getBBox().width}))"
COUNT_OPENING = """() => {
    window.seen = [];
    addEventListener("beforeprint", () => window.seen.push(document.querySelectorAll("details:not([open])").length));
}"""
TELLS = "(n) => new RegExp(`(^| of )${n} results?( |$)`).test(document.querySelector('#result-table .told').textContent)"
SHOWS = "(text) => document.querySelector('#result-table .told').textContent.includes(text)"


def numbers(texts):
    return [None if text == "–" else float(text.replace(",", "")) for text in texts]


class RunPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office, cls.hostile = cls.tool("page", "office"), cls.tool("page", "hostile")
        cls.large, cls.empty = cls.tool("page", "large"), cls.tool("page", "empty")

    def results_table(self, title):
        return self.page.column("result-table", title)

    def expectation_table(self, title):
        return self.page.column("expectation-table", title)

    def test_real_scan(self):
        """run page: a real scan shows what results.json says"""
        self.need_namespace()
        profile, html, results = (self.place / f"real.{end}" for end in ("yaml", "html", "json"))
        profile.write_text("description: a scan of this namespace\nhosts: [127.0.0.1, '::1']\nports: 1-2000\n"
                           "expect:\n  - hosts: 127.0.0.1\n    open: [80, 81]\n    closed: 82\n", encoding="ascii")
        ended = subprocess.run([BUILD / "tests/listen", "80", "443", "1999", "--", PORTOLAN, "run", profile,
                                "--html", html, "--json", results, "--quiet"], check=False)
        self.assertEqual(ended.returncode, 1, "port 81 is expected open and is not")
        text = results.read_text(encoding="utf-8")
        page, told = self.open(html), json.loads(text)
        # A green word is all that many read.
        self.assertEqual(page.text("#badge"), "COMPLETE")
        self.assertEqual(page.text("#verdict"), "1 EXPECTATION FAILED")
        self.assertEqual(page.evaluate("() => [...document.querySelectorAll('h1 .badge')].map((one) => `${one.id} ${one.className}`)"),
                         ["verdict badge bad", "badge badge"])
        self.assertEqual(page.text("#description"), "a scan of this namespace")
        self.assertIn(f"auto, {told['run']['effective_concurrency']:,} at most", page.text("#settings"))
        self.assertNotIn("NaN", page.evaluate("() => document.body.innerText"))
        self.assertEqual(self.results_table("Host"), [result["host"] for result in told["results"]])
        self.assertEqual(self.results_table("Port"), [str(result["port"]) for result in told["results"]])
        self.assertEqual(page.count(".matrix tbody td.state-open"), 6)
        shown, told = page.embedded("data"), page.evaluate("JSON.parse", text)
        for key in ("tool", "run", "summary", "unresolved", "warnings", "expectations"):
            self.same(shown[key], told[key], key)
        self.assertEqual(self.expectation_table("Verdict"), ["fail", "pass", "pass"])
        self.check_charts(["rtt"])
        self.shut()

    def test_changes(self):
        """run page: what changed since the last complete run of its history"""
        self.need_namespace()
        profile, html = self.place / "night.yaml", self.place / "night.html"
        profile.write_text("hosts: 127.0.0.1\nports: 1-100\n", encoding="ascii")

        def night(*ports):
            subprocess.run([BUILD / "tests/listen", *ports, "--", PORTOLAN, "run", profile, "--html", html, "--quiet",
                            "--history", self.place / "nights"], check=True)
            return self.open(html)

        page = night("22", "80")
        self.assertIn("no complete run", page.text("#changes-told"))
        page = night("22", "80")
        self.assertRegex(page.text("#changes-told"), "^Since .*: nothing changed.$")
        self.assertEqual(page.count("#change-table"), 0)
        page = night("22", "25")
        self.assertRegex(page.text("#changes-told"), "^Since .*: 1 opened, 1 closed.$")
        self.assertEqual([page.column("change-table", title) for title in ("Change", "Port", "Service", "Now")],
                         [["opened", "closed"], ["25", "80"], ["smtp", "http"], ["open", "closed"]])
        # Hosts in doubt, as the run's JSON would list them.
        results = json.loads((self.place / "nights/night/latest.json").read_text(encoding="utf-8"))
        hosts = [{"host": "web.example", "ip": "192.0.2.7"}, {"host": "192.0.2.8", "ip": "192.0.2.8"}]
        results["changes"].update(perhaps_gone_count=2, perhaps_gone=hosts, flapping_hosts_count=1, flapping_hosts=hosts[:1])
        doubtful = self.place / "doubtful.json"
        doubtful.write_text(json.dumps(results), encoding="utf-8")
        subprocess.run([PORTOLAN, "convert", doubtful, "--html", html, "--quiet"], check=True)
        page = self.open(html)
        self.assertRegex(page.text("#changes-told"), "^Since .*: 1 opened, 1 closed, 2 hosts perhaps went, 1 host flapping.$")
        self.assertEqual(page.column("change-table", "Change")[2:], ["perhaps went", "perhaps went", "flapping"])
        self.assertEqual(page.column("change-table", "Host")[2:], ["web.example", "192.0.2.8", "web.example"])
        self.shut()

    def test_slice(self):
        """run page: a slice says that it is one"""
        self.need_namespace()
        html = self.place / "slice.html"
        subprocess.run([PORTOLAN, "run", "--hosts", "127.0.0.1-4", "--ports", "1-20", "--shard", "3/4",
                        "--html", html, "--quiet"], check=True)
        page = self.open(html)
        self.assertEqual(page.evaluate("() => [...document.querySelectorAll('h1 .badge')].map((one) => one.textContent)"),
                         ["SLICE 3 OF 4", "COMPLETE"])
        self.assertIn("3 of 4", page.text("#settings"))
        self.assertIsNone(self.open(self.office).evaluate("() => document.querySelector('#slice')"))

    def test_incomplete(self):
        """run page: says what is incomplete, unresolved and warned of"""
        page = self.open(self.office)
        self.assertEqual(page.text("#badge"), "INCOMPLETE")
        self.assertEqual(page.text("#verdict"), "1 EXPECTATION FAILED")
        summary = page.text("#summary")
        for text in ("deadline", "4,000 probes never got asked", "failed to ask", "did not resolve", "printer.example", "clamped to 512"):
            self.assertIn(text, summary)
        self.shut()

    def test_expectations(self):
        """run page: expectations are shown, those that failed first"""
        page = self.open(self.office)
        self.assertRegex(page.text("#expectations"), "2 passed, 1 failed, 1 inconclusive")
        self.assertEqual(self.expectation_table("Verdict"), ["fail", "inconclusive", "pass", "pass"])
        self.assertEqual(self.expectation_table("Host"), ["198.18.0.2", "198.18.0.3", "198.18.0.1", "printer.example"])
        self.assertEqual(self.expectation_table("Port"), ["23", "25", "22", "all others"])
        self.assertEqual(self.expectation_table("Found"), ["× closed", "? filtered", "● open", "none open"])
        self.shut()

    def test_charts(self):
        """run page: the charts show the numbers of the results"""
        page = self.open(self.office)
        groups = page.embedded("rows")["groups"]
        rows = [row for _, _, found in groups for row in found]
        self.check_charts(["rtt", "course"])
        bins = page.evaluate(CELLS)
        self.assertEqual(page.count("#rtt svg g.bins rect"), len(bins))
        self.assertEqual(sum(one[2] for one in bins), len([row for row in rows if row[3] is not None]))
        # Bars rise with their counts.
        heights = page.evaluate(HEIGHTS)
        unit = max(heights) / max(one[2] for one in bins)
        for i, one in enumerate(bins):
            self.assertLess(abs(heights[i] - one[2] * unit), 0.5, f"bar {i}")
        self.assertEqual(page.count("#rtt svg g.quantiles line"), 3)
        # The matrix has a mark for each result of the ports and hosts that it shows.
        self.assertEqual(page.count(".matrix tbody td.state-open"), len([row for row in rows if row[1] == 0]))
        hosts = {host for host, _, found in groups if any(row[1] == 0 for row in found)}
        self.assertEqual(page.count(".matrix tbody tr"), len(hosts))
        self.shut()

    def test_course(self):
        """run page: what limited the run, and its limit and answers over time"""
        page = self.open(self.office)
        path = page.embedded("data")["run"]["paths"][0]
        points = path["course"]
        self.assertRegex(page.text("#limits"), "Limited by the path that all targets share: about 2,000 attempts a second")
        self.assertRegex(page.text("#limits"), "40 of 900 questions to ports that had answered before went unanswered")
        rows = [numbers(row) for row in page.evaluate(TABLE, "#course")]
        self.assertEqual(rows, [[point["at_ms"] / 1000, point["limit"] or None, point["answers_per_second"]] for point in points])
        bars, lines = page.evaluate(RECTANGLES, "#course svg g.answers rect"), page.evaluate(LINES, "#course svg g.limit path")
        # Bars rise with the answers; the line stands where there was a limit, at its height.
        self.assertEqual(len(bars), len(points))
        base = max(bar["y"] + bar["height"] for bar in bars)
        unit = max(bar["height"] for bar in bars) / max(point["answers_per_second"] for point in points)
        for bar, point in zip(bars, points):
            self.assertLess(abs(bar["height"] - point["answers_per_second"] * unit), 0.5, str(point))
        limits = [point["limit"] for point in points if point["limit"] > 0]
        self.assertEqual(len(lines), len(limits))
        # The first was far too much: it stands at the upper edge, and that is said.
        self.assertEqual(limits[0], 90000)
        self.assertIn("upper edge", page.text("#course figcaption"))
        top = 2 * max(point["answers_per_second"] for point in points)
        for line, limit in zip(lines, limits):
            self.assertLess(abs(base - line["y"] - min(limit, top) * unit), 0.5, str(limit))
        # Two outages, where they were.
        silent = page.evaluate(RECTANGLES, "#course svg g.outages rect")
        self.assertEqual(len(silent), 2)
        self.assertIn("198.18.0.7", page.text("#outages"))
        self.shut()

    def test_sorting(self):
        """run page: sorts by any column, absent values last"""
        page = self.open(self.office)
        page.select("#result-table select", "1000")
        for title in ("Port", "Round trip (ms)", "Connect (ms)", "At (s)"):
            page.press("result-table", title)
            up = numbers(self.results_table(title))
            present = [value for value in up if value is not None]
            self.assertEqual(present, sorted(present), f"{title} ascending")
            self.assertNotIn(None, up[:len(present)], f"{title}: absent last")
            self.assertEqual(page.find(f'#result-table th[data-column="{title}"]').get_attribute("aria-sort"), "ascending")
            page.press("result-table", title)
            down = numbers(self.results_table(title))
            self.assertEqual([value for value in down if value is not None], present[::-1], f"{title} descending")
            self.assertNotIn(None, down[:len(present)], f"{title}: absent last again")
        page.press("result-table", "Host")
        hosts = self.results_table("Host")
        # By number, not by letter: .2 before .10.
        self.assertLess(hosts.index("198.18.0.2"), hosts.index("198.18.0.10"))
        self.shut()

    def test_filters(self):
        """run page: filters by text, ports and state"""
        page = self.open(self.office)
        rows = [(host, row[0], row[1]) for host, _, found in page.embedded("rows")["groups"] for row in found]

        def expect(wanted):
            page.wait(TELLS, len([row for row in rows if wanted(*row)]))
        page.fill("#ports", "22, 400-1000")
        expect(lambda host, port, state: port == 22 or 400 <= port <= 1000)
        page.fill("#search", "198.18.0.9")
        expect(lambda host, port, state: host == "198.18.0.9" and (port == 22 or 400 <= port <= 1000))
        page.fill("#ports", "22,x")
        page.wait("() => document.querySelector('#ports[aria-invalid=\"true\"]') !== null")
        page.click_text("body", "Show all")
        expect(lambda *_: True)
        page.uncheck('input[value="open"]')
        expect(lambda host, port, state: state != 0)
        page.uncheck('input[value="filtered"]')
        expect(lambda host, port, state: state == 3)
        self.assertEqual(set(self.results_table("Reason")), {"EMFILE"})
        page.fill("#search", "no such thing")
        expect(lambda *_: False)
        self.assertEqual(len(self.results_table("Port")), 0)
        self.shut()

    def test_large(self):
        """run page: 100,000 results, page by page"""
        page = self.open(self.large)
        self.assertEqual(page.told("result-table"), "1 to 50 of 100,000 results")
        self.assertEqual(len(self.results_table("Port")), 50)
        page.click_text("#result-table", "Last")
        self.assertEqual(page.told("result-table"), "99,951 to 100,000 of 100,000 results")
        self.assertEqual(self.results_table("Port")[-1], "10000")
        page.click_text("#result-table", "Previous")
        self.assertEqual(page.told("result-table"), "99,901 to 99,950 of 100,000 results")
        page.press("result-table", "Round trip (ms)")
        page.press("result-table", "Round trip (ms)")
        self.assertEqual(self.results_table("Port")[0], "3977") # 97 × 41: the longest round trip, 200 + 3977 µs
        page.uncheck('input[value="closed"]')
        page.wait(SHOWS, "1,030 results (of 100,000 in all)")
        self.shut()

    def test_empty(self):
        """run page: nothing found is said, not drawn"""
        page = self.open(self.empty)
        self.assertEqual(page.text("#badge"), "COMPLETE")
        self.assertEqual(page.evaluate("() => [...document.querySelectorAll('h1 .badge')].map((one) => one.className)"), ["badge good"])
        self.assertRegex(page.text("#matrix"), "No port is open")
        self.assertRegex(page.text("#results"), "No port is in one of the states")
        self.assertEqual(page.count("figure"), 0)
        self.shut()

    def test_hostile(self):
        """run page: hostile names, description and messages stay text"""
        page = self.open(self.hostile)
        names = ["</script><script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">',
                 "\\u{202e}gro.elpmaxe\\u{202c}\\u{2028}'\"&amp;<!--"]
        self.assertEqual(self.results_table("Host"), names)
        self.assertEqual(page.text("#description"), " ".join(names))
        self.assertIn(names[1], page.text("h1"))
        self.assertEqual(page.text("#unresolved li"), f"{names[1]}: {names[2]}")
        self.assertEqual(page.text("#warnings li"), names[0])
        self.assertEqual(page.evaluate("() => document.title"), f"portolan: {names[1]}")
        # The data itself is whole: what was visible is what was meant.
        self.assertEqual(page.embedded("rows")["groups"][2][0], "\u202egro.elpmaxe\u202c\u2028'\"&amp;<!--")
        self.check_harmless()
        self.shut()

    def test_print(self):
        """run page: on paper the closed chapters are open, and closed again after"""
        page = self.open(self.office)
        page.evaluate(COUNT_OPENING)
        paper = page.pdf()
        self.assertEqual(page.evaluate("() => window.seen"), [0])
        self.assertGreater(len(paper), 10000)
        self.assertEqual(page.count("details[open]"), 0)
        self.shut()

    def test_paper(self):
        """run page: a sheet of paper is wide enough, and white"""
        for file in (self.office, self.large, self.hostile):
            self.check_paper(file)

    def test_pictures(self):
        """run page: pictures, wide and narrow, light and dark"""
        self.shoot(self.office, "run-wide", width=1280)
        self.shoot(self.office, "run-narrow", width=390)
        self.shoot(self.office, "run-wide-dark", width=1280, scheme="dark")
        self.shoot(self.office, "run-narrow-dark", width=390, scheme="dark")
        self.shoot(self.hostile, "run-hostile-narrow", width=390)
        self.shoot(self.large, "run-large", width=1600)


if __name__ == "__main__":
    main(RunPage)
