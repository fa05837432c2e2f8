"""check-repository.py ROOT: prints a line for each file that breaks a rule of CONTRIBUTING.md.

Tests check something; a pass has a .cpp and a lit test of its name; files are short and name no machine's folders.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
LONGEST = 500
SOURCES = {".c", ".cmake", ".cpp", ".fbs", ".h", ".hpp", ".mlir", ".proto", ".py", ".sh", ".td", ".test"}
CHECKS = re.compile(r"\bexpected-(error|remark|note|warning)\b|RUN:.*\b(not|cmp|count|exits)\b")
MACHINE = re.compile(r"(?<![\w.%}])/(work|root|home|Users)/\w")


def files():
    """The files of the repository: what git tracks, or what an unpacked archive holds outside of build folders."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True, text=True)
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not path.relative_to(ROOT).parts[0].startswith("build")]


def complain(path, message):
    print(f"{path.relative_to(ROOT)}: {message}")


def prefixes(text):
    """The check prefixes that the RUN lines of a test name."""
    runs = re.sub(r"\\\n.*?RUN:", " ", text)
    for run in re.findall(r"RUN:.*\bFileCheck\b.*", runs):
        named = re.search(r"--?check-prefix(?:es)?[= ](\S+)", run)
        yield from (named.group(1).split(",") if named else ["CHECK"])


def check_test(path, text):
    """Each prefix of a test occurs, and each part between `// -----` lines checks something."""
    wanted = set(prefixes(text))
    lines = {prefix: re.compile(rf"\b{re.escape(prefix)}(-[A-Z]+(-\d+)?)?:") for prefix in wanted}
    for prefix in sorted(wanted):
        if not lines[prefix].search(text):
            complain(path, f"has no line of prefix {prefix}")
    for number, part in enumerate(re.split(r"^// -----$", text, flags=re.M), 1):
        # The first part of a test of errors may be one that is accepted.
        accepted = number == 1 and not wanted and CHECKS.search(text)
        if not accepted and not CHECKS.search(part) and not any(line.search(part) for line in lines.values()):
            complain(path, f"part {number} checks nothing")


def check_passes(path, text):
    """`def FuseNorms : FusePass<"fuse-norms">` is FuseNorms.cpp here and fuse-norms.mlir in test/passes/<room>."""
    for name, flag in re.findall(r'^def (\w+)\s*:\s*\w*Pass<"([\w-]+)"', text, flags=re.M):
        test = ROOT / "test" / path.parent.relative_to(ROOT) / f"{flag}.mlir"
        if re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower() != flag:
            complain(path, f"{name} and --{flag} differ in their words")
        if not (path.parent / f"{name}.cpp").exists():
            complain(path, f"{name} has no {name}.cpp")
        # An example is a project of its own and keeps its test beside the pass.
        if not test.exists() and not (path.parent / test.name).exists():
            complain(path, f"--{flag} has no {test.relative_to(ROOT)}")


for path in files():
    if path.suffix not in SOURCES | {".md", ".txt", ".json"} or "models" in path.parts:
        continue
    text = path.read_text(encoding="utf-8")
    if path.suffix in SOURCES and text.count("\n") >= LONGEST:
        complain(path, f"has {text.count(chr(10))} lines; the limit is {LONGEST}")
    if path.suffix in {".mlir", ".test"} and "Inputs" not in path.parts and "RUN:" in text:
        check_test(path, text)
    if path.name == "Passes.td":
        check_passes(path, text)
    if MACHINE.search(text) and path != pathlib.Path(__file__).resolve():
        complain(path, f"names a folder of one machine: {MACHINE.search(text).group(0)}")
