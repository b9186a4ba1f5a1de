"""PAM of the test's own: services in a scratch folder, and people of this
machine who are there in the server's own view of it only.

    with PamPlace() as pam:
        pam.service(pam.unix())
        with PamServer(pam) as s: ...
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

from lib.server import BUILD, PATIENCE, ConfiguredServer

MODULES = [p for p in pathlib.Path("/").glob("lib/*/security") if p.is_dir()]
UNIX = """\
auth requisite pam_succeed_if.so uid >= 1000 quiet
auth required pam_unix.so
account required pam_unix.so
"""
# People of this machine: name, password, uid, day on which the account ends.
PEOPLE = [("p-anna", "of anna", 31001, ""), ("p-gone", "of gone", 31002, "1"),
          ("p-low", "of low", 401, "")]


def have(*modules):
    return all(any((folder / f"pam_{name}.so").exists()
                   for folder in MODULES) for name in modules)


def hashed(password):
    return subprocess.run(["openssl", "passwd", "-6", "-stdin"],
                          input=password, capture_output=True, text=True,
                          check=True).stdout.strip()


class PamPlace:
    """A folder of services. Whoever modules run as can read it."""

    def __init__(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="pam-")
        self.root = pathlib.Path(self._scratch.name)
        self.root.chmod(0o755)
        self.folder = self.root / "pam.d"
        self.folder.mkdir()
        self.service(UNIX)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._scratch.cleanup()

    def service(self, text, name="postern"):
        (self.folder / name).write_text(text)

    def look(self):
        """The test's own module: whoever modules run as can load it."""
        path = self.root / "pam_look.so"
        shutil.copy2(BUILD / "tests" / "pam" / "pam_look.so", path)
        path.chmod(0o755)
        return path

    def script(self, text, name="script", run="/bin/sh"):
        path = self.root / name
        path.write_text(f"#!{run}\n{text}\n")
        path.chmod(0o755)
        return path

    def view(self):
        """A command that runs another with our people in /etc/passwd."""
        passwd = pathlib.Path("/etc/passwd").read_text()
        shadow = pathlib.Path("/etc/shadow").read_text()
        for name, password, uid, ends in PEOPLE:
            passwd += f"{name}:x:{uid}:{uid}::/nonexistent:/bin/false\n"
            shadow += f"{name}:{hashed(password)}:19000:0:99999:7::{ends}:\n"
        for name, text, mode in ("passwd", passwd, 0o644), \
                ("shadow", shadow, 0o640):
            path = self.root / name
            path.write_text(text)
            path.chmod(mode)
            shutil.chown(path, "root", "root" if name == "passwd"
                         else "shadow")
        script = self.script(
            f"mount --bind {self.root}/passwd /etc/passwd && "
            f"mount --bind {self.root}/shadow /etc/shadow && exec \"$@\"",
            "view")
        return ["unshare", "--mount", str(script)]


class PamServer(ConfiguredServer):
    """One whose pam block says where these are."""

    def __init__(self, pam, view=False, **more):
        self.pam, self.more = pam, {"remember": 0, "timeout": "3s", **more}
        super().__init__(command=pam.view() if view else ())

    def configure(self, more=""):
        super().configure(more + f'pam {{\n    folder = "{self.pam.folder}"\n'
                          + "".join(f"    {key} = {value}\n"
                                    for key, value in self.more.items())
                          + "}\n")

    def command(self, *args, check=True, text=None):
        done = subprocess.run(
            [str(BUILD / "postern"), *args, "--config", str(self.conf)],
            input=text, capture_output=True, text=True,
            timeout=60 * PATIENCE)
        if check and done.returncode:
            raise RuntimeError(f"postern {args}: {done.stderr}")
        return done

    def tries(self):
        """Processes below the role: who starts attempts, and attempts."""
        found, todo = [], self.processes("pam")
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    stat = pathlib.Path("/proc", entry, "stat").read_text()
                except OSError:
                    continue
                parents[int(entry)] = int(stat.rsplit(")", 1)[1].split()[1])
        while todo:
            up = todo.pop()
            below = [p for p, parent in parents.items() if parent == up]
            found += below
            todo += below
        return found
