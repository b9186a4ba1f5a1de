#!/usr/bin/python3
"""Add up what test runners wrote: sum_results.py JUNIT.xml...

Prints the names of what failed or was skipped, then one line
"N passed, N failed, N skipped". Exits 1 if anything failed or nothing ran.
"""

import sys
import xml.etree.ElementTree as ET


def verdict(case):
    for kind, name in (("failure", "failed"), ("error", "failed"),
                       ("skipped", "skipped")):
        found = case.find(kind)
        if found is not None:
            return name, found.get("message") or ""
    return "passed", ""


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sys.argv[1:]:
        for case in ET.parse(path).iter("testcase"):
            kind, why = verdict(case)
            counts[kind] += 1
            if kind != "passed":
                name = f"{case.get('classname')} {case.get('name')}"
                print(f"{kind}: {name.strip()} {why.splitlines()[:1]}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(
        **counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
