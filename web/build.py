#!/usr/bin/python3
"""Make the page and write its files as one C file of struct http_asset.

usage: build.py --into FILE.c --work FOLDER [--depfile FILE] [--npm NPM]
                [--required]

Copies the sources into FOLDER, lets NPM fetch there what package-lock.json
says, and runs build.mjs. Without NPM, or where it can fetch nothing, the file
holds no asset and one line says why; with --required that is an error.
"""

import argparse
import gzip
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json",
           "src")
TYPES = {".html": "text/html; charset=utf-8",
         ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".png": "image/png", ".webmanifest": "application/manifest+json"}
FETCH_SECONDS = 300


class NoPage(Exception):
    """Why there is none; the reason is short enough for one line."""


def copy_sources(work):
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work / "src", ignore_errors=True)
    for name in SOURCES:
        if (HERE / name).is_dir():
            shutil.copytree(HERE / name, work / name)
        else:
            shutil.copyfile(HERE / name, work / name)


def run_npm(command, work):
    """The folder of npm's cache may belong to nobody."""
    log = work / "npm.log"
    env = dict(os.environ)
    if not os.access(os.path.expanduser("~"), os.W_OK):
        env["npm_config_cache"] = str(work / "cache")
    try:
        with open(log, "wb") as said:
            done = subprocess.run(command, cwd=work, env=env, stdout=said,
                                  stderr=said, stdin=subprocess.DEVNULL,
                                  timeout=FETCH_SECONDS).returncode
    except subprocess.TimeoutExpired:
        done = "a time limit"
    except OSError as e:
        done = e.strerror
    if done:
        raise NoPage(f"npm ended with {done}, see {log}")


def fetch(npm, work):
    """What the lock file says, if it is not there already."""
    lock = (work / "package-lock.json").read_bytes()
    stamp = work / "node_modules/.fetched"
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    run_npm([npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit",
             "--no-fund", "--fetch-retries=1",
             "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"], work)
    stamp.write_bytes(lock)


def bundle(work):
    shutil.rmtree(work / "out", ignore_errors=True)
    done = subprocess.run(["node", "build.mjs"], cwd=work,
                          capture_output=True, text=True)
    if done.returncode:     # the sources are wrong: never passed over
        sys.exit(done.stderr or done.stdout)
    return sorted(p for p in (work / "out").rglob("*") if p.is_file())


def c_array(name, octets):
    lines = (",".join(map(str, octets[i:i + 32]))
             for i in range(0, len(octets), 32))
    return f"static const unsigned char {name}[] = {{\n" + \
        ",\n".join(lines) + "\n};\n"


def c_file(work, paths):
    arrays, rows = [], []
    for i, path in enumerate(paths):
        plain = path.read_bytes()
        packed = gzip.compress(plain, 9, mtime=0)
        tag = hashlib.sha256(plain).hexdigest()[:20]
        name = "/" + str(path.relative_to(work / "out"))
        arrays += [c_array(f"plain{i}", plain), c_array(f"gzip{i}", packed)]
        rows.append(
            f'\t{{ STR("{"/" if name == "/index.html" else name}"), '
            f'STR("{TYPES[path.suffix]}"), STR("\\"{tag}\\""),\n'
            f"\t    {{ (const char *)plain{i}, sizeof(plain{i}) }},\n"
            f"\t    {{ (const char *)gzip{i}, sizeof(gzip{i}) }} }},\n")
    if not rows:    # C has no empty arrays
        rows.append("\t{ STR_NULL, STR_NULL, STR_NULL, STR_NULL, STR_NULL },\n")
    return ("/* Made by web/build.py. */\n"
            '#include "http/page.h"\n\n' + "".join(arrays) +
            "const struct http_asset http_assets[] = {\n" + "".join(rows) +
            f"}};\nconst size_t http_nassets = {len(paths)};\n")


def main():
    parser = argparse.ArgumentParser(
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__)
    parser.add_argument("--into", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--depfile", type=pathlib.Path)
    parser.add_argument("--npm")
    parser.add_argument("--required", action="store_true")
    args = parser.parse_args()
    paths, again = [], []
    try:
        if not args.npm:
            raise NoPage("npm is not installed (tools/need node)")
        copy_sources(args.work)
        fetch(args.npm, args.work)
        paths = bundle(args.work)
    except NoPage as e:
        if args.required:
            sys.exit(f"The page cannot be built: {e}")
        print(f"No web page in this build: {e}")
        if args.npm:    # next time the registry may be there
            again = [args.work / "no-such-file"]
    args.into.write_text(c_file(args.work, paths))
    if args.depfile:
        needs = again + [p for name in SOURCES for p in
                 [HERE / name, *(HERE / name).rglob("*")]]
        args.depfile.write_text(
            f"{args.into}: {' '.join(str(p) for p in needs)}\n")


if __name__ == "__main__":
    main()
