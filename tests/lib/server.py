"""A Postern of the test's own: `postern demo` on free loopback ports."""

import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("POSTERN_BUILD", "build")
VECTORS = ROOT.parent / "shared" / "vectors"

DOMAIN = "example.test"
PASSWORD = "postern-demo"
PEOPLE = ("alice", "bob")

# What --port-offset is added to; a demo without it adds 1000.
STANDARD = {"smtp": 25, "lmtp": 24, "submission": 587, "submissions": 465,
            "imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995,
            "http": 7080, "https": 7443}
# The kernel keeps 15 octets of a process's name.
ROLES = {f"postern-{role}"[:15]: role for role in (
    "store", "vault", "mx", "front", "resolver", "relay", "web",
    "errand", "ldap", "pam")}
COMPLAINT = re.compile(r"Sanitizer|runtime error:|\bbug\b")
# For those that hang; a slow machine is given more.
PATIENCE = float(os.environ.get("POSTERN_PATIENCE", "1"))
START_SECONDS = 120 * PATIENCE
STOP_SECONDS = 60 * PATIENCE


def address(person):
    return f"{person}@{DOMAIN}"


def _is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_offset():
    """An offset that leaves all of a demo's ports free; below those that
    connections take by themselves."""
    for _ in range(1000):
        offset = random.randrange(10000, 24000)
        ports = list(STANDARD.values()) + [2525 - 1000]
        if all(_is_free(port + offset) for port in ports):
            return offset
    raise RuntimeError("no free ports on loopback")


def children(pid):
    """The processes below pid, itself not among them: pid to name."""
    parents, names = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):
            stat = pathlib.Path("/proc", entry, "stat").read_text()
            name, rest = stat.split("(", 1)[1].rsplit(")", 1)
            if rest.split()[0] != "Z":
                parents[int(entry)] = int(rest.split()[1])
                names[int(entry)] = name
    found, todo = {}, [pid]
    while todo:
        parent = todo.pop()
        below = [p for p, up in parents.items() if up == parent]
        found.update({p: names[p] for p in below})
        todo += below
    return found


def is_gone(pid):
    """All of its threads ended; nobody may have waited for it yet."""
    task = pathlib.Path("/proc", str(pid), "task")
    with contextlib.suppress(OSError):
        states = [(t / "stat").read_text().rsplit(")", 1)[1].split()[0]
                  for t in task.iterdir()]
        return states == ["Z"] or not states
    return not task.exists()


class Server:
    """`with Server() as s:` runs a demo until the block ends."""

    READY = b"Serving until"

    def __init__(self, data=None, command=(), env=None):
        self._scratch = None
        if data is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="postern-")
            data = pathlib.Path(self._scratch.name) / "data"
        self.data = pathlib.Path(data)
        self.log = self.data.parent / "demo.log"
        self.offset = free_offset()
        self.ports = {k: v + self.offset for k, v in STANDARD.items()}
        self.process = None
        self._command = list(command)
        self._env = env

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.stop()
        found = self.complaints()
        if self._scratch:
            self._scratch.cleanup()
        if found:
            raise RuntimeError("\n".join(found))

    def complaints(self):
        """What no run may log: bugs, and what sanitizers find."""
        return [line for line in self.tail(None).splitlines()
                if COMPLAINT.search(line)]

    def start(self):
        """Start and wait until it serves."""
        with open(self.log, "ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [*self._command, str(BUILD / "postern"),
                 *self.arguments()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._env, start_new_session=True)
        self.wait_ready()

    def arguments(self):
        return ["demo", "--data", str(self.data),
                "--port-offset", str(self.offset)]

    def wait_ready(self, seconds=START_SECONDS):
        """Until the demo says so: its first message went through then."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if self.READY in self.log.read_bytes()[self._log_start:]:
                return
            time.sleep(0.02)
        raise RuntimeError("the demo does not serve:\n" + self.tail())

    def tail(self, lines=40):
        """The end of what was said and logged."""
        said = []
        for path in (self.log, self.data / "log"):
            with contextlib.suppress(OSError):
                text = path.read_text(errors="replace")
                said += text.splitlines()[-lines if lines else None:]
        return "\n".join(said)

    def stop(self):
        """End it in good order and wait; kill it if it does not."""
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise RuntimeError("the demo did not stop:\n" + self.tail())

    def processes(self, role=None):
        """Pids of the roles now running, by role or of one ("store")."""
        found = {}
        for pid, name in children(self.process.pid).items():
            found.setdefault(ROLES.get(name, name), []).append(pid)
        return found if role is None else found.get(role, [])

    def kill_role(self, role):
        """SIGKILL every process of the role; how many there were."""
        pids = self.processes(role)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def kill_all(self):
        """SIGKILL everything at once, master first."""
        below = children(self.process.pid)
        for pid in [self.process.pid, *below]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + 10
        while time.monotonic() < end and not all(map(is_gone, below)):
            time.sleep(0.01)

    def command(self, *args, check=True, text=None):
        """Run `postern ARGS --data ...` and return its output."""
        done = subprocess.run(
            [str(BUILD / "postern"), *args, "--data", str(self.data)],
            input=text, capture_output=True, text=True, timeout=120)
        if check and done.returncode:
            raise RuntimeError(f"postern {args}: {done.stderr}{self.tail()}")
        return done


# Where nobody is written to by mistake: the sender gets it back at once.
NOWHERE = """\
route "*" {
    refuse = "this is a test: it sends no mail to other domains"
}
"""

# Of tests that send more in a minute than a person does in a day.
UNLIMITED = """\
limits {
    messages-per-hour = 0
    recipients-per-hour = 0
    messages-per-day = 0
    recipients-per-day = 0
    new-recipients-per-day = 0
}
"""

# Dialogues with FROM: of who may say for whom they come.
IN_FRONT = """\
xclient-peers = { "127.0.0.9" }
xforward-peers = { "127.0.0.9", "198.51.100.0/24" }
"""

CONFIGURATION = """\
hostname = "mail.{domain}"
data = "{data}"
listen {{ kind = smtp address = "localhost" port = {smtp} }}
listen {{ kind = lmtp address = "localhost" port = {lmtp} }}
listen {{ kind = submission address = "localhost" port = {submission} }}
listen {{ kind = submissions address = "localhost" port = {submissions} }}
listen {{ kind = imap address = "localhost" port = {imap} }}
listen {{ kind = imaps address = "localhost" port = {imaps} }}
listen {{ kind = pop3 address = "localhost" port = {pop3} }}
listen {{ kind = pop3s address = "localhost" port = {pop3s} }}
listen {{ kind = http address = "localhost" port = {http} }}
listen {{ kind = https address = "localhost" port = {https} }}
"""


class ConfiguredServer(Server):
    """`postern run` with a configuration, the demo's two people in it."""

    READY = b" ready "

    @property
    def conf(self):
        return self.data.parent / "postern.conf"

    def arguments(self):
        self.configure()
        return ["run", "--config", str(self.conf)]

    def configure(self, more=""):
        self.conf.write_text(CONFIGURATION.format(
            domain=DOMAIN, data=self.data, **self.ports) + more)

    def start(self):
        new = not self.data.exists()
        super().start()
        if new:
            self.command("domain", "add", DOMAIN)
            for person in PEOPLE:
                self.command("account", "add", address(person),
                             "--password-stdin", text=PASSWORD + "\n")


class SharedServer(ConfiguredServer):
    """As strict as a server in the world, but that nothing leaves."""

    def configure(self, more=""):
        super().configure(more + IN_FRONT + NOWHERE + UNLIMITED)

    def start(self):
        super().start()
        (self.data / "certificate.pem").write_text(
            ssl.get_server_certificate(("127.0.0.1", self.ports["imaps"])))
