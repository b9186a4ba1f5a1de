"""Many SMTP sessions that send, lose their server, and go on."""

import asyncio
import contextlib
import itertools
import random

from .server import PEOPLE, address


class Load:
    """Every attempt is a message of its own: what was not answered is never
    sent again, so each may be there once at most, and each that was answered
    with 250 must be."""

    def __init__(self, port, seed, sessions):
        self.port = port
        self.sessions = sessions
        self.random = random.Random(seed)
        self.acknowledged = {}		# token: recipients
        self.tried = {}
        self.refused = 0
        self.lost_connections = 0
        self._numbers = itertools.count(1)
        self._prefix = f"{seed:x}.{self.random.getrandbits(48):x}"
        self._stop = False

    def run(self, while_):
        """Send until the (blocking) call while_() returns."""
        asyncio.run(self._run(while_))

    async def _run(self, while_):
        tasks = [asyncio.create_task(self._session())
                 for _ in range(self.sessions)]
        try:
            await asyncio.to_thread(while_)
        finally:
            self._stop = True
            done, pending = await asyncio.wait(tasks, timeout=30)
            for task in pending:
                task.cancel()
            for task in done:
                task.result()

    async def _session(self):
        while not self._stop:
            try:
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            try:
                await self._send_many(reader, writer)
            except (OSError, EOFError, ValueError):
                self.lost_connections += 1
                await asyncio.sleep(0.02)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def _reply(self, reader):
        while True:
            line = await asyncio.wait_for(reader.readline(), 60)
            if not line.endswith(b"\r\n"):
                raise EOFError
            if line[3:4] != b"-":
                return int(line[:3])

    async def _send_many(self, reader, writer):
        if await self._reply(reader) != 220:
            return
        writer.write(b"EHLO load.example.net\r\n")
        if await self._reply(reader) != 250:
            return
        while not self._stop:
            await self._send_one(reader, writer)
        writer.write(b"QUIT\r\n")
        await self._reply(reader)

    async def _send_one(self, reader, writer):
        token = f"{self._prefix}.{next(self._numbers)}@load.example.net"
        people = self.random.choice([PEOPLE, PEOPLE[:1], PEOPLE[1:]])
        commands = ["MAIL FROM:<a@example.net>"]
        commands += [f"RCPT TO:<{address(p)}>" for p in people] + ["DATA"]
        writer.write("".join(c + "\r\n" for c in commands).encode())
        codes = [await self._reply(reader) for _ in commands]
        taken = tuple(p for p, code in zip(people, codes[1:-1])
                      if code == 250)
        if codes[-1] != 354:
            self.refused += 1
            writer.write(b"RSET\r\n")
            await self._reply(reader)
            return
        self.tried[token] = taken
        size = self.random.choice((100, 2000, 4000, 40000, 400000))
        writer.write(
            f"Message-ID: <{token}>\r\nSubject: load\r\n\r\n".encode() +
            b"0123456789 abcdefghijklmnopqrstuvwxyz\r\n" * (size // 40) +
            b".\r\n")
        code = await self._reply(reader)
        if code == 250:
            self.acknowledged[token] = taken
        else:
            self.refused += 1
