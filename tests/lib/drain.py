"""An SMTP server that keeps what it is given, in memory."""

import socketserver
import threading

OFFERS = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n"


class _Visit(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def handle(self):
        try:
            self.talk()
        except OSError:
            pass    # whoever came was killed: that is what some tests do

    def talk(self):
        to = []
        self.say(b"220 sink")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(OFFERS)
            elif verb == b"QUIT":
                return self.say(b"221 bye")
            elif verb == b"DATA" and to:
                self.say(b"354 go")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.owner.keep(to, text)
                to = []
                self.say(b"250 2.0.0 taken")
            elif verb == b"DATA":
                self.say(b"503 5.5.1 for whom?")
            elif verb == b"RCPT" and b"<no" in line:
                self.say(b"550 5.1.1 nobody of that name")
            else:
                if verb == b"RCPT":
                    to.append(line.split(b"<")[1].split(b">")[0].decode())
                self.say(b"250 2.1.0 fine")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100


class Drain:
    """`with Drain() as d:` listens on d.port; d.texts is what came,
    by recipient. Recipients "no..." are refused."""

    def __init__(self):
        self.texts = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Visit)
        self._server.owner = self
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._server.shutdown()
        self._server.server_close()

    def keep(self, to, text):
        with self._lock:
            for address in to:
                self.texts.setdefault(address, []).append(text)
