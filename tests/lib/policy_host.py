"""Web servers of domains that have an MTA-STS policy (RFC 8461 3.2, 3.3), with
certificates of an authority of the test's own."""

import http.server
import ssl
import subprocess
import threading
import time

POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {age}\r\n"
PATH = "/.well-known/mta-sts.txt"


def policy(mode="enforce", mx="mx.example.org", age=604800):
    return POLICY.format(mode=mode, mx=mx, age=age).encode()


class Authority:
    """Who signs: `authority.roots` is the file that is to be trusted."""

    def __init__(self, folder):
        self.folder = folder
        self.roots = folder / "roots.pem"
        self._key = folder / "roots.key"
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                  "-subj", "/CN=Test Root", "-keyout", self._key,
                  "-out", self.roots)

    @staticmethod
    def _run(*args):
        subprocess.run(["openssl", *map(str, args)], check=True,
                       capture_output=True)

    def certificate(self, *names, cn="somebody", days=30):
        """(chain, key) of a certificate for these DNS names."""
        base = self.folder / f"{cn}.{'.'.join(names)[:60]}.{days}"
        request, chain, key, more = (base.with_name(base.name + end) for end in
                                     (".csr", ".pem", ".key", ".ext"))
        self._run("req", "-new", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={cn}",
                  "-keyout", key, "-out", request)
        more.write_text("subjectAltName=" + ",".join(
            f"DNS:{n}" for n in names) if names else "basicConstraints="
            "CA:FALSE")
        self._run("x509", "-req", "-in", request, "-CA", self.roots,
                  "-CAkey", self._key, "-days", days, "-extfile", more,
                  "-out", chain)
        return chain, key


class PolicyHost:
    """One address and port; answers(handler) says what it does."""

    def __init__(self, address, port, chain, key, answer=None, tls=None):
        self.text, self.type, self.status = policy(), "text/plain", 200
        self.headers, self.asked, self.answer = [], [], answer
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.asked.append((self.headers["Host"], self.path,
                                   dict(self.headers)))
                if host.answer:
                    host.answer(self)
                    return
                self.send_response(host.status)
                if host.type:
                    self.send_header("Content-Type", host.type)
                for header in host.headers:
                    self.send_header(*header)
                self.send_header("Content-Length", str(len(host.text)))
                self.end_headers()
                self.wfile.write(host.text)

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer((address, port),
                                                       Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *args: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        if tls:
            tls(context)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True,
            do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def for_ever(handler):
    """Octet by octet, as slowly as nobody should wait for."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    while True:
        handler.wfile.write(b"#")
        time.sleep(0.5)
