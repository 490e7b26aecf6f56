//! What readers make of some messages of the corpus, other than what the composer was given. No way to compose
//! these messages suits them and all other readers.

use serde_json::Value;

use crate::{COMPAT32, DEFAULT_POLICY, Difference, EMAILJS, MAILPARSER, POSTAL_MIME, Reader};

/// What one reader does, and all of the corpus in which it shows.
pub struct Known {
    pub reader: Reader,
    /// For people.
    pub habit: &'static str,
    pub places: &'static [Place],
}

pub struct Place {
    pub case: &'static str,
    /// As in [`Difference::field`].
    field: &'static str,
    /// What the reader reports there, in JSON.
    reports: &'static str,
}

pub const KNOWN: &[Known] = &[
    Known {
        reader: DEFAULT_POLICY,
        habit: "a run of blanks in a name is one blank",
        places: &[
            at(
                "name-run-of-blanks",
                "from[0]",
                r#"["Ann Miller","ann@example.org"]"#,
            ),
            at(
                "name-german-long-with-runs-of-blanks",
                "from[0]",
                r#"["Jörg Müller-Lüdenscheidt von und zu Österreich-Ungarn und Übersee","ann@example.org"]"#,
            ),
        ],
    },
    Known {
        reader: DEFAULT_POLICY,
        habit: "a file name within `<>` has none",
        places: &[at(
            "random-039",
            "attachments[0].name",
            r##""a?a#:\" ?x? ;م=-,((#%$)~%ر\u200d.@,🎉$-{@b@_<""##,
        )],
    },
    Known {
        reader: DEFAULT_POLICY,
        habit: UNDECODED,
        places: UNDECODED_MAILBOXES,
    },
    Known {
        reader: COMPAT32,
        habit: UNDECODED,
        places: UNDECODED_MAILBOXES,
    },
    Known {
        reader: COMPAT32,
        habit: "a group without members is an address without a mailbox",
        places: &[at("bcc-undisclosed", "to[0]", r#"[null,""]"#)],
    },
    Known {
        reader: MAILPARSER,
        habit: "a file whose name ends in `.eml` is a message, whatever its type",
        places: &[at(
            "attachment-message-utf8",
            "attachments[0].type",
            r#""message/rfc822""#,
        )],
    },
    Known {
        reader: POSTAL_MIME,
        habit: "of several authors it reports the first",
        places: &[at("from-several", "from[1]", "null")],
    },
    Known {
        reader: POSTAL_MIME,
        habit: "a file name that looks like an encoded word is decoded",
        places: &[at(
            "file-like-an-encoded-word",
            "attachments[0].name",
            r#""x.pdf""#,
        )],
    },
    Known {
        reader: POSTAL_MIME,
        habit: "a calendar has LF for CRLF",
        places: &[
            at("attachment-calendar", "attachments[0].content", LF_CALENDAR),
            at("invitation", "attachments[0].content", LF_CALENDAR),
            at("invitation", "attachments[1].content", LF_CALENDAR),
            at(
                "invitation-with-attachment",
                "attachments[0].content",
                LF_CALENDAR,
            ),
            at(
                "invitation-with-attachment",
                "attachments[2].content",
                LF_CALENDAR,
            ),
        ],
    },
    Known {
        reader: POSTAL_MIME,
        habit: "an attached message has LF for CRLF, and one more at its end",
        places: &[at(
            "attachment-message",
            "attachments[0].content",
            r#""71 octets, SHA-256 b023e2e508dfd773c17bdefca7d2903964652c9b8794eafe6c41e722668f37d7""#,
        )],
    },
    Known {
        reader: EMAILJS,
        habit: "an attached message has LF for CRLF",
        places: &[at(
            "attachment-message",
            "attachments[0].content",
            r#""70 octets, SHA-256 a57ca2f30a7d560a3761eb2bdacae410df91e878c5881a5388620add6fc05988""#,
        )],
    },
    // The file would be right without `charset`, but readers that show it need that.
    Known {
        reader: EMAILJS,
        habit: "text in base64 that is not the message's own has one octet for each character",
        places: &[
            at(
                "attachment-text-utf8",
                "attachments[0].content",
                r#""6 octets, SHA-256 f59c1dabbc9a5ea4545e5d66124c3071f207ad2cbab6ca25eee1f7d63e3e37b9""#,
            ),
            at(
                "attachment-calendar",
                "attachments[0].content",
                LATIN1_CALENDAR,
            ),
            at("invitation", "attachments[0].content", LATIN1_CALENDAR),
            at(
                "invitation-with-attachment",
                "attachments[0].content",
                LATIN1_CALENDAR,
            ),
        ],
    },
];

const UNDECODED: &str = "UTF-8 in a field (RFC 6532) stays undecoded";

const UNDECODED_MAILBOXES: &[Place] = &[
    at(
        "mailbox-utf8",
        "to[1]",
        r#"["Jörg","j��rg@b��cher.example"]"#,
    ),
    at(
        "mailbox-utf8",
        "to[2]",
        r#"[null,"������������@��������������������.example"]"#,
    ),
];

const LF_CALENDAR: &str =
    r#""277 octets, SHA-256 4c82799426597060924356bcef09c565dc911a990ea13bcba1c2998b43427dd5""#;

const LATIN1_CALENDAR: &str =
    r#""290 octets, SHA-256 d0bba5ea4bef6d2edd41f83873492fe762c801ebe767eed6f8a8f41da800c4d2""#;

const fn at(case: &'static str, field: &'static str, reports: &'static str) -> Place {
    Place {
        case,
        field,
        reports,
    }
}

impl Place {
    /// Whether the difference is here.
    pub fn is(&self, case: &str, difference: &Difference) -> bool {
        let reports: Option<Value> = serde_json::from_str(self.reports).ok();
        (self.case, self.field) == (case, &difference.field)
            && reports.as_ref() == Some(&difference.reported)
    }

    /// Why the test fails if the difference is no longer here.
    pub fn gone(&self) -> String {
        let Place {
            case,
            field,
            reports,
        } = self;
        format!("{case}: {field} is no longer {reports}: remove it from the known differences")
    }
}

pub fn of(reader: &Reader) -> impl Iterator<Item = &'static Known> {
    KNOWN
        .iter()
        .filter(|known| known.reader.name == reader.name)
}
