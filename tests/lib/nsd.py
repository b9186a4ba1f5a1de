"""Name servers of the test's own: NSD on loopback, with signed zones.

    with Nsd() as nsd:
        nsd.add_zone("example.test", zone_text("example.test", ...),
                     signed=True)
        nsd.start()
        ... nsd.port, nsd.anchor ...

Zones may be added, or replaced, while it runs: reload() takes them.
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15,
         "TXT": 16, "AAAA": 28, "TLSA": 52}
CONFIGURATION = """\
server:
  server-count: 1
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  database: ""
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  rrl-ratelimit: 0
  hide-version: yes
  minimal-responses: yes
remote-control:
  control-enable: yes
  control-interface: "{folder}/control"
"""


def free_port():
    """One that is free on 127.0.0.1, for UDP and TCP."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                tcp.bind(udp.getsockname())
                return udp.getsockname()[1]
    raise RuntimeError("no free port on loopback")


def zone_text(zone, mx=(), hosts=None, more="", ttl=300, negative=60):
    """The text of a zone: mx is [(preference, host)], hosts {name: address
    or [addresses]}; names without a last dot are below the zone, "@" is the
    zone itself. more is added as it is."""
    lines = [f"$ORIGIN {zone}.", f"$TTL {ttl}",
             f"@ SOA ns hostmaster 1 3600 600 86400 {negative}",
             "@ NS ns", "ns A 127.0.0.1"]
    lines += [f"@ MX {preference} {host}" for preference, host in mx]
    for name, addresses in (hosts or {}).items():
        if isinstance(addresses, str):
            addresses = [addresses]
        lines += [f"{name} {'AAAA' if ':' in a else 'A'} {a}"
                  for a in addresses]
    return "\n".join([*lines, more, ""])


class Nsd:
    def __init__(self, folder=None):
        self._scratch = None
        if folder is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="nsd-")
            folder = self._scratch.name
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.zones = {}             # name: signed
        self.process = None
        self.anchor = self.folder / "anchor.ds"
        self.anchor.touch()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
        if self._scratch:
            self._scratch.cleanup()

    @property
    def server(self):
        """As postern.conf names it."""
        return f"127.0.0.1@{self.port}"

    def configuration(self):
        """Lines for postern.conf: our zones are asked for here, and what is
        signed is trusted."""
        lines = [f'stub-zone "{zone}" {{ servers = {{"{self.server}"}} }}'
                 for zone in self.zones]
        if self.anchor.stat().st_size:
            lines.append(f'trust-anchor = "{self.anchor}"')
        return "\n".join([*lines, ""])

    # Zones

    def add_zone(self, zone, text, signed=False, tamper=None, anchor=True):
        """Sign it (ECDSA P-256) if asked; tamper is (old, new) in what was
        signed, which makes it bogus. anchor: its key is trusted. text None:
        it is configured, and never loaded (SERVFAIL)."""
        path = self._path(zone)
        if text is None:
            path.write_text("this is no zone\n")
        else:
            path.write_text(text)
        if signed:
            self._sign(zone, path, anchor and zone not in self.zones)
        if tamper:
            before = path.read_text()
            after = before.replace(*tamper)
            assert before != after, "nothing to tamper with"
            path.write_text(after)
        self.zones[zone] = signed

    def _path(self, zone):
        return self.folder / (zone.replace("/", "_") + ".zone")

    def _run(self, *args):
        done = subprocess.run(args, cwd=self.folder, capture_output=True,
                              text=True, timeout=30)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.strip()

    def _sign(self, zone, path, anchor):
        keep = self.folder / (path.name + ".key")
        if not keep.exists():
            keep.write_text(self._run("ldns-keygen", "-a", "ECDSAP256SHA256",
                                      "-k", zone))
        key = keep.read_text()
        self._run("ldns-signzone", "-n", path.name, key)
        (self.folder / (path.name + ".signed")).rename(path)
        if anchor:
            with open(self.anchor, "a") as file:
                file.write(self._run("ldns-key2ds", "-n", "-2",
                                     key + ".key") + "\n")

    # The process

    def start(self):
        conf = CONFIGURATION.format(port=self.port, folder=self.folder)
        for zone in self.zones:
            conf += f'zone:\n  name: "{zone}"\n' \
                    f'  zonefile: "{self._path(zone).name}"\n'
        (self.folder / "nsd.conf").write_text(conf)
        self.process = subprocess.Popen(
            ["nsd", "-d", "-c", str(self.folder / "nsd.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            if self.ask(".", "NS", seconds=0.2):
                return
            time.sleep(0.02)
        raise RuntimeError("NSD does not serve:\n" + self.log())

    def log(self):
        with contextlib.suppress(OSError):
            return (self.folder / "nsd.log").read_text()
        return ""

    def reload(self):
        """Read the zones again, and be there with them."""
        self._run("nsd-control", "-c", str(self.folder / "nsd.conf"),
                  "reload")
        time.sleep(0.2)

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def queries(self):
        """How many it was asked since it started."""
        said = self._run("nsd-control", "-c",
                         str(self.folder / "nsd.conf"), "stats_noreset")
        return int(re.search(r"^num\.queries=(\d+)$", said, re.M).group(1))

    # Asking it

    def ask(self, name, kind="A", seconds=2):
        """Ask it by UDP; the octets of its answer, or None."""
        labels = [part.encode() for part in name.strip(".").split(".")
                  if part]
        wire = struct.pack(">HHHHHH", 4711, 0, 1, 0, 0, 0)
        wire += b"".join(bytes([len(part)]) + part for part in labels)
        wire += struct.pack(">BHH", 0, TYPES[kind], 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(seconds)
            s.connect(("127.0.0.1", self.port))
            with contextlib.suppress(OSError):
                s.send(wire)
                return s.recv(4096)
        return None

    def dig(self, name, kind):
        """What dig prints for it, a line a record."""
        return self._run("dig", "@127.0.0.1", "-p", str(self.port), "+short",
                         "+tries=1", "+time=2", name, kind).splitlines()
