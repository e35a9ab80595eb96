"""What the browser tests share: Debian's chromium without a network, and a page that is watched."""
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import unittest
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PORTOLAN_BUILD", TOP / "build"))
PORTOLAN = BUILD / "portolan"
SHOTS = BUILD / "screenshots"
WAIT_S = 30
TEST_LIMIT_S = 60
A4_INCHES = {"paperWidth": 8.27, "paperHeight": 11.7}


def start_driver():
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    # --no-sandbox: root has no other way, and the pages are ours.
    # Without bars, so that a page has all the width of its window.
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")))
    driver.set_page_load_timeout(WAIT_S)
    driver.set_script_timeout(WAIT_S)
    return driver


class Page:
    """A tab with one file in it. What the file asks for or complains of is kept until complaints()."""

    def __init__(self, driver, file, width=1280, height=900, scheme="light"):
        self.driver, self.url, self.kept = driver, f"file://{file}", []
        self.first = driver.current_window_handle
        driver.switch_to.new_window("tab")
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd("Network.emulateNetworkConditions",
                               {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                               {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.scheme = scheme
        self.emulate_media("")
        driver.get_log("browser"), driver.get_log("performance")
        driver.get(self.url)
        self.wait("() => document.documentElement.hasAttribute('data-ready')")

    def emulate_media(self, media):
        features = [{"name": "prefers-color-scheme", "value": self.scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def evaluate(self, function, *words):
        """What a function of JavaScript gives; a promise is waited for."""
        return self.driver.execute_script(f"return ({function})(...arguments)", *words)

    def wait(self, function, *words):
        WebDriverWait(self.driver, WAIT_S, poll_frequency=0.05).until(
            lambda _: self.evaluate(function, *words), f"waited in vain for {function} {words}")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self, selector):
        return self.evaluate("(selector) => document.querySelector(selector).textContent", selector)

    def texts(self, selector):
        return self.evaluate("(selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent)", selector)

    def embedded(self, key):
        return self.evaluate("(key) => JSON.parse(document.getElementById(key).textContent)", key)

    def click(self, selector):
        self.find(selector).click()

    def click_text(self, selector, text):
        """The button in there that says so."""
        self.find(selector).find_element(By.XPATH, f".//button[normalize-space()='{text}']").click()

    def fill(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def uncheck(self, selector):
        box = self.find(selector)
        if box.is_selected():
            box.click()
        assert not box.is_selected(), f"{selector} is still checked"

    def select(self, selector, value):
        Select(self.find(selector)).select_by_value(value)

    def column(self, table, title):
        """The texts of a column of a data table, as shown."""
        return self.evaluate("""(id, name) => {
            const heads = [...document.querySelectorAll(`#${id} thead th`)];
            const at = heads.findIndex((head) => head.dataset.column === name);
            if (at < 0) throw new Error(`no column ${name}`);
            return [...document.querySelectorAll(`#${id} tbody tr`)].map((row) => row.cells[at].textContent);
        }""", table, title)

    def press(self, table, title):
        self.click(f'#{table} th[data-column="{title}"] button')

    def told(self, table):
        return self.text(f"#{table} .told")

    def pdf(self):
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", A4_INCHES)["data"])

    def shoot(self, path):
        """A picture of the whole page."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot",
                                            {"captureBeyondViewport": True, "clip": {**size, "scale": 1}})
        path.write_bytes(base64.b64decode(taken["data"]))

    def complaints(self):
        """All that went to the console, each dialog, and each request but that for the file itself."""
        self.kept += [f"console {entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent" and event["params"]["request"]["url"] != self.url:
                self.kept.append(f"request: {event['params']['request']['url']}")
            elif event["method"] == "Page.javascriptDialogOpening":
                self.kept.append(f"dialog: {event['params']['message']}")
        return self.kept

    def close(self):
        self.driver.close()
        self.driver.switch_to.window(self.first)


class TooLong(Exception):
    """No TimeoutError: that the driver's library takes for one of its own."""


class BrowserTest(unittest.TestCase):
    """A test's name is the first line of its description. One browser serves until a test fails."""

    maxDiff = 4000
    driver = None

    @classmethod
    def setUpClass(cls):
        SHOTS.mkdir(parents=True, exist_ok=True)
        cls.place = Path(tempfile.mkdtemp(prefix="portolan-browser-"))
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        cls.addClassCleanup(cls.quit)

    @classmethod
    def quit(cls):
        if BrowserTest.driver is not None:
            BrowserTest.driver.quit()
            BrowserTest.driver = None

    @classmethod
    def tool(cls, name, *words):
        """Runs a tool of the build; the file it wrote."""
        file = cls.place / f"{words[0]}.html"
        subprocess.run([BUILD / "tests" / name, *words, file], check=True)
        return file

    def setUp(self):
        # A test that hangs is a failure of its own, not of all that follow.
        signal.signal(signal.SIGALRM, self.too_long)
        signal.alarm(TEST_LIMIT_S)
        self.addCleanup(signal.alarm, 0)
        self.page = None

    def tearDown(self):
        if self.page is not None: # it was not shut: the test failed
            self.quit()

    @staticmethod
    def too_long(*_):
        raise TooLong(f"a test of more than {TEST_LIMIT_S} s")

    def need_namespace(self):
        if os.environ.get("PORTOLAN_NAMESPACE") != "1":
            if os.environ.get("PTL_NO_SKIP"):
                self.fail("no network namespace can be made here, and PTL_NO_SKIP forbids to skip")
            self.skipTest("no network namespace can be made here")

    def open(self, file, **look):
        if BrowserTest.driver is None:
            BrowserTest.driver = start_driver()
        self.page = self.driver # until there is one
        self.page = Page(self.driver, file, **look)
        return self.page

    def shut(self):
        """Closes the page; it fails if that asked for anything else or complained on the console."""
        self.assertEqual(self.page.complaints(), [])
        self.page.close()
        self.page = None

    def same(self, one, other, words=None):
        """Of values that came out of the browser: the same, and of the same types."""
        one, other = (json.dumps(value, indent=1, sort_keys=True) for value in (one, other))
        self.assertEqual(one, other, words)

    def shoot(self, file, name, **look):
        """A picture to look at; the page itself must not scroll sideways."""
        page = self.open(file, **look)
        content, window = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        self.assertEqual(window, look["width"])
        self.assertLessEqual(content, window, f"{name}: {content} pixels wide in a window of {window}")
        page.shoot(SHOTS / f"{name}.png")
        self.shut()

    def check_paper(self, file):
        """On a sheet of A4 (700 pixels between the margins) nothing is cut off."""
        page = self.open(file, width=700, scheme="dark")
        page.emulate_media("print")
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        page.wait("() => [...document.querySelectorAll('.chart > svg')].every((svg) => svg.getBoundingClientRect().right <= innerWidth)")
        width = page.evaluate("() => document.documentElement.scrollWidth")
        self.assertLessEqual(width, 700, f"{file} is wider than a sheet")
        self.assertEqual(page.evaluate("() => getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.shut()

    def check_charts(self, ids):
        """Every chart: a description, a picture hidden from readers, its numbers in a table."""
        found = self.page.evaluate("""() => [...document.querySelectorAll("figure")].map((figure) => ({
            id: figure.id,
            label: figure.querySelector(".chart").getAttribute("aria-label"),
            role: figure.querySelector(".chart").getAttribute("role"),
            drawn: figure.querySelectorAll(".chart > svg, .chart > figure").length,
            hidden: figure.querySelector(".chart > *")?.getAttribute("aria-hidden"),
            rows: figure.querySelectorAll("details tbody tr").length,
        }))""")
        self.assertEqual([one["id"] for one in found], ids)
        for one in found:
            self.assertGreater(len(one["label"]), 20, f"{one['id']} has a description")
            self.assertEqual(one["role"], "img")
            self.assertEqual(one["drawn"], 1, f"{one['id']} is drawn")
            self.assertEqual(one["hidden"], "true")
            self.assertGreater(one["rows"], 0, f"{one['id']} has its numbers")

    def check_harmless(self):
        """Text from outside made no element and ran nothing; the policy would not have let it."""
        state = self.page.evaluate(r"""async () => {
            const violations = [];
            document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.hacked = 2";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "http://127.0.0.1:9/x.png";
            document.body.append(image);
            const answer = await fetch("http://127.0.0.1:9/").then(() => "answered", () => "refused");
            await new Promise((done) => setTimeout(done, 100));
            script.remove();
            image.remove();
            return {
                answer, violations: violations.sort(), hacked: window.hacked ?? null,
                scripts: document.querySelectorAll("main script").length, images: document.querySelectorAll("img").length,
                raw: document.querySelector("main").textContent.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/g),
            };
        }""")
        self.assertEqual(state, {"answer": "refused", "violations": ["connect-src", "img-src", "script-src-elem"],
                                 "hacked": None, "scripts": 0, "images": 0, "raw": None})
        # What the attempts above left behind is no fault of the page's.
        excused = re.compile(r"Content Security Policy|violates the following|^request: http://127\.0\.0\.1:9/")
        self.page.kept = [text for text in self.page.complaints() if not excused.search(text)]


class Tap(unittest.TestResult):
    """Says of each test how it ended, as TAP."""

    said = 0

    def _say(self, word, test, more="", details=""):
        self.said += 1
        name = test.shortDescription() or str(test)
        print(f"{word} {self.said} - {name}{more}", *details.splitlines(), sep="\n# ", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._say("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("ok", test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say("not ok", test, details="".join(traceback.format_exception(*err)))

    addError = addFailure


def main(*cases):
    """Runs the tests of these classes; each kind of end quits the browser."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, cases))
    print(f"1..{suite.countTestCases()}", flush=True)
    result = Tap()
    try:
        suite.run(result)
    finally:
        BrowserTest.quit()
    sys.exit(0 if result.wasSuccessful() else 1)
