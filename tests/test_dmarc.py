"""The judgement of DMARC: records in DNS, what SPF and DKIM have proven, and
what comes of it. Sections are those of RFC 7489 unless RFC 9989 is named."""

import pytest

from lib import trust

REJECT = {"example.org": "v=DMARC1; p=reject"}
DEEP = "a.b.c.d.e.f.g.h.example.org"


def judge(records, domain, spf, dkim, exist=()):
    zone = [trust.record("_dmarc." + name, "TXT", text)
            for name, texts in records.items() if texts is not None
            for text in ([texts] if isinstance(texts, str) else texts)]
    zone += [trust.failing("_dmarc." + name, "TXT")
             for name, text in records.items() if text is None]
    zone += [trust.record(name, "A", bytes([192, 0, 2, 1]))
             for name in exist]
    ((verdict, policy, owner, _),) = trust.ask(zone, "M", domain, spf, *dkim)
    return verdict, policy, owner


def with_tag(tags):
    return {"example.org": "v=DMARC1; " + tags}


PASS = ("pass", "none")
CASES = [
    # nobody says anything: 6.6.3
    ({}, "example.org", "", [], ("none", "none", "")),
    ({}, "example.org", "example.org", ["example.org"], ("none", "none", "")),
    ({"org": "v=spf1 -all"}, "example.org", "", [], ("none", "none", "")),
    # the three policies: 6.3 p
    (with_tag("p=none"), "example.org", "", [], ("fail", "none")),
    (with_tag("p=quarantine"), "example.org", "", [], ("fail", "quarantine")),
    (with_tag("p=reject"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=REJECT"), "example.org", "", [], ("fail", "reject")),
    (with_tag(" p = reject ;"), "example.org", "", [], ("fail", "reject")),
    # proofs of the same name: 3.1
    (REJECT, "example.org", "example.org", [], PASS),
    (REJECT, "example.org", "", ["example.org"], PASS),
    (REJECT, "example.org", "EXAMPLE.org", [], PASS),
    (REJECT, "example.org", "", ["example.net", "example.org"], PASS),
    (REJECT, "example.org", "example.net", ["example.org"], PASS),
    (REJECT, "example.org", "example.org", ["example.net"], PASS),
    # of another one
    (REJECT, "example.org", "example.net", [], ("fail", "reject")),
    (REJECT, "example.org", "", ["example.net"], ("fail", "reject")),
    (REJECT, "example.org", "badexample.org", [], ("fail", "reject")),
    (REJECT, "example.org", "", ["badexample.org"], ("fail", "reject")),
    (REJECT, "example.org", "example.org.net", [], ("fail", "reject")),
    (REJECT, "example.org", "org", [], ("fail", "reject")),
    (REJECT, "example.org", "", ["org"], ("fail", "reject")),
    # of the same organization, relaxed: 3.1.1, 3.1.2
    (REJECT, "example.org", "mail.example.org", [], PASS),
    (REJECT, "example.org", "", ["mail.example.org"], PASS),
    (REJECT, "mail.example.org", "example.org", [], PASS),
    (REJECT, "mail.example.org", "", ["example.org"], PASS),
    (REJECT, "a.example.org", "b.example.org", [], PASS),
    (REJECT, "a.example.org", "", ["b.c.example.org"], PASS),
    # strict: 6.3 adkim, aspf
    (with_tag("p=reject; aspf=s"), "example.org", "mail.example.org", [],
     ("fail", "reject")),
    (with_tag("p=reject; adkim=s"), "example.org", "", ["mail.example.org"],
     ("fail", "reject")),
    (with_tag("p=reject; aspf=s"), "example.org", "", ["m.example.org"], PASS),
    (with_tag("p=reject; adkim=s"), "example.org", "m.example.org", [], PASS),
    (with_tag("p=reject; aspf=S; adkim=S"), "example.org", "example.org", [],
     PASS),
    (with_tag("p=reject; aspf=s"), "a.example.org", "example.org", [],
     ("fail", "reject")),
    (with_tag("p=reject; aspf=s"), "a.example.org", "a.example.org", [], PASS),
    (with_tag("p=reject; aspf=r; adkim=r"), "example.org", "a.example.org", [],
     PASS),
    # names below: 6.3 sp
    (REJECT, "mail.example.org", "", [], ("fail", "reject")),
    (with_tag("p=reject; sp=none"), "mail.example.org", "", [],
     ("fail", "none")),
    (with_tag("p=none; sp=reject"), "mail.example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=none; sp=reject"), "example.org", "", [], ("fail", "none")),
    (with_tag("p=none; sp=quarantine"), "a.b.example.org", "", [],
     ("fail", "quarantine")),
    (with_tag("p=reject; sp=nonsense"), "a.example.org", "", [],
     ("fail", "reject")),
    # a record of its own goes before that of the organization: 6.6.3
    ({**REJECT, "mail.example.org": "v=DMARC1; p=none"}, "mail.example.org",
     "", [], ("fail", "none")),
    ({"example.org": "v=DMARC1; p=none; sp=none",
      "mail.example.org": "v=DMARC1; p=reject; sp=none"}, "mail.example.org",
     "", [], ("fail", "reject")),
    ({**REJECT, "mail.example.org": "v=DMARC1; p=none"}, "mail.example.org",
     "example.org", [], PASS),
    # the policy of a subdomain is no one else's
    ({"mail.example.org": "v=DMARC1; p=reject"}, "example.org", "", [],
     ("none", "none", "")),
    # which records count: 6.6.3, 6.3 v
    (with_tag("p=reject"), "example.net", "", [], ("none", "none", "")),
    ({"example.org": "v=DMARC2; p=reject"}, "example.org", "", [],
     ("none", "none", "")),
    ({"example.org": "v=dmarc1; p=reject"}, "example.org", "", [],
     ("none", "none", "")),
    ({"example.org": "p=reject; v=DMARC1"}, "example.org", "", [],
     ("none", "none", "")),
    ({"example.org": "v=DMARC1"}, "example.org", "", [], ("none", "none", "")),
    ({"example.org": "v=DMARC1; p=reject"[:-1]}, "example.org", "", [],
     ("none", "none", "")),
    ({"example.org": "v=DMARC1; p=; rua=mailto:a@example.org"}, "example.org",
     "", [], ("fail", "none")),
    ({"example.org": "v=DMARC1; rua=mailto:a@example.org"}, "example.org", "",
     [], ("fail", "none")),
    ({"example.org": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]},
     "example.org", "", [], ("none", "none", "")),
    ({"example.org": ["v=DMARC1; p=reject", "something else"]},
     "example.org", "", [], ("fail", "reject")),
    ({"example.org": ["", "v=DMARC1; p=reject"]}, "example.org", "", [],
     ("fail", "reject")),
    # what is not understood is not there: 6.3
    (with_tag("p=reject; foo=bar"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=reject; nonsense"), "example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=reject;; fo=1;"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=reject; aspf=x"), "example.org", "a.example.org", [], PASS),
    (with_tag("p=reject; p=none"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=reject; rf=afrf; ri=3600"), "example.org", "", [],
     ("fail", "reject")),
    # one step milder: RFC 9989 4.7 t; pct=0 said so before
    (with_tag("p=reject; t=y"), "example.org", "", [], ("fail", "quarantine")),
    (with_tag("p=quarantine; t=y"), "example.org", "", [], ("fail", "none")),
    (with_tag("p=none; t=y"), "example.org", "", [], ("fail", "none")),
    (with_tag("p=reject; t=n"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=reject; pct=0"), "example.org", "", [],
     ("fail", "quarantine")),
    (with_tag("p=reject; pct=50"), "example.org", "", [], ("fail", "reject")),
    (with_tag("p=none; sp=reject; t=y"), "a.example.org", "", [],
     ("fail", "quarantine")),
    # the walk: RFC 9989 4.10
    (REJECT, DEEP, "", [], ("fail", "reject", "example.org")),
    ({"org": "v=DMARC1; p=reject"}, "a.example.org", "", [],
     ("fail", "reject", "org")),
    ({DEEP: "v=DMARC1; p=reject"}, DEEP, "", [], ("fail", "reject", DEEP)),
    # of nine labels and more the second is not asked for
    ({"b.c.d.e.f.g.h.example.org": "v=DMARC1; p=reject"}, DEEP, "", [],
     ("none", "none", "")),
    ({"d.e.f.g.h.example.org": "v=DMARC1; p=reject"}, DEEP, "", [],
     ("fail", "reject", "d.e.f.g.h.example.org")),
    # psd=n: the organization is here, whatever is above
    ({"a.example.org": "v=DMARC1; p=reject; psd=n", **REJECT},
     "b.a.example.org", "example.org", [], ("fail", "reject")),
    ({"a.example.org": "v=DMARC1; p=reject; psd=n", **REJECT},
     "b.a.example.org", "c.a.example.org", [], PASS),
    # psd=y: it is one label below
    ({"co.test": "v=DMARC1; p=reject; psd=y"}, "one.co.test", "two.co.test",
     [], ("fail", "reject", "co.test")),
    ({"co.test": "v=DMARC1; p=reject; psd=y"}, "a.one.co.test", "b.one.co.test",
     [], PASS),
    ({"co.test": "v=DMARC1; p=none; psd=y; sp=reject"}, "one.co.test", "", [],
     ("fail", "reject", "co.test")),
    ({"co.test": "v=DMARC1; p=reject; psd=y",
      "one.co.test": "v=DMARC1; p=none"}, "one.co.test", "", [],
     ("fail", "none", "one.co.test")),
    ({"co.test": "v=DMARC1; p=reject; psd=y"}, "one.co.test", "co.test", [],
     ("fail", "reject", "co.test")),
    ({"co.test": "v=DMARC1; p=reject; psd=y"}, "co.test", "co.test", [], PASS),
    ({"co.test": "v=DMARC1; p=reject; psd=y"}, "co.test", "a.co.test", [],
     ("fail", "reject", "co.test")),
    ({"co.test": "v=DMARC1; p=reject; psd=u"}, "one.co.test", "two.co.test",
     [], PASS),
    # tags in any order but v, blanks around = and ;: 6.4
    (with_tag("rua=mailto:r@example.org; p=reject"), "example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=reject;aspf=s;adkim=s"), "example.org", "a.example.org",
     ["a.example.org"], ("fail", "reject")),
    ({"example.org": "v = DMARC1 ; p = quarantine"}, "example.org", "", [],
     ("fail", "quarantine")),
    ({"example.org": "v=DMARC1;p=reject"}, "example.org", "", [],
     ("fail", "reject")),
    ({"example.org": "v=DMARC1 p=reject"}, "example.org", "", [],
     ("none", "none", "")),
    ({"example.org": ""}, "example.org", "example.org", [],
     ("none", "none", "")),
    # several records above count as none there, and the walk goes on:
    # RFC 9989 4.10 step 2
    ({**REJECT, "a.example.org": ["v=DMARC1; p=none", "v=DMARC1; p=none"]},
     "a.example.org", "", [], ("fail", "reject", "example.org")),
    ({**REJECT, "a.example.org": "v=spf1 -all"}, "a.example.org", "", [],
     ("fail", "reject", "example.org")),
    # the case of a name says nothing
    (REJECT, "example.org", "Mail.Example.ORG", [], PASS),
    (REJECT, "example.org", "", ["EXAMPLE.ORG"], PASS),
    # strict is of one proof alone
    (with_tag("p=reject; aspf=s"), "example.org", "a.example.org",
     ["b.example.org"], PASS),
    (with_tag("p=reject; adkim=s"), "example.org", "a.example.org",
     ["b.example.org"], PASS),
    (with_tag("p=reject; adkim=s"), "example.org", "",
     ["a.example.org", "example.org"], PASS),
    # strict in the record of a subdomain, relaxed above it, and the reverse
    ({"example.org": "v=DMARC1; p=none; aspf=s",
      "a.example.org": "v=DMARC1; p=reject"}, "a.example.org",
     "b.example.org", [], PASS),
    ({"example.org": "v=DMARC1; p=none",
      "a.example.org": "v=DMARC1; p=reject; aspf=s"}, "a.example.org",
     "b.example.org", [], ("fail", "reject")),
    # sp of a subdomain's record is not of itself
    ({"a.example.org": "v=DMARC1; p=quarantine; sp=reject", **REJECT},
     "a.example.org", "", [], ("fail", "quarantine", "a.example.org")),
    # sp goes before p below, whichever is milder
    (with_tag("p=quarantine; sp=reject"), "a.example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=quarantine; sp=none"), "a.b.c.example.org", "", [],
     ("fail", "none")),
    # pct is what RFC 9989 A.6 leaves of it
    (with_tag("p=reject; pct=100"), "example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=reject; pct=nonsense"), "example.org", "", [],
     ("fail", "reject")),
    (with_tag("p=quarantine; pct=0"), "example.org", "", [],
     ("fail", "none")),
    (with_tag("p=none; sp=quarantine; t=y"), "a.example.org", "", [],
     ("fail", "none")),
    (with_tag("p=reject; t=nonsense"), "example.org", "", [],
     ("fail", "reject")),
    # nobody is of the same organization as what has no record at all
    ({}, "example.org", "a.example.org", ["a.example.org"],
     ("none", "none", "")),
    # a proof of a name far below is of the organization
    (REJECT, "example.org", DEEP, [], PASS),
    (REJECT, DEEP, "example.org", [], PASS),
    (with_tag("p=reject; aspf=s"), DEEP, "example.org", [],
     ("fail", "reject", "example.org")),
    # psd=n where the author is, with proofs of beside and above
    ({"a.example.org": "v=DMARC1; p=reject; psd=n", **REJECT},
     "a.example.org", "a.example.org", [], PASS),
    ({"a.example.org": "v=DMARC1; p=reject; psd=n", **REJECT},
     "a.example.org", "b.example.org", [], ("fail", "reject")),
    # signatures that prove nothing do no harm to one that does
    (REJECT, "example.org", "example.net",
     ["one.test", "two.test", "three.test", "example.org"], PASS),
    # DNS in trouble: 6.6.2
    ({"example.org": None}, "example.org", "example.org", [],
     ("temperror", "none", "")),
    ({**REJECT, "mail.example.org": None}, "mail.example.org", "", [],
     ("temperror", "none", "")),
    ({**REJECT, "mail.example.org": None}, "example.org", "mail.example.org",
     [], ("temperror", "none")),
    ({**REJECT, "mail.example.org": None}, "example.org", "mail.example.org",
     ["example.org"], PASS),
    ({**REJECT, "mail.example.org": None}, "example.org", "", [
        "mail.example.org", "example.org"], PASS),
    ({**REJECT, "mail.example.net": None}, "example.org", "mail.example.net",
     [], ("fail", "reject")),
]


@pytest.mark.parametrize("case", CASES,
                         ids=lambda c: f"{CASES.index(c) + 1}")
def test_case(case):
    records, domain, spf, dkim, wanted = case
    assert judge(records, domain, spf, dkim)[:len(wanted)] == wanted


NP = {"example.org": "v=DMARC1; p=none; sp=quarantine; np=reject"}


@pytest.mark.parametrize("domain,exist,wanted", [
    ("example.org", [], "none"),
    ("nobody.example.org", [], "reject"),
    ("somebody.example.org", ["somebody.example.org"], "quarantine"),
    ("a.nobody.example.org", [], "reject"),
])
def test_names_that_do_not_exist(domain, exist, wanted):
    """RFC 9989 4.7 np"""
    assert judge(NP, domain, "", [], exist)[:2] == ("fail", wanted)


def test_existence_is_asked_for_where_it_matters():
    """np counts as sp where it is not said; DNS in trouble is existence."""
    assert judge(with_tag("p=none; sp=reject"), "x.example.org", "",
                 [])[1] == "reject"
    zone = [trust.record("_dmarc.example.org", "TXT", NP["example.org"]),
            *(trust.failing("x.example.org", kind)
              for kind in ("MX", "A", "AAAA"))]
    ((verdict, policy, *_),) = trust.ask(zone, "M", "x.example.org", "")
    assert (verdict, policy) == ("fail", "quarantine")
