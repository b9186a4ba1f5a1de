"""Programs that look for harmful mail, on loopback: ClamAV's clamd with one
signature, and rspamd with a rule of two of the test's own.

    with Clamd() as clamd, Rspamd() as rspamd: ... clamd.port, rspamd.port
"""

import hashlib
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

from lib.nsd import free_port
from lib.server import PATIENCE

# No virus: octets that the signature of the test names.
HARMFUL = b"These octets of the test stand for a virus.\n" * 3
CLAMD = """\
Foreground yes
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {folder}/socket
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength 2M
"""
# Without the list of suffixes of domains that it compiles at the start. No
# name is asked for; its name server would be nobody.
RSPAMD = """\
options {{
  pidfile = "{folder}/pid"; filters = ""; gtube_patterns = "all";
  dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }}
  control_socket = "{folder}/control mode=0600"; rrd = "";
  history_file = "{folder}/history"; cache_file = "{folder}/cache";
  hs_cache_dir = "{folder}"; url_tld = "{folder}/suffixes";
  disable_hyperscan = true; tempdir = "{folder}";
}}
logging {{ type = "console"; level = "info"; }}
lua = "{folder}/rules.lua";
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
metric {{ name = "default";
         actions {{ reject = 15; add_header = 6; greylist = 4; }} }}
"""
# As many points as the subject says, and a line about what it was told.
RULES = """\
rspamd_config:register_symbol{{ name = "SUBJECT_POINTS", score = 1,
callback = function(task)
  local told = {{ tostring(task:get_from_ip()), task:get_helo(),
                  task:get_from("smtp")[1].addr }}
  for _, to in ipairs(task:get_recipients("smtp")) do
    table.insert(told, to.addr)
  end
  local f = io.open("{folder}/told", "a")
  f:write(table.concat(told, " ") .. "\\n")
  f:close()
  local n = string.match(task:get_header("Subject") or "", "points (%-?%d+)")
  if n then task:insert_result("SUBJECT_POINTS", tonumber(n)) end
end }}
"""


class Scanner:
    def __init__(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="scanner-")
        self.folder = pathlib.Path(self._scratch.name)
        self.port = free_port()
        self.process = None

    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()
        self._scratch.cleanup()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd=self.folder, start_new_session=True)
        end = time.monotonic() + 60 * PATIENCE
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, \
                (self.folder / "log").read_text(errors="replace")
            time.sleep(0.1)

    def stop(self):
        """Also what it has started itself."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(folder=self.folder, port=self.port))
        return path


class Clamd(Scanner):
    def prepare(self):
        self.file("clamd.conf", CLAMD)
        digest = hashlib.md5(HARMFUL).hexdigest()
        self.file("signatures/test.hdb",
                  f"{digest}:{len(HARMFUL)}:Postern.Test\n")

    def command(self):
        return ["clamd", "-c", self.folder / "clamd.conf"]

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                s.sendall(b"zPING\0")
                return s.recv(10) == b"PONG\0"
        except OSError:
            return False


class Rspamd(Scanner):
    def prepare(self):
        self.file("rspamd.conf", RSPAMD)
        self.file("rules.lua", RULES)
        self.file("suffixes", "com\norg\ntest\n")

    def command(self):
        # -i: also as root, in a test.
        return ["rspamd", "-f", "-i", "-T", "-c", self.folder / "rspamd.conf"]

    def answers(self):
        try:
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}/ping", timeout=5) as got:
                return got.read().strip() == b"pong"
        except OSError:
            return False

    def told(self):
        file = self.folder / "told"
        return file.read_text().splitlines() if file.exists() else []
