"""Debian's Postfix, Exim and OpenSMTPD as next hops; and Dovecot, by LMTP.

As packages they exclude each other, and each wants fixed places in /etc, /usr
and /var. So each is unpacked into a view of the machine of its own: a mount
namespace with an overlay over those folders. The machine stays as it is.
Needs root (and overlays); available() says so.

    hop = NextHop("exim", folder, "127.0.0.9", 2525, "there.test")
    hop.start(); ...; hop.mail("bob")       # octets of messages; hop.stop()

bob has a mailbox, others are unknown. Mail for other domains, from here, goes
to the server at (address, port) back, if there is one; of Postfix by LMTP, if
that is said, and with lines more of its main.cf.
"""

import os
import pathlib
import signal
import socket
import subprocess
import time

from lib.server import children

PACKAGES = {
    "postfix": ("postfix",),
    "exim": ("exim4-base", "exim4-daemon-light"),
    "opensmtpd": ("opensmtpd",),
}
LMTP = {"dovecot": ("dovecot-core", "dovecot-lmtpd")}
USERS = {
    "dovecot": ("dovecot", "dovenull"),
    "postfix": ("postfix", "postdrop"),
    "exim": ("Debian-exim",),
    "opensmtpd": ("opensmtpd", "opensmtpq"),
}
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build" / "peers"

# $V: the scratch view, $F: a folder that both sides see.
ENTER = r"""
set -e
mount -t tmpfs tmpfs "$V"
for d in usr etc var; do
	mkdir -p "$V/$d" "$V/work-$d"
	mount -t overlay overlay \
		-o "lowerdir=/$d,upperdir=$V/$d,workdir=$V/work-$d" "/$d"
done
for deb in $DEBS; do dpkg -x "$deb" "$V/unpacked"; done
for d in usr etc var; do
	[ ! -d "$V/unpacked/$d" ] || cp -a "$V/unpacked/$d/." "/$d/"
done
for u in $USERS; do
	getent group "$u" >/dev/null || groupadd -r "$u"
	id "$u" >/dev/null 2>&1 || useradd -r -g "$u" -d /nonexistent \
		-s /usr/sbin/nologin "$u"
done
getent passwd bob >/dev/null || useradd -u 7654 -U -M -d "$F" bob
chown bob: "$F/mail"
"""

START = {
    # carol is somebody, whose mailbox cannot be used.
    "dovecot": r"""
mkdir -p $F/run
cat >$F/users <<X
bob@$DOMAIN:::::$F::userdb_mail=maildir:$F/mail
carol@$DOMAIN:::::$F::userdb_mail=maildir:/proc/nowhere
X
cat >$F/dovecot.conf <<X
base_dir = $F/run
state_dir = $F/run
log_path = $F/log
protocols = lmtp
ssl = no
mail_uid = 7654
mail_gid = 7654
first_valid_uid = 1
auth_username_format = %Lu
postmaster_address = postmaster@$DOMAIN
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = passwd-file
  args = username_format=%u $F/users
}
service lmtp {
  unix_listener $F/run/socket {
    mode = 0600
  }
  inet_listener lmtp {
    address = $IP
    port = $PORT
  }
}
X
chmod 644 $F/users
exec /usr/sbin/dovecot -F -c $F/dovecot.conf
""",
    "postfix": r"""
C=/etc/postfix
rm -rf /var/spool/postfix $C/main.cf $C/master.cf
mkdir -p $C/dynamicmaps.cf.d $C/postfix-files.d /var/lib/postfix \
	/var/spool/postfix
cp $V/unpacked/etc/postfix/postfix-files $C/
touch $C/dynamicmaps.cf
chown postfix /var/lib/postfix
cat >$C/master.cf <<X
$IP:$PORT inet n - n - - smtpd
X
for s in "pickup unix n - n 60 1 pickup" "cleanup unix n - n - 0 cleanup" \
	"qmgr unix n - n 300 1 qmgr" "tlsmgr unix - - n 1000? 1 tlsmgr" \
	"rewrite unix - - n - - trivial-rewrite" \
	"bounce unix - - n - 0 bounce" "defer unix - - n - 0 bounce" \
	"trace unix - - n - 0 bounce" "verify unix - - n - 1 verify" \
	"flush unix n - n 1000? 0 flush" "proxymap unix - - n - - proxymap" \
	"smtp unix - - n - - smtp" "lmtp unix - - n - - lmtp" "relay unix - - n - - smtp" \
	"error unix - - n - - error" "retry unix - - n - - error" \
	"discard unix - - n - - discard" "virtual unix - n n - - virtual" \
	"anvil unix - - n - 1 anvil" "scache unix - - n - 1 scache" \
	"postlog unix-dgram n - n - 1 postlogd"
do echo "$s" >>$C/master.cf; done
cat >$C/main.cf <<X
compatibility_level = 3.6
shlib_directory = /usr/lib/postfix
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
myhostname = mail.$DOMAIN
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = $DOMAIN
virtual_mailbox_maps = inline:{ { bob@$DOMAIN = mail/ } }
virtual_mailbox_base = $F
virtual_uid_maps = static:7654
virtual_gid_maps = static:7654
virtual_transport = virtual
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = $F/cert.pem
smtpd_tls_key_file = $F/key.pem
smtpd_tls_received_header = yes
smtp_tls_security_level = may
smtp_send_xforward_command = yes
lmtp_send_xforward_command = yes
maillog_file = /var/log/postfix
alias_maps =
X
[ -z "$BACK" ] || echo "relayhost = [$BACK]:$BACK_PORT" >>$C/main.cf
[ -z "$LMTP" ] || echo "default_transport = lmtp:[$BACK]:$BACK_PORT
relayhost =" >>$C/main.cf
[ -z "$MORE" ] || echo "$MORE" >>$C/main.cf
/usr/sbin/postfix start
exec tail -n +1 -F /var/log/postfix
""",
    "exim": r"""
mkdir -p /etc/exim4 /var/spool/exim4 /var/log/exim4
chown Debian-exim: /var/spool/exim4 /var/log/exim4
cp $F/cert.pem $F/key.pem /etc/exim4/
chown Debian-exim /etc/exim4/key.pem
cat >/etc/exim4/exim4.conf <<X
primary_hostname = mail.$DOMAIN
daemon_smtp_ports = $PORT
local_interfaces = <; $IP
domainlist local_domains = $DOMAIN
acl_smtp_rcpt = acl_rcpt
never_users = root
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = /etc/exim4/cert.pem
tls_privatekey = /etc/exim4/key.pem
dsn_advertise_hosts = *
log_file_path = /var/log/exim4/%slog
smtp_accept_queue_per_connection = 0
keep_environment =
begin acl
acl_rcpt:
  accept domains = +local_domains
         verify = recipient
  accept domains = !+local_domains
         condition = \${if def:sender_host_address{${BACK:+yes}}}
  deny message = unrouteable
begin routers
box:
  driver = accept
  domains = +local_domains
  local_parts = bob
  transport = md
out:
  driver = manualroute
  domains = !+local_domains
  route_list = * ${BACK:-127.0.0.1}::${BACK_PORT:-1}
  self = send
  transport = remote
begin transports
remote:
  driver = smtp
md:
  driver = appendfile
  directory = $F/mail
  maildir_format
  create_directory
  user = bob
  group = bob
  mode = 0600
begin retry
* * F,2h,1m
X
install -o Debian-exim -m 640 /dev/null /var/log/exim4/mainlog
tail -n +1 -F /var/log/exim4/mainlog &
exec /usr/sbin/exim4 -bdf
""",
    "opensmtpd": r"""
mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd
chmod 711 /var/spool/smtpd
chmod 700 $F/key.pem
cat >/etc/smtpd.conf <<X
pki mail.$DOMAIN cert "$F/cert.pem"
pki mail.$DOMAIN key "$F/key.pem"
table vuser { "bob@$DOMAIN" = bob }
listen on $IP port $PORT tls pki mail.$DOMAIN hostname mail.$DOMAIN
action "box" maildir "$F/mail" virtual <vuser>
match from any for domain "$DOMAIN" action "box"
X
[ -z "$BACK" ] || cat >>/etc/smtpd.conf <<X
action "out" relay host "smtp://$BACK:$BACK_PORT"
match from any for any action "out"
X
exec /usr/sbin/smtpd -d -f /etc/smtpd.conf
""",
}


def available():
    """Why it cannot be done here, or None."""
    if os.geteuid() != 0:
        return "unpacking other mail servers needs root"
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-c",
         "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/u $d/w && "
         "mount -t overlay overlay "
         "-o lowerdir=/etc,upperdir=$d/u,workdir=$d/w /etc"],
        capture_output=True, text=True)
    return done.stderr.strip() or None if done.returncode else None


def packages(kind):
    """The .deb files, downloaded once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    found = []
    for name in (PACKAGES | LMTP)[kind]:
        if not list(CACHE.glob(f"{name}_*.deb")):
            subprocess.run(["apt-get", "-qq", "download", name], cwd=CACHE,
                           check=True, capture_output=True, timeout=120)
        found += [str(p) for p in CACHE.glob(f"{name}_*.deb")]
    return found


class NextHop:
    def __init__(self, kind, folder, address, port, domain, back=None,
                 lmtp=False, more=""):
        self.kind, self.address, self.port = kind, address, port
        self.domain, self.back = domain, back or ("", "")
        self.lmtp, self.more = lmtp, more
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in [self.folder, *self.folder.parents][:3]:
            path.chmod(0o755)
        (self.folder / "mail").mkdir(exist_ok=True)
        self.process = None

    def start(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-days", "30", "-subj", f"/CN=mail.{self.domain}", "-keyout",
             str(self.folder / "key.pem"), "-out",
             str(self.folder / "cert.pem")], check=True, capture_output=True)
        view = self.folder / "view"
        view.mkdir(exist_ok=True)
        env = dict(os.environ, V=str(view), F=str(self.folder),
                   MORE=self.more,
                   DEBS=" ".join(packages(self.kind)), IP=self.address,
                   USERS=" ".join(USERS[self.kind]), PORT=str(self.port),
                   DOMAIN=self.domain, BACK=self.back[0],
                   LMTP="yes" if self.lmtp else "",
                   BACK_PORT=str(self.back[1]))
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["unshare", "-mpf", "--kill-child", "--mount-proc",
                 "--propagation", "private", "bash", "-c",
                 ENTER + START[self.kind]],
                env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                cwd=self.folder)
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((self.address, self.port),
                                         1).close()
                return self
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError(f"{self.kind} does not start: "
                                       + self.log()) from None
                time.sleep(0.05)

    def stop(self):
        if not self.process:
            return
        # With the first process of a namespace all in it go.
        for pid in children(self.process.pid):
            os.kill(pid, signal.SIGKILL)
            break
        self.process.wait(10)
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def mail(self):
        """The messages in bob's mailbox, as octets."""
        found = []
        for place in ("new", "cur"):
            folder = self.folder / "mail" / place
            if folder.is_dir():
                found += [p.read_bytes() for p in sorted(folder.iterdir())]
        return found
