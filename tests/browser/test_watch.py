"""What is asked of every page, asked of one that is wrong: else "no complaint" would mean little."""
from selenium.common.exceptions import UnexpectedAlertPresentException

from browser import BrowserTest, main

PAGE = """<!DOCTYPE html><html data-ready><title>wrong</title><div style="width: 2000px">wide</div>
<script>console.debug("said"); setTimeout(() => { throw new Error("thrown"); });</script>
<img src="http://127.0.0.1:9/seen.png">"""


class Watch(BrowserTest):
    def setUp(self):
        super().setUp()
        self.file = self.place / "wrong.html"
        self.file.write_text(PAGE, encoding="ascii")

    def test_complaints(self):
        """watch: a word on the console, an error and a request fail a page"""
        page = self.open(self.file)
        page.wait("() => document.readyState === 'complete'")
        told = "\n".join(page.complaints())
        for wanted in ("said", "Uncaught Error: thrown", "request: http://127.0.0.1:9/seen.png"):
            self.assertIn(wanted, told)
        with self.assertRaises(AssertionError):
            self.shut()
        page.kept.clear()
        self.shut()

    def test_dialog(self):
        """watch: a dialog fails a page"""
        page = self.open(self.file)
        with self.assertRaises(UnexpectedAlertPresentException):
            page.evaluate("() => alert('asked')")
            page.evaluate("() => 1")
        self.assertIn("dialog: asked", page.complaints())
        page.kept.clear()
        self.shut()

    def test_width(self):
        """watch: a page that is wider than its window or a sheet fails, and so does one that is dark on paper"""
        with self.assertRaisesRegex(AssertionError, "wrong: 20.. pixels wide in a window of 1280"):
            self.shoot(self.file, "wrong", width=1280)
        with self.assertRaisesRegex(AssertionError, "wider than a sheet"):
            self.check_paper(self.file)
        self.file.write_text("<html data-ready><body style='background: black'>", encoding="ascii")
        with self.assertRaisesRegex(AssertionError, r"rgb\(0, 0, 0\)"):
            self.check_paper(self.file)


if __name__ == "__main__":
    main(Watch)
