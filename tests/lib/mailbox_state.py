"""What an account has, as a mail program sees it: for tests that compare."""

import imaplib
import re
import ssl

from .server import PASSWORD, address

ROW = re.compile(rb'UID (\d+).*?FLAGS \(([^)]*)\).*?INTERNALDATE "([^"]*)"'
                 rb'.*?BODY\[\] \{(\d+)\}', re.S)


def connect(server, person):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=context)
    imap.login(address(person), PASSWORD)
    return imap


def folders(server, person, what="LIST"):
    """Their names, as they are on the wire."""
    imap = connect(server, person)
    rows = (imap.list() if what == "LIST" else imap.lsub())[1]
    imap.logout()
    return sorted(re.search(rb'"/" "?([^"]*)"?$', row)[1].decode()
                  for row in rows if row)


def messages(server, person, folder="INBOX"):
    """In order: octets, flags without \\Recent, time as INTERNALDATE says."""
    imap = connect(server, person)
    assert imap.select(f'"{folder}"', readonly=True)[0] == "OK", folder
    kind, rows = imap.uid("FETCH", "1:*",
                          "(UID FLAGS INTERNALDATE BODY.PEEK[])")
    assert kind == "OK"
    found = []
    for row in rows or ():
        if not isinstance(row, tuple):
            continue
        head, octets = row
        flags = re.search(rb"FLAGS \(([^)]*)\)", head)[1].decode().split()
        date = imaplib.Internaldate2tuple(head)
        found.append((octets, frozenset(flags) - {"\\Recent"}, date))
    imap.logout()
    return found


def everything(server, person):
    """Of all folders that have messages: a sorted list of them each."""
    found = {}
    for folder in folders(server, person):
        rows = messages(server, person, folder)
        if rows:
            found[folder] = sorted(
                (octets, sorted(flags), tuple(date))
                for octets, flags, date in rows)
    return found
