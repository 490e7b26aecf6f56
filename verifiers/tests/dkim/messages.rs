//! Messages that find where verifiers differ, as they are sent: all lines end with CRLF.

/// Their names and octets.
pub(crate) fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let with = |body: &[u8]| message(b"Subject: body\r\n", body);
    let headers = headers().into_iter();
    let headers = headers.map(|(name, fields)| (name, message(fields, b"Hello.\r\n")));
    let bodies = bodies().into_iter().map(|(name, body)| (name, with(body)));
    let long_bodies = long_bodies().into_iter();
    let long_bodies = long_bodies.map(|(name, body)| (name, with(&body)));
    headers.chain(bodies).chain(long_bodies).collect()
}

fn message(fields: &[u8], body: &[u8]) -> Vec<u8> {
    let common = b"From: Ann <ann@example.org>\r\nTo: bob@example.net\r\n";
    [common, fields, b"\r\n", body].concat()
}

fn headers() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("no more fields", b""),
        ("empty value", b"Subject:\r\nCc: \r\n"),
        ("white space alone", b"Subject: \t \r\n"),
        ("no blank after the colon", b"Subject:hello\r\nDate:Mon, 30 Nov 2026 10:00:00 +0000\r\n"),
        ("runs of white space", b"Subject: \t one  two\t\tthree \t \r\n"),
        ("folds", b"Subject: one\r\n two\r\n\tthree\r\n  \t four\r\n"),
        ("fold after the colon", b"Subject:\r\n one\r\nMessage-ID:\r\n <a@example.org>\r\n"),
        ("fold with white space alone", b"Subject: one\r\n \t\r\n two\r\n \r\n"),
        ("encoded words", b"Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= =?UTF-8?B?8J+Mjg==?=\r\n"),
        ("UTF-8", "Subject: Grüße 日本語 🌎\r\nReply-To: Jörg <j@bücher.example>\r\n".as_bytes()),
        ("the octet A0 in a field", "Subject: voilà\r\n".as_bytes()),
        ("Latin-1", b"Subject: Gr\xfc\xdfe\r\n"),
        ("control characters", b"Subject: \x01 a\x7f\x08 \x1b\r\n"),
        ("names in other cases", b"SUBJECT: one\r\nmessage-id: <a@example.org>\r\nmime-Version: 1.0\r\n"),
        ("signs of tag lists", b"Subject: a=b; c=d;; v=1; b=x\r\nReply-To: \"a;b=c\" <c@example.org>\r\n"),
        ("a signature of another", b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=example.net; s=none; h=from;\r\n bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\nSubject: one\r\n"),
        ("trace fields", b"Received: from b\r\nReceived: from a\r\nReturn-Path: <a@example.org>\r\n"),
        ("resent twice", b"Resent-From: b@example.org\r\nResent-To: c@example.org\r\nResent-From: a@example.org\r\nResent-To: b@example.org\r\n"),
        ("several of a field", b"Subject: one\r\nSubject: two\r\nTo: c@example.net\r\n"),
        ("MIME", b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n\tboundary=\"a=_b\"\r\nContent-Transfer-Encoding: 7bit\r\nContent-Language: en\r\n"),
        ("a mailing list", b"List-Id: <l.example.org>\r\nList-Unsubscribe: <https://example.org/u?a=b;c>,\r\n <mailto:u@example.org>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nLIST-POST: NO\r\n"),
        ("a reply", b"In-Reply-To: <a@example.org>\r\nReferences: <b@example.org>\r\n <a@example.org>\r\nReply-To: c@example.org\r\nSender: d@example.org\r\nCc: e@example.net, f@example.net\r\nDate: Mon, 30 Nov 2026 10:00:00 +0000\r\n"),
        ("a long field", LONG_FIELD),
        ("fields that are not signed", b"X-A: \x0b\x0c\r\nX!#$%&'*+-.^_`{|}~: b\r\nBcc: c@example.net\r\n"),
    ]
}

/// 2,000 octets.
const LONG_FIELD: &[u8] = &{
    let mut field = [b'x'; 2011];
    let name = b"Subject: ";
    let mut at = 0;
    while at < name.len() {
        field[at] = name[at];
        at += 1;
    }
    field[2009] = b'\r';
    field[2010] = b'\n';
    field
};

fn bodies() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("empty body", b""),
        ("blank lines alone", b"\r\n\r\n\r\n"),
        ("lines of white space alone", b" \r\n\t\t\r\n"),
        ("lines of white space first", b" \r\n\t\r\none\r\n"),
        ("blank lines first", b"\r\n\r\none\r\n"),
        (
            "blank lines within and last",
            b"one\r\n\r\n\r\ntwo\r\n\r\n\r\n",
        ),
        ("white space on the last line", b"one\r\n \r\n\r\n"),
        (
            "white space at line ends",
            b"one \r\ntwo\t\r\n \r\nthree \t \r\n",
        ),
        (
            "white space at line starts",
            b" one\r\n\ttwo\r\n  three\r\n",
        ),
        (
            "runs of white space within lines",
            b"one  two\t\tthree \t four\r\n",
        ),
        ("dots", b".\r\n..\r\n.one\r\n. \r\n"),
        ("NUL", b"one\0two\r\n\0\r\n"),
        (
            "form feeds and vertical tabs",
            b"one \x0c two \x0b\r\n\x0c\r\n",
        ),
        (
            "UTF-8 text",
            "Grüße 日本語 🌎\r\n\u{a0}\r\nvoilà\r\n".as_bytes(),
        ),
        ("a From line", b"From ann\r\nFrom: bob\r\n"),
    ]
}

fn long_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let octets: Vec<u8> = (0..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    vec![
        ("every octet", [&octets[..], b"\r\n"].concat()),
        (
            "a line of 5,000 octets",
            [&b"x".repeat(5000)[..], b"\r\n"].concat(),
        ),
        (
            "words on a line of 50,000 octets",
            [&b"x  ".repeat(16_667)[..], b"x\r\n"].concat(),
        ),
        (
            "5,000 blank lines",
            [b"one\r\n", &b"\r\n".repeat(5000)[..], b"two\r\n"].concat(),
        ),
        (
            "1 MB",
            b"All work and  no play makes Jack a dull boy. \r\n".repeat(22_000),
        ),
    ]
}
