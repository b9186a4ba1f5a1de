"""The page of the web mail: how it is built and served, and what people do in
it with Debian's Chromium (tests/page/*.mjs, a story each)."""

import gzip
import http.client
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import pytest
from lib.server import BUILD, PASSWORD, ROOT, VECTORS, Server, address
from lib.wire import client_context

MADE = BUILD / "web/page/out/index.html"
BUILD_PAGE = [sys.executable, str(ROOT / "web/build.py")]
MODULES = ROOT / "tests/node_modules"

page = pytest.mark.skipif(
    not MADE.exists(), reason="this build has no page: npm fetched nothing")


def get(server, path, method="GET", **fields):
    """(status, fields, octets), as they came."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.ports["https"], context=client_context(),
        timeout=60)
    names = {k.replace("_", "-"): v for k, v in fields.items()}
    connection.request(method, path, headers=names)
    answer = connection.getresponse()
    octets = answer.read()
    connection.close()
    return answer.status, answer.headers, octets


# ---- building ---------------------------------------------------------------

@pytest.mark.parametrize("npm, why", [
    ([], "npm is not installed"), (["--npm", "/bin/false"], "npm ended with 1")])
def test_without_npm(tmp_path, npm, why):
    """One line, and a server without a page; an error for who wants one."""
    made, depfile = tmp_path / "assets.c", tmp_path / "assets.d"
    command = [*BUILD_PAGE, "--into", str(made), "--work",
               str(tmp_path / "work"), "--depfile", str(depfile), *npm]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    line, = done.stdout.splitlines()
    assert line.startswith(f"No web page in this build: {why}")
    assert "http_nassets = 0;" in made.read_text()
    # What could not be fetched is tried again with the next build.
    missing = [p for p in depfile.read_text().split(": ", 1)[1].split()
               if not pathlib.Path(p).exists()]
    assert len(missing) == bool(npm)
    compiled = subprocess.run(
        ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
         "-I", str(ROOT / "src"), "-c", str(made), "-o", "/dev/null"],
        capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr
    done = subprocess.run([*command, "--required"], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 1 and why in done.stderr


def test_nothing_is_written_into_the_sources():
    git = subprocess.run(["git", "-C", str(ROOT), "status", "--porcelain",
                          "--ignored", "web"], capture_output=True, text=True)
    assert git.returncode or "!!" not in git.stdout


@page
def test_types():
    """TypeScript, as strict as it gets."""
    done = subprocess.run(
        [MODULES / ".bin/tsc", "-p", str(MADE.parents[1])],
        capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


# ---- serving ----------------------------------------------------------------

def assets(server):
    return re.findall(r'(?:href|src)="(/assets/[^"]+)"',
                      get(server, "/")[2].decode())


@page
def test_page_and_its_files(demo):
    status, fields, octets = get(demo, "/")
    assert status == 200 and fields["Content-Type"].startswith("text/html")
    assert fields["Cache-Control"] == "no-cache"
    policy = fields["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "worker-src 'self'; manifest-src 'self'" in policy
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert b"<style" not in octets and b"<script>" not in octets
    paths = assets(demo)
    assert {p.rsplit(".")[-1] for p in paths} == {
        "js", "css", "svg", "png", "webmanifest"}
    for path in paths:
        status, fields, octets = get(demo, path)
        assert status == 200 and octets
        assert fields["Cache-Control"].endswith("immutable")
        # Of a file nothing but its own content is allowed to anybody.
        assert "script-src" not in fields["Content-Security-Policy"]
    assert get(demo, "/assets/no-such.js")[0] == 404
    assert get(demo, "/assets/")[0] == 404
    status, fields, octets = get(demo, "/", "HEAD")
    assert status == 200 and not octets and int(fields["Content-Length"]) > 0


@page
def test_installable(demo):
    """A manifest in each language, with icons of the sizes it says."""
    html = get(demo, "/")[2].decode()
    link = re.search(r'rel="manifest" href="([^"]+)" data-de="([^"]+)"', html)
    manifests = []
    for path in link.groups():
        status, fields, octets = get(demo, path)
        assert status == 200
        assert fields["Content-Type"] == "application/manifest+json"
        assert fields["Cache-Control"].endswith("immutable")
        manifests.append(json.loads(octets))
    assert [m["lang"] for m in manifests] == ["en", "de"]
    assert len({m["description"] for m in manifests}) == 2
    for m in manifests:
        assert (m["id"], m["start_url"], m["scope"]) == ("/",) * 3
        assert m["display"] == "standalone" and m["theme_color"]
        assert {i.get("purpose") for i in m["icons"]} == {None, "maskable"}
    for icon in manifests[0]["icons"]:
        status, fields, octets = get(demo, icon["src"])
        assert status == 200 and fields["Content-Type"] == icon["type"]
        if icon["type"] == "image/png":
            assert octets.startswith(b"\x89PNG\r\n\x1a\n")
            width, height = struct.unpack(">II", octets[16:24])
            assert f"{width}x{height}" == icon["sizes"]


@page
def test_worker(demo):
    """Asked for anew each time, for all of the origin, and alone with it."""
    status, fields, octets = get(demo, "/worker.js")
    assert status == 200
    assert fields["Content-Type"].startswith("text/javascript")
    assert fields["Cache-Control"] == "no-cache"
    assert fields["Content-Security-Policy"] == \
        "default-src 'none'; connect-src 'self'"
    assert get(demo, "/worker.js", If_None_Match=fields["ETag"])[0] == 304
    # All that the page is made of, and nothing else.
    kept = set(re.findall(r"/assets/[^\"']+", octets.decode()))
    assert {p for p in assets(demo) if not p.endswith(".png")} <= kept
    for path in kept:
        assert get(demo, path)[0] == 200


@page
@pytest.mark.parametrize("accepts, packed", [
    (None, False), ("gzip", True), ("deflate, GZIP;q=0.5, br", True),
    ("gzip;q=0", False), ("gzip; q=0.000", False), ("br", False),
    ("gzip;q=1.0", True), (",,", False), ("x-gzip", False)])
def test_compressed(demo, accepts, packed):
    path = assets(demo)[-1]
    plain = get(demo, path)[2]
    more = {"Accept_Encoding": accepts} if accepts else {}
    _, fields, octets = get(demo, path, **more)
    assert fields["Vary"] == "Accept-Encoding"
    assert (fields["Content-Encoding"] == "gzip") == packed
    assert (gzip.decompress(octets) if packed else octets) == plain


@page
def test_known_already(demo):
    for path in "/", assets(demo)[0]:
        tag = get(demo, path)[1]["ETag"]
        for said in tag, f'"x", W/{tag}', "*":
            status, fields, octets = get(demo, path, If_None_Match=said)
            assert status == 304 and not octets
            assert fields["ETag"] == tag and fields["Cache-Control"]
            assert "Content-Length" not in fields
        for said in '"x"', tag[:-1], "":
            assert get(demo, path, If_None_Match=said)[0] == 200


@page
def test_small(demo):
    """What is fetched before the inbox shows, as it is sent."""
    octets = sum(len(get(demo, path, Accept_Encoding="gzip")[2])
                 for path in assets(demo) if path.endswith(".js"))
    assert octets <= 60_000


# ---- stories ----------------------------------------------------------------

@pytest.fixture(scope="module")
def browser():
    """One for all stories: where it is reached."""
    with subprocess.Popen(
            ["node", str(ROOT / "tests/page/browser.mjs")], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process.stdout.readline().strip()


def story_command(demo, browser, story, *more):
    return ["node", str(ROOT / "tests/page" / f"{story}.mjs"),
            f"https://localhost:{demo.ports['https']}", address("alice"),
            address("bob"), PASSWORD, str(demo.ports["smtp"]), browser,
            *map(str, more)]


def tell(demo, browser, story, *more):
    """Run tests/page/STORY.mjs."""
    done = subprocess.run(story_command(demo, browser, story, *more),
                          capture_output=True, text=True, timeout=560)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@page
@pytest.mark.parametrize("name", [
    "wrong_password", "another_person", "signing_out", "reading", "html",
    "conversation", "several", "folders", "writing", "answers", "drafts",
    "search", "keyboard", "arriving", "phone", "german", "views",
    "scheduled", "second_factor", "sign_ins", "away",
    "senders", "websocket", "http2", "offline_read", "offline_write",
    "offline_once", "offline_leave"])
def test_story(empty_demo, browser, name):
    tell(empty_demo, browser, name)


@page
def test_server_gone(browser):
    """It is stopped and started anew when the story says so."""
    with Server() as server:
        with subprocess.Popen(
                story_command(server, browser, "offline_server"), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE) as process:
            wanted = {"stop": server.stop, "start": server.start}
            said = ""
            for said in map(str.strip, process.stdout):
                if said in wanted:
                    wanted[said]()
                    print(said, file=process.stdin, flush=True)
            errors = process.stderr.read()
            assert process.wait(60) == 0 and said == "end", errors[-4000:]


@page
def test_another_version(empty_demo, browser, tmp_path):
    """Two builds of the page, one after the other."""
    other = tmp_path / "page"
    shutil.copytree(MADE.parents[1], other, symlinks=True,
                    ignore=shutil.ignore_patterns("out", "node_modules"))
    (other / "node_modules").symlink_to(MADE.parents[1] / "node_modules")
    folders = other / "src/views/folders.tsx"
    text = folders.read_text()
    assert ">Postern<" in text
    folders.write_text(text.replace(">Postern<", ">Postern II<"))
    subprocess.run(["node", "build.mjs"], cwd=other, check=True, timeout=120)
    tell(empty_demo, browser, "offline_update", MADE.parent, other / "out")


@page
def test_settings(empty_demo, browser):
    empty_demo.command("account", "quota", address("bob"), "5000000000")
    tell(empty_demo, browser, "settings")


@page
@pytest.mark.skipif(not VECTORS.exists(), reason="there are no vectors")
def test_payloads(empty_demo, browser):
    """HTML of those who break sanitisers: nothing runs, nothing is asked for
    elsewhere."""
    tell(empty_demo, browser, "payloads",
         VECTORS / "dompurify/payloads.json")
