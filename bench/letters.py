"""Mail as people have it, made up: threads, several recipients, long header
fields of those who carried it, HTML beside text, files; 2 to 64 KB, most about
8. The same every time."""

import base64
import email.utils
import functools
import itertools
import random

# What searches look for: one text in 1,000, one sender in 500.
RARE_WORD, RARE_PERSON = "zebrafish", "quillfeather"
FIRST_DAY = 1735689600		# 1 January 2025
SYLLABLES = ("al", "be", "con", "da", "er", "fo", "gra", "hi", "in", "jo", "ka",
             "lu", "me", "nor", "op", "pel", "qua", "ri", "son", "ti", "un",
             "ver", "wi", "yo", "zan")


class Words:
    """What all letters are made of; it takes a moment."""

    def __init__(self):
        chance = random.Random(1)
        self.words = ["".join(chance.choices(SYLLABLES, k=k))
                      for k in chance.choices((2, 3, 4), k=8000)]
        # Few words are most of a text, as in a language.
        sums = list(itertools.accumulate(
            1 / (i + 3) for i in range(len(self.words))))
        self.text = "\r\n".join(
            " ".join(chance.choices(self.words, cum_weights=sums, k=10))
            for _ in range(20000))
        self.file = base64.encodebytes(
            chance.randbytes(1 << 20)).replace(b"\n", b"\r\n").decode()
        self.people = [(" ".join(chance.choices(self.words, k=2)).title(),
                        "@".join(chance.choices(self.words, k=2))
                        + ".example") for _ in range(1000)]


@functools.cache
def made_of():
    return Words()


class Letters:
    def __init__(self, seed):
        of = made_of()
        self.words, self.people = of.words, of.people
        self.text, self.file = of.text, of.file
        self.chance = random.Random(seed)
        self.threads = []
        self.when = FIRST_DAY

    def word(self):
        return self.chance.choice(self.words)

    def some(self, of, octets):
        """Whole lines of it, about so many octets."""
        at = of.index("\r\n", self.chance.randrange(len(of) - octets - 200))
        return of[at + 2:of.index("\r\n", at + octets) + 2]

    def make(self, n, seconds=100):
        """n letters: (octets, when it was written)."""
        for i in range(n):
            self.when += self.chance.randrange(1, 2 * seconds)
            yield self._one(i), self.when

    def _one(self, i):
        name, address = self.chance.choice(self.people)
        if i % 500 == 13:
            name, address = f"Ada {RARE_PERSON.title()}", "ada@qf.example"
        kind, body = self._body(f"A {RARE_WORD} today.\r\n"
                                if i % 1000 == 77 else "")
        to = ",\r\n\t".join(f"{n} <{a}>" for n, a in self.chance.choices(
            self.people, k=self.chance.choice((1, 1, 1, 2, 4))))
        return (f"Return-Path: <{address}>\r\n{self._carried()}"
                f"{self._subject(i)}"
                f"Date: {email.utils.formatdate(self.when)}\r\n"
                f"From: {name} <{address}>\r\nTo: {to}\r\n"
                f"X-Mailer: {self.word()} {i % 9}\r\nMIME-Version: 1.0\r\n"
                f"{kind}\r\n{body}").encode()

    def _carried(self):
        received = "".join(
            f"Received: from {self.word()}.example (192.0.2.{k})\r\n"
            f"\tby mx{k}.bench.test with ESMTPS id "
            f"{self.chance.getrandbits(48):x};\r\n"
            f"\t{email.utils.formatdate(self.when)}\r\n"
            for k in range(self.chance.randrange(2, 5)))
        return received + ("DKIM-Signature: v=1; a=rsa-sha256; d=x.example;\r\n"
                           "\ts=s1; h=from:to:subject:date; b="
                           + self.file[:220].replace("\r\n", "\r\n\t ")
                           + "\r\n")

    def _subject(self, i):
        """And what it answers: six in ten are of a thread."""
        mine = f"<{i}.{self.chance.getrandbits(32):x}@bench.test>"
        if self.threads and self.chance.random() < 0.6:
            subject, ids = self.chance.choice(self.threads[-200:])
            refs = (f"In-Reply-To: {ids[-1]}\r\nReferences: "
                    + "\r\n\t".join(ids[-8:]) + "\r\n")
            line = f"Subject: Re: {subject}\r\n"
        else:
            subject = " ".join(self.word() for _ in range(5)).capitalize()
            refs, ids, line = "", [], f"Subject: {subject}\r\n"
            self.threads.append((subject, ids))
        ids.append(mine)
        return f"Message-ID: {mine}\r\n{line}{refs}"

    def _body(self, rare):
        size = int(min(60000, max(1000, self.chance.lognormvariate(8.5, 0.7))))
        text = "Content-Type: text/plain; charset=utf-8\r\n"
        form = self.chance.random()
        if form < 0.55:
            return text, self.some(self.text, size) + rare
        html = ("<html><body><p>"
                + self.some(self.text, size // 2).replace("\r\n", "<br>\r\n")
                + "</p></body></html>\r\n")
        both = (f"--a\r\n{text}\r\n{self.some(self.text, size // 3)}{rare}"
                "\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                f"{html}\r\n--a--\r\n")
        of_both = 'Content-Type: multipart/alternative; boundary="a"\r\n'
        if form < 0.85:
            return of_both, both
        return ('Content-Type: multipart/mixed; boundary="m"\r\n',
                f"--m\r\n{of_both}\r\n{both}\r\n--m\r\n"
                'Content-Type: application/pdf; name="paper.pdf"\r\n'
                "Content-Disposition: attachment; filename=paper.pdf\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n"
                f"{self.some(self.file, size)}\r\n--m--\r\n")
