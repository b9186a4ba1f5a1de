"""An LDAP server of the test's own: Debian's slapd on loopback, with TLS by an
authority of the test.

    with Slapd() as ldap:
        ldap.add(person("anna", ...))
        ... ldap.port, ldap.ports_tls, ldap.roots ...
"""

import datetime
import ipaddress
import pathlib
import socket
import subprocess
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lib.nsd import free_port
from lib.server import PATIENCE

BASE = "dc=example,dc=test"
ADMIN = f"cn=admin,{BASE}"
ADMIN_PASSWORD = "of-the-admin"
LOOKER = f"cn=postern,{BASE}"
LOOKER_PASSWORD = "of-the-looker"

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include {folder}/test.schema
pidfile {folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
sizelimit size.soft=100 size.hard=100 size.prtotal=unlimited
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/db
maxsize 1073741824
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{looker}" read by * none
"""
# As Active Directory has them.
SCHEMA = """\
attributetype ( 1.3.6.1.4.1.4203.666.1.901 NAME 'objectGUID'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.902 NAME 'proxyAddresses'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.903 NAME 'mailQuota'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.904 NAME 'userAccountControl'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
objectclass ( 1.3.6.1.4.1.4203.666.1.905 NAME 'testMail' AUXILIARY
  MAY ( objectGUID $ proxyAddresses $ mailQuota $ userAccountControl ) )
"""


def dn_of(name):
    return f"uid={name},ou=people,{BASE}"


def person(name, password="", mail=None, **more):
    """An entry as LDIF; more: proxyAddresses=["smtp:..."]."""
    lines = [f"dn: {dn_of(name)}", "objectClass: inetOrgPerson",
             "objectClass: testMail", f"uid: {name}", f"cn: {name}",
             f"sn: {name}"]
    if mail != "":
        lines.append(f"mail: {mail or name + '@example.test'}")
    if password:
        lines.append(f"userPassword: {password}")
    for attribute, values in more.items():
        for value in [values] if isinstance(values, str) else values:
            lines.append(f"{attribute}: {value}")
    return "\n".join(lines) + "\n"


FIRST = f"""\
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: {LOOKER}
objectClass: person
objectClass: simpleSecurityObject
cn: postern
sn: postern
userPassword: {LOOKER_PASSWORD}
"""


def name_of(word):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)])


def certificate(subject, issuer, key, signer, names=()):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(name_of(subject))
               .issuer_name(name_of(issuer)).public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(days=1))
               .not_valid_after(now + datetime.timedelta(days=30))
               .add_extension(x509.BasicConstraints(not names, None), True))
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(names), False)
    return builder.sign(signer, hashes.SHA256())


def pem(thing):
    if hasattr(thing, "private_bytes"):
        return thing.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption())
    return thing.public_bytes(serialization.Encoding.PEM)


class Slapd:
    def __init__(self, entries=""):
        self._scratch = tempfile.TemporaryDirectory(prefix="slapd-")
        self.folder = pathlib.Path(self._scratch.name)
        self.port, self.port_tls = free_port(), free_port()
        self.entries = entries
        self.process = None

    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()
        self._scratch.cleanup()

    @property
    def roots(self):
        return self.folder / "roots.pem"

    def prepare(self):
        own = ec.generate_private_key(ec.SECP256R1())
        key = ec.generate_private_key(ec.SECP256R1())
        root = certificate("Test LDAP authority", "Test LDAP authority", own,
                           own)
        leaf = certificate("ldap", "Test LDAP authority", key, own, [
            x509.DNSName("ldap.example.test"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        self.roots.write_bytes(pem(root))
        (self.folder / "certificate.pem").write_bytes(pem(leaf))
        (self.folder / "key.pem").write_bytes(pem(key))
        (self.folder / "db").mkdir()
        (self.folder / "test.schema").write_text(SCHEMA)
        (self.folder / "slapd.conf").write_text(CONFIGURATION.format(
            folder=self.folder, base=BASE, admin=ADMIN, looker=LOOKER,
            password=ADMIN_PASSWORD))
        self.load(FIRST + "\n" + self.entries)

    def load(self, ldif):
        """While it does not run."""
        subprocess.run(["slapadd", "-q", "-f", self.folder / "slapd.conf"],
                       input=ldif, text=True, check=True,
                       capture_output=True)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["slapd", "-d", "0", "-f", self.folder / "slapd.conf", "-h",
                 f"ldap://127.0.0.1:{self.port} "
                 f"ldaps://127.0.0.1:{self.port_tls}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 60 * PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port_tls),
                                         5).close()
                return
            except OSError:
                assert (self.process.poll() is None
                        and time.monotonic() < end), \
                    (self.folder / "log").read_text(errors="replace")
                time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def tool(self, program, *args, ldif=None):
        return subprocess.run(
            [program, "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D",
             ADMIN, "-w", ADMIN_PASSWORD, *args], input=ldif, text=True,
            check=True, capture_output=True)

    def add(self, *entries):
        self.tool("ldapadd", ldif="\n".join(entries))

    def change(self, name, attribute, *values):
        lines = [f"dn: {dn_of(name)}", "changetype: modify",
                 f"replace: {attribute}",
                 *[f"{attribute}: {value}" for value in values]]
        self.tool("ldapmodify", ldif="\n".join(lines) + "\n")

    def remove(self, *names):
        self.tool("ldapdelete", *[dn_of(name) for name in names])
