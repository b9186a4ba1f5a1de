"""An issuer of tokens (OAuth 2.0, OpenID Connect) of the test's own, which
really signs, and says what it knows of tokens that nobody can read."""

import base64
import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    ec, ed25519, padding, rsa, utils)

DISCOVERY = "/.well-known/openid-configuration"


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(n, length=None):
    return b64url(n.to_bytes(length or (n.bit_length() + 7) // 8, "big"))


class Key:
    """One that signs in this way: RS256, PS256, ES256 or EdDSA."""

    def __init__(self, alg, kid):
        self.alg, self.kid = alg, kid
        if alg == "ES256":
            self._key = ec.generate_private_key(ec.SECP256R1())
        elif alg == "EdDSA":
            self._key = ed25519.Ed25519PrivateKey.generate()
        else:
            self._key = rsa.generate_private_key(65537, 2048)

    def public(self):
        key, jwk = self._key.public_key(), {"kid": self.kid, "use": "sig"}
        if self.alg == "ES256":
            n = key.public_numbers()
            return {**jwk, "kty": "EC", "crv": "P-256", "alg": "ES256",
                    "x": number(n.x, 32), "y": number(n.y, 32)}
        if self.alg == "EdDSA":
            from cryptography.hazmat.primitives.serialization import (
                Encoding, PublicFormat)
            return {**jwk, "kty": "OKP", "crv": "Ed25519", "x": b64url(
                key.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        n = key.public_numbers()
        return {**jwk, "kty": "RSA", "n": number(n.n), "e": number(n.e)}

    def sign(self, text):
        if self.alg == "ES256":
            r, s = utils.decode_dss_signature(
                self._key.sign(text, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.alg == "EdDSA":
            return self._key.sign(text)
        pad = padding.PKCS1v15() if self.alg == "RS256" else padding.PSS(
            padding.MGF1(hashes.SHA256()), 32)
        return self._key.sign(text, pad, hashes.SHA256())


class Issuer:
    """One address and port; url is its name."""

    def __init__(self, host, chain, key, address="127.0.0.1", path=""):
        self.keys = {alg: Key(alg, alg.lower()) for alg in
                     ("RS256", "PS256", "ES256", "EdDSA")}
        self.asked = []		# paths
        self.known = {}		# opaque tokens: what is said of them
        self.client = ("postern", "s3cret: \u00e4")
        self.broken = False	# answers nothing that helps
        self.slow = 0		# seconds
        self.jwks_uri = None	# somewhere else
        self.headers = []	# of who asked about a token
        self._server = http.server.ThreadingHTTPServer(
            (address, 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *args: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True,
            do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.path = path
        self.url = f"https://{host}:{self.port}{path}"
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    # What it signs

    def claims(self, who, **more):
        now = int(time.time())
        said = {"iss": self.url, "aud": "mail", "email": who, "iat": now,
                "nbf": now, "exp": now + 300, "jti": secrets.token_hex(8),
                **more}
        return {k: v for k, v in said.items() if v is not None}

    def token(self, who, alg="ES256", header=None, key=None, **more):
        """A signed one; header and claims may be anything."""
        key = key or self.keys[alg]
        head = {"alg": key.alg, "typ": "at+jwt", "kid": key.kid,
                **(header or {})}
        text = ".".join(b64url(json.dumps(part).encode()) for part in (
            head, self.claims(who, **more))).encode()
        return text.decode() + "." + b64url(key.sign(text))

    def opaque(self, who, **more):
        """One that only the issuer can read."""
        token = secrets.token_urlsafe(24)
        self.known[token] = {"active": True, **self.claims(who, **more)}
        return token

    # What it answers

    def jwks(self):
        return {"keys": [{"kty": "oct", "k": "AyM1", "kid": "shared"}, *(
            key.public() for key in self.keys.values())]}

    def _get(self, path):
        if path == self.path + DISCOVERY:
            return {"issuer": self.url,
                    "jwks_uri": self.jwks_uri or self.url + "/jwks",
                    "introspection_endpoint": self.url + "/introspect"}
        return self.jwks() if path == self.path + "/jwks" else None

    def _post(self, handler):
        length = int(handler.headers["Content-Length"])
        form = urllib.parse.parse_qs(handler.rfile.read(length).decode())
        basic = "Basic " + base64.b64encode(":".join(
            urllib.parse.quote(word, safe="") for word in
            self.client).encode()).decode()
        self.headers.append(dict(handler.headers))
        if handler.path != self.path + "/introspect" or \
                handler.headers["Authorization"] != basic:
            return None
        return self.known.get(form["token"][0], {"active": False})

    def _handler(issuer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def say(self, what):
                time.sleep(issuer.slow)
                text = b"" if what is None else json.dumps(what).encode()
                self.send_response(404 if what is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_GET(self):
                issuer.asked.append(self.path)
                self.say(None if issuer.broken else issuer._get(self.path))

            def do_POST(self):
                issuer.asked.append(self.path)
                said = issuer._post(self)
                self.say(None if issuer.broken else said)

            def log_message(self, *args):
                pass

        return Handler
