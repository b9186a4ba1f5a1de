"""Thunderbird on a screen that nobody sees, driven by Marionette: JSON, each
piece with its length in front, as [kind, id, command or error, the rest]."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from .server import PASSWORD, PATIENCE, address

PROGRAMS = ("thunderbird", "Xvfb")
START_SECONDS = 120 * PATIENCE
SCRIPT_SECONDS = 60 * PATIENCE
HELPERS = pathlib.Path(__file__).parents[1] / "clients" / "thunderbird.js"

# Nothing is asked, shown or fetched that has to do with a first start.
QUIET = {
    "app.donation.eoy.version.viewed": 999,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "mail.SpellCheckBeforeSend": False,
    "mail.inappnotifications.enabled": False,
    "mail.prompt_purge_threshhold": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.confirm.moveFoldersToTrash": False,
    "mailnews.database.global.indexer.enabled": False,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9",
    "toolkit.telemetry.enabled": False,
}


def missing():
    """Which programs are not installed."""
    return [p for p in PROGRAMS if not shutil.which(p)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def account(server, person):
    """The preferences of an account with a way out."""
    name = address(person)
    folders = f"imap://{name.replace('@', '%40')}@127.0.0.1"
    one, out, who = "mail.server.server1", "mail.smtpserver.smtp1", \
        "mail.identity.id1"
    return {
        "mail.accountmanager.accounts": "account1",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1",
        "mail.account.account1.identities": "id1",
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        f"{one}.type": "imap", f"{one}.hostname": "127.0.0.1",
        f"{one}.port": server.ports["imaps"], f"{one}.socketType": 3,
        f"{one}.authMethod": 3, f"{one}.userName": name,
        f"{one}.name": name, f"{one}.login_at_startup": False,
        f"{one}.check_new_mail": False,
        f"{out}.type": "smtp", f"{out}.hostname": "127.0.0.1",
        f"{out}.port": server.ports["submissions"], f"{out}.try_ssl": 3,
        f"{out}.authMethod": 3, f"{out}.username": name,
        f"{who}.useremail": name, f"{who}.fullName": person.title(),
        f"{who}.smtpServer": "smtp1", f"{who}.valid": True,
        f"{who}.compose_html": False, f"{who}.reply_on_top": 1,
        f"{who}.fcc": True, f"{who}.fcc_folder": f"{folders}/Sent",
        f"{who}.draft_folder": f"{folders}/Drafts",
    }


class Thunderbird:
    """`with Thunderbird(server, person, folder) as t:` runs one."""

    def __init__(self, server, person, folder):
        self.server, self.folder = server, folder
        self.processes = []
        self.count = 0
        self.port = free_port()
        profile = folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text("".join(
            f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in {
                **QUIET, **account(server, person),
                "marionette.port": self.port}.items()))

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    def start(self):
        read, write = os.pipe()
        self.run("Xvfb", "-displayfd", str(write), "-screen", "0",
                 "1280x1024x24", "-nolisten", "tcp", pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as said:
            display = f":{said.readline().strip()}"
        self.run("thunderbird", "--marionette",
                 "--remote-allow-system-access", "--no-remote", "--profile",
                 str(self.folder / "profile"), env={
                     **os.environ, "DISPLAY": display, "LC_ALL": "C.UTF-8",
                     "HOME": str(self.folder), "MOZ_CRASHREPORTER_DISABLE":
                     "1"})
        self.sock = self.connect()
        self.file = self.sock.makefile("rb")
        self.read()                     # what it says of itself
        self.ask("WebDriver:NewSession", capabilities={})
        self.ask("Marionette:SetContext", value="chrome")
        self.ask("WebDriver:SetTimeouts", script=int(SCRIPT_SECONDS * 1000))
        self.helpers = HELPERS.read_text()
        certificate = (self.server.data / "certificate.pem").read_text()
        base64_der = "".join(certificate.split("-----")[2].split())
        self.do("trust", base64_der, PASSWORD)

    def run(self, *command, **more):
        with open(self.folder / f"{command[0]}.log", "wb") as log:
            self.processes.append(subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **more))

    def connect(self):
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return socket.create_connection(
                    ("127.0.0.1", self.port), 2 * SCRIPT_SECONDS)
            except ConnectionRefusedError:
                if (time.monotonic() > end or
                        self.processes[-1].poll() is not None):
                    raise
                time.sleep(0.1)

    def close(self):
        """It first, then its screen; both with all they started."""
        for process in reversed(self.processes):
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(10)
            except ProcessLookupError:
                process.wait()
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def read(self):
        digits = b""
        while (one := self.file.read(1)) != b":":
            assert one.isdigit(), "Marionette is gone"
            digits += one
        return json.loads(self.file.read(int(digits)))

    def ask(self, command, **params):
        self.count += 1
        octets = json.dumps([0, self.count, command, params]).encode()
        self.sock.sendall(b"%d:%s" % (len(octets), octets))
        _, number, error, result = self.read()
        assert number == self.count
        assert error is None, (error["message"], error["stacktrace"])
        return result

    def do(self, name, *given):
        """What a function of clients/thunderbird.js comes to."""
        script = (f"{self.helpers}\nconst done = arguments[{len(given)}];\n"
                  f"(async () => {name}(...[...arguments].slice(0, -1)))()"
                  ".then(value => done({ value: value ?? null }),\n"
                  "error => done({ error: `${error}\\n${error?.stack}` }));")
        answer = self.ask("WebDriver:ExecuteAsyncScript", script=script,
                          args=list(given), newSandbox=True)["value"]
        assert "error" not in answer, answer["error"]
        return answer["value"]
