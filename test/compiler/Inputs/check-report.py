# check-report.py PAGE JSON: a report's page is whole, accessible and on its own, and says what its
# JSON says. Prints what is wrong, a sentence each, and fails if anything is.
import json
import re
import sys
from html.parser import HTMLParser

EMPTY = {"br", "meta", "circle", "line"}  # may be written <name/>
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.counts, self.attributes, self.rows, self.texts = [], {}, [], [], []

    def note(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.attributes += [(tag, key, value) for key, value in attributes]
        keys = dict(attributes)
        expect(tag != "th" or keys.get("scope") in ("row", "col"), "a th has no scope")
        expect(tag != "svg" or "aria-labelledby" in keys or "aria-hidden" in keys,
               "an svg has no name")

    def handle_starttag(self, tag, attributes):
        self.note(tag, attributes)
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        expect(tag in EMPTY, f"<{tag}/> is no empty element")
        self.note(tag, attributes)

    def handle_endtag(self, tag):
        expect(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}")
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        self.texts.append(data)
        if self.open[-1:] == ["th"] and "tbody" in self.open:
            self.rows.append(data)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055)**2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def check_colours(text):
    schemes = [dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{3,6})", block))
               for block in re.findall(r":root\{([^}]*)\}", text)]
    expect(len(schemes) == 2, "there are no two colour schemes")
    for scheme in schemes:
        for back in ("back", "panel"):
            for ink in ("ink", "soft"):
                expect(contrast(scheme[ink], scheme[back]) >= 7, f"{ink} on {back} is faint")
        for name, colour in scheme.items():
            expect(not name.startswith("series") or contrast(colour, scheme["back"]) >= 3,
                   f"{name} is faint")


def check_page(text, report):
    page = Page()
    page.feed(text)
    page.close()
    expect(not page.open, f"not closed: {page.open}")
    expect(text.startswith("<!DOCTYPE html>"), "no doctype")
    expect(page.counts.get("caption") == page.counts.get("table"), "a table has no caption")
    expect(page.counts.get("h1") == 1 and page.counts.get("main") == 1, "no h1, or no main")
    expect("viewport" in text and 'lang="en"' in text, "no viewport, or no language")
    expect("://" not in text and "url(" not in text and "<script" not in text, "it needs a network")
    expect(not any(key in ("src", "href") for _, key, _ in page.attributes), "it refers to a file")
    expect(report["notice"] in "".join(page.texts).replace("\n", " "), "nothing says projection")
    for kernel in report["kernels"]:
        expect(kernel["kernel"] in page.rows, f"no row for {kernel['kernel']}")
    for token in report["tokens"]:
        expect(str(token["context"]) in page.rows, f"no row for context {token['context']}")
    check_colours(text)


def check_numbers(entry, names):
    for name in names:
        expect(isinstance(entry.get(name), (int, float)) and entry[name] >= 0,
               f"{name} is no number in {entry}")


def check_json(report):
    expect(set(report) == {"notice", "compiler", "model", "target", "product", "activations",
                           "kv_cache", "max_batch", "max_context", "constants", "kernels",
                           "tokens"}, f"other members: {sorted(report)}")
    check_numbers(report["constants"], ["bandwidth_gb_s", "read_bandwidth_gb_s", "clock_mhz",
                                        "memory_latency_ns", "launch_us", "grid_barrier_us"])
    for kernel in report["kernels"]:
        check_numbers(kernel, ["k", "n", "batch", "launches", "hbm_bytes", "least_bytes",
                               "waves_per_simd", "projected_us", "share_of_roof"])
        check_numbers(kernel["resources"], ["vgprs", "sgprs", "spills", "scratch_bytes",
                                            "lds_bytes"])
        expect(kernel["hbm_bytes"] >= 0.99 * kernel["least_bytes"], f"too few bytes: {kernel}")
        expect(kernel["findings"] == [], f"{kernel['kernel']}: {kernel['findings']}")
        expect("waves = " in kernel["schedule"], "no schedule")
    for token in report["tokens"]:
        check_numbers(token, ["batch", "context", "launches", "barriers", "projected_us",
                              "projected_tokens_per_second", "share_of_roof"])
        total = sum(loss["projected_us"] for loss in token["losses"])
        expect(abs(total - token["projected_us"]) < 1e-6 * total, "losses do not add up")


report = json.load(open(sys.argv[2]))
check_json(report)
check_page(open(sys.argv[1]).read(), report)
print("\n".join(problems))
sys.exit(1 if problems else 0)
