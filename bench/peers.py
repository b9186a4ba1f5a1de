"""The servers that a benchmark runs side by side, each in a scratch folder on
loopback: Postern, and Debian's Dovecot, alone or behind Postfix by LMTP. All
store durably: Postfix and Dovecot sync each message with their defaults.
"""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from lib.server import BUILD, free_offset  # noqa: E402

USERS = 100
PASSWORD = "bench-bench"
DOMAIN = "bench.test"


def user(i):
    return f"u{i:03d}@{DOMAIN}"


def run(*args, **kwargs):
    done = subprocess.run([str(a) for a in args], capture_output=True,
                          text=True, **kwargs)
    if done.returncode:
        raise RuntimeError(f"{args}: {done.stdout}{done.stderr}")
    return done.stdout


def daemon(*args):
    """Run what leaves a process behind: that would hold a pipe open."""
    subprocess.run([str(a) for a in args], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def wait_port(port, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


CONF = """\
hostname = "mx.bench.test"
data = "{data}"
log-level = warn
listen {{ kind = smtp address = "localhost" port = {smtp} }}
listen {{ kind = imap address = "localhost" port = {imap} }}
listen {{ kind = imaps address = "localhost" port = {imaps} }}
listen {{ kind = pop3s address = "localhost" port = {pop3s} }}
"""


class Postern:
    name = "postern"

    def __init__(self, scratch):
        self.folder = scratch / self.name
        self.folder.mkdir()
        offset = free_offset()
        self.smtp, self.imap, self.imaps, self.pop3s = (
            25 + offset, 143 + offset, 993 + offset, 995 + offset)
        self.imap_tls = True	# no password in clear
        self.process = None

    def start(self):
        conf = self.folder / "postern.conf"
        conf.write_text(CONF.format(
            data=self.folder / "data", smtp=self.smtp, imap=self.imap,
            imaps=self.imaps, pop3s=self.pop3s))
        self.conf = conf
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [BUILD / "postern", "run", "--config", conf],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_port(self.smtp)
        wait_port(self.imaps)

    def add_users(self):
        self.operator("domain", "add", DOMAIN)
        for i in range(USERS):
            self.operator("account", "add", user(i), "--password-stdin",
                          text=PASSWORD + "\n")

    def operator(self, *args, text=None):
        return run(BUILD / "postern", *args, "--config", self.conf,
                   input=text)

    def roots(self):
        return [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {d}/spool
data_directory = {d}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = {d}/etc
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.bench.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = hash:{d}/etc/users
virtual_transport = lmtp:unix:{lmtp}
smtp_tls_security_level = none
smtpd_tls_security_level = none
maillog_file =
"""
MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n  -  n  -   0  cleanup
qmgr      unix  n  -  n  300 1  qmgr
rewrite   unix  -  -  n  -   -  trivial-rewrite
bounce    unix  -  -  n  -   0  bounce
defer     unix  -  -  n  -   0  bounce
trace     unix  -  -  n  -   0  bounce
verify    unix  -  -  n  -   1  verify
flush     unix  n  -  n  1000? 0 flush
proxymap  unix  -  -  n  -   -  proxymap
tlsmgr    unix  -  -  n  1000? 1 tlsmgr
error     unix  -  -  n  -   -  error
retry     unix  -  -  n  -   -  error
lmtp      unix  -  -  n  -   -  lmtp
anvil     unix  -  -  n  -   1  anvil
scache    unix  -  -  n  -   1  scache
"""
DOVECOT_CONF = """\
base_dir = {d}/run
libexec_dir = {d}/libexec
state_dir = {d}/state
instance_name = bench
listen = 127.0.0.1
protocols = imap pop3 lmtp
log_path = {d}/log
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_max_userip_connections = 5000
default_process_limit = 3000
default_client_limit = 4500
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener {d}/lmtp.sock {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-reader {{
    mode = 0600
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
"""


class Dovecot:
    name = "dovecot"

    def __init__(self, scratch):
        self.folder = scratch / self.name
        offset = free_offset()
        self.imap, self.imaps, self.pop3s = (
            143 + offset, 993 + offset, 995 + offset)
        self.lmtp = self.folder / "lmtp.sock"
        # Mail belongs to an ordinary user, as in a real installation.
        self.owner = pwd.getpwnam("mail")

    def start(self):
        d = self.folder
        for folder in ("run", "state", "mail", "pkg"):
            (d / folder).mkdir(parents=True, exist_ok=True)
        d.chmod(0o755)
        os.chown(d / "mail", self.owner.pw_uid, self.owner.pw_gid)
        if not (d / "libexec").exists():
            run("apt-get", "download", "dovecot-core", "dovecot-imapd",
                "dovecot-pop3d", "dovecot-lmtpd", cwd=d / "pkg")
            for deb in (d / "pkg").glob("*.deb"):
                run("dpkg", "-x", deb, d / "pkg" / "root")
            shutil.move(d / "pkg" / "root/usr/lib/dovecot", d / "libexec")
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                "/CN=localhost", "-keyout", d / "key.pem", "-out",
                d / "cert.pem")
        (d / "conf").write_text(DOVECOT_CONF.format(
            d=d, imap=self.imap, imaps=self.imaps, pop3s=self.pop3s,
            password=PASSWORD, uid=self.owner.pw_uid,
            gid=self.owner.pw_gid))
        daemon("dovecot", "-c", d / "conf")
        wait_port(self.imap)

    def add_users(self):
        """Anybody may log in."""

    def roots(self):
        return [int((self.folder / "run/master.pid").read_text())]

    def stop(self):
        pid = self.roots()[0]
        daemon("doveadm", "-c", self.folder / "conf", "stop")
        end = time.monotonic() + 30
        while os.path.exists(f"/proc/{pid}") and time.monotonic() < end:
            time.sleep(0.05)


class PostfixDovecot:
    name = "postfix+dovecot"

    def __init__(self, scratch):
        self.postfix = scratch / "postfix"
        self.dovecot = Dovecot(scratch)
        self.smtp = 25 + free_offset()
        self.imap, self.imaps = self.dovecot.imap, self.dovecot.imaps
        self.imap_tls = False

    def start(self):
        self.dovecot.start()
        self._start_postfix()

    def _start_postfix(self):
        d = self.postfix
        for folder in ("etc", "spool", "data"):
            (d / folder).mkdir(parents=True, exist_ok=True)
        d.chmod(0o755)
        postfix = pwd.getpwnam("postfix")
        os.chown(d / "data", postfix.pw_uid, postfix.pw_gid)
        for name in ("postfix-files", "dynamicmaps.cf"):
            shutil.copy(f"/etc/postfix/{name}", d / "etc")
        for name in ("postfix-files.d", "dynamicmaps.cf.d"):
            (d / "etc" / name).mkdir(exist_ok=True)
        (d / "etc/users").write_text(
            "".join(f"{user(i)} x\n" for i in range(USERS)))
        (d / "etc/main.cf").write_text(MAIN_CF.format(
            d=d, domain=DOMAIN, lmtp=self.dovecot.lmtp))
        (d / "etc/master.cf").write_text(MASTER_CF.format(port=self.smtp))
        run("postmap", "-c", d / "etc", f"hash:{d}/etc/users")
        daemon("postfix", "-c", d / "etc", "start")
        wait_port(self.smtp)

    def add_users(self):
        """They are in its tables already."""

    def roots(self):
        return [int((self.postfix / "spool/pid/master.pid").read_text()),
                *self.dovecot.roots()]

    def stop(self):
        daemon("postfix", "-c", self.postfix / "etc", "stop")
        self.dovecot.stop()
