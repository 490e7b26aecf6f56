//! Mails with nodemailer's field names: what is composed, signed, streamed, and refused.

use mail_parser::{Message, MessageParser, MimeHeaders};
use servers::authority::Authority;
use servers::scripted::{Script, Server};
use servers::sink::{Delivery, Sink};

use crate::delivery::{run_with, sink};
use crate::project::run;
use crate::script;

/// Runs a program that sends to a sink; returns its output and what arrived.
fn sent_by(program: &str) -> Option<(String, Vec<Delivery>)> {
    let authority = Authority::new();
    let sink: Sink = sink(&authority);
    let said = run_with(&sink, &authority, program)?;
    let deliveries = sink.deliveries().clone();
    Some((said, deliveries))
}

fn parsed(delivery: &Delivery) -> Message<'_> {
    let parser = MessageParser::default();
    parser.parse(&delivery.message).expect("it is a message")
}

fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.message.clone()).expect("it is ASCII")
}

#[test]
fn a_mail_is_composed_of_nodemailers_fields() {
    let Some((said, deliveries)) = sent_by("compose.mjs") else {
        return;
    };
    let everyone =
        r#""grace@mail.test","alan@mail.test","ada@mail.test","cc@mail.test","hidden@mail.test""#;
    let envelope = format!(r#""envelope":{{"from":"joerg@mail.test","to":[{everyone}]}}"#);
    let start = format!(r#"{{"messageId":"<1@mail.test>",{envelope},"accepted":["#);
    assert!(said.starts_with(&start), "{said}");
    let end = "],\"rejected\":[],\"response\":\"250 2.0.0 Taken as message 1\"}\n";
    assert!(said.ends_with(end), "{said}");
    let [delivery] = &*deliveries else {
        panic!("{} messages", deliveries.len());
    };
    let message = text(delivery);
    let (header, _) = message.split_once("\r\n\r\n").expect("it has a body");
    for field in [
        "From: =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@mail.test>",
        "Reply-To: \"Doe, Jane\" <jane@mail.test>",
        "Cc: cc@mail.test",
        "Date: Sun, 29 Nov 2026 10:00:00 +0000",
        "Message-ID: <1@mail.test>",
        "In-Reply-To: <0@mail.test>",
        "References: <a@mail.test> <0@mail.test>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Id: News <news.mail.test>",
        "X-Priority: 1 (Highest)",
        "X-Campaign: spring",
    ] {
        assert!(
            header.lines().any(|line| line == field),
            "{field}: {header}"
        );
    }
    let unfolded = header.replace("\r\n ", " ");
    for field in [
        "To: grace@mail.test, \"Turing, Alan\" <alan@mail.test>, Team: ada@mail.test;",
        "List-Unsubscribe: <mailto:leave@mail.test>, <https://mail.test/u>",
    ] {
        assert!(
            unfolded.lines().any(|line| line == field),
            "{field}: {header}"
        );
    }
    assert!(!message.contains("hidden@"), "{message}");
}

#[test]
fn texts_images_files_and_an_invitation_are_parts_with_their_types_and_octets() {
    let Some((_, deliveries)) = sent_by("compose.mjs") else {
        return;
    };
    let message = parsed(&deliveries[0]);
    assert_eq!(message.subject(), Some("Gr\u{fc}\u{df}e"));
    assert_eq!(message.body_text(0).as_deref(), Some("Hello.\r\n"));
    let html = message.body_html(0).expect("it has HTML");
    assert!(html.contains("cid:logo@mail.test"), "{html}");
    let files = message.attachments().map(|part| {
        let of_type = part.content_type().expect("it has a type");
        let of_type = format!(
            "{}/{}",
            of_type.ctype(),
            of_type.subtype().unwrap_or_default()
        );
        (
            part.attachment_name(),
            of_type,
            part.content_id(),
            part.contents().to_vec(),
        )
    });
    let files: Vec<_> = files.collect();
    let calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".as_bytes();
    for file in [
        (None, "text/calendar", None, calendar),
        (Some("invite.ics"), "application/ics", None, calendar),
        (
            Some("notes.txt"),
            "text/plain",
            None,
            "Gr\u{fc}\u{df}e".as_bytes(),
        ),
        (
            Some("logo.png"),
            "image/png",
            Some("logo@mail.test"),
            &[1, 2, 3],
        ),
        (None, "application/pdf", None, &[1, 2, 3]),
        (Some("report.csv"), "text/csv", None, b"a,b\r\n1,2\r\n"),
    ] {
        let (name, of_type, id, octets) = file;
        let file = (name, of_type.to_owned(), id, octets.to_vec());
        assert!(files.contains(&file), "{file:?} is not among {files:?}");
    }
    assert_eq!(files.len(), 6);
}

#[test]
fn addresses_are_read_strictly() {
    let Some(said) = run("addresses.mjs", &[]) else {
        return;
    };
    let bad = "to: it is not a list of addresses such a";
    let quoted = "to: an address has quotation marks or co";
    let words = [
        r#"[{"mailbox":"ann@mail.test"}]"#,
        r#"[{"mailbox":"ann@mail.test"}]"#,
        r#"[{"name":"Ann","mailbox":"ann@mail.test"},{"mailbox":"bob@mail.test"}]"#,
        r#"[{"name":"Doe, Jane","mailbox":"jane@mail.test"}]"#,
        r#"[{"name":"Jörg Müller","mailbox":"joerg@mail.test"}]"#,
        r#"[{"group":"Team","members":[{"mailbox":"ann@mail.test"},{"name":"Bob","mailbox":"bob@mail.test"}]}]"#,
        r#"[{"name":"bob@bank.test","mailbox":"eve@mail.test"}]"#,
        bad,
        bad,
        bad,
        bad,
        quoted,
        quoted,
        quoted,
        bad,
        "to: it is longer than 5000 characters: g",
        r#"[{"name":"Ann","mailbox":"ann@mail.test"},{"mailbox":"bob@mail.test"}]"#,
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), words);
}

#[test]
fn a_mail_with_a_mistake_is_refused_and_the_field_named() {
    let Some(said) = run("invalid.mjs", &[]) else {
        return;
    };
    let words = [
        "invalid-argument subject",
        "invalid-argument headers.X-A",
        "invalid-argument headers.Received",
        "invalid-argument list.help",
        "invalid-argument attachments[0]",
        "invalid-argument attachments[0]",
        "invalid-argument attachments[0]",
        "invalid-argument attachments[0]",
        "invalid-argument text",
        "invalid-argument raw",
        "invalid-argument date",
        "invalid-argument priority",
        "invalid-argument icalEvent",
        "invalid-argument to",
        "invalid-argument to",
        "invalid-argument from",
        "invalid-argument dkim",
        "TypeError a mail: envoi has no field `amp`; \"Coming from nodemailer\" tells what to do instead",
        "TypeError subject: an argument is not of the type that envoi's declarations give it",
        "TypeError attachments[0]: content is a string, a Uint8Array, or a stream or async iterable of these",
        "Error ENOENT",
        "TypeError a mail: an object is expected",
        "TypeError text: envoi has no field `encodng`; \"Coming from nodemailer\" tells what to do instead",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), words);
}

#[test]
fn files_and_streams_are_attached_while_they_are_read() {
    let Some((said, deliveries)) = sent_by("attach.mjs") else {
        return;
    };
    let envelope = r#"{"from":"ada@mail.test","to":["grace@mail.test"]}"#;
    assert_eq!(said, format!("true {envelope}\n"));
    let message = parsed(&deliveries[0]);
    let large = b"large".repeat(1_000_000);
    let pieces: Vec<u8> = (0..1_000usize)
        .flat_map(|i| std::iter::repeat_n(i.to_le_bytes()[0], i * 7))
        .collect();
    let expected = [
        ("large.bin", &large),
        ("pieces.bin", &pieces),
        ("copy.bin", &large),
    ];
    assert_eq!(message.attachment_count(), expected.len());
    for (part, (name, octets)) in message.attachments().zip(expected) {
        assert_eq!(part.attachment_name(), Some(name));
        assert!(part.contents() == octets, "{name} differs");
    }
}

#[test]
fn send_mail_reads_each_stream_once_and_makes_up_a_message_id() {
    let server = Server::start([script::whole()]);
    let port = server.port().to_string();
    let Some(said) = run("text-and-file.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "true\n");
    let messages = server.finish().only().messages();
    let message = MessageParser::default().parse(&messages[0]);
    let message = message.expect("it is a message");
    assert_eq!(message.body_text(0).as_deref(), Some("Hello.\r\n"));
    assert_eq!(message.attachment_count(), 1);
}

#[test]
fn null_is_a_field_that_is_left_out() {
    let server = Server::start([script::whole()]);
    let port = server.port().to_string();
    let Some(said) = run("nulls.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "250 2.0.0 Ok\n");
    let messages = server.finish().only().messages();
    let message = String::from_utf8_lossy(&messages[0]);
    assert!(message.contains("method=PUBLISH"), "{message}");
    assert!(!message.contains("List-Help"), "{message}");
}

#[test]
fn an_attachment_that_fails_delivers_nothing_and_the_mailer_goes_on() {
    let server = Server::start([script::begun(), script::begun(), script::whole()]);
    let port = server.port().to_string();
    let Some(said) = run("broken-attachment.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "ENOENT\nthe file is gone\nb@mail.test\n");
    server.finish();
}

#[test]
fn an_abort_ends_a_mail_while_its_attachment_is_read() {
    let server = Server::start([script::begun()]);
    let port = server.port().to_string();
    let Some(said) = run("hanging.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "aborted, may-have-been-delivered\nclosed\n");
    server.finish();
}

#[test]
fn a_mailer_signs_and_a_mail_may_have_keys_of_its_own() {
    let Some((_, deliveries)) = sent_by("sign.mjs") else {
        return;
    };
    let selectors = deliveries.iter().map(|delivery| {
        let message = text(delivery).replace("\r\n", "");
        let tags = message.split("DKIM-Signature:").skip(1);
        let selector = |tags: &str| {
            tags.split(" s=")
                .nth(1)
                .and_then(|rest| rest.split(';').next())
                .map(str::to_owned)
        };
        tags.map(|tags| selector(tags).expect("it names its selector"))
            .collect::<Vec<_>>()
    });
    let selectors: Vec<_> = selectors.collect();
    assert_eq!(
        selectors,
        [
            vec!["one"],
            vec!["two", "three"],
            vec!["one"],
            vec!["one"],
            vec![]
        ]
    );
    let own = text(&deliveries[1]);
    assert!(own.contains("h=from:from:subject:subject;"), "{own}");
}

#[test]
fn a_program_for_nodemailer_changes_its_import() {
    let Some((said, deliveries)) = sent_by("nodemailer.mjs") else {
        return;
    };
    let words = "true\n\
                 [ 'grace@mail.test' ] [] ada@mail.test\n\
                 null [ 'grace@mail.test' ]\n\
                 to\n\
                 text\n\
                 TypeError: createTransport: envoi has no field `service`; \"Coming from nodemailer\" tells what to do \
                 instead\n\
                 TypeError: tls: certificates are always checked: give the server's own certificate as `ca`\n\
                 TypeError: auth: `type` is 'login' or 'OAuth2'\n";
    assert_eq!(said, words);
    assert_eq!(deliveries.len(), 2);
    assert!(deliveries.iter().all(|delivery| delivery.tls));
    let message = text(&deliveries[0]);
    assert!(message.contains("\r\n\r\nHi\r\n"));
    // A mail's header fields are added to those of the defaults.
    assert!(message.contains("\r\nX-A: default\r\n"), "{message}");
    assert!(message.contains("\r\nX-B: own\r\n"), "{message}");
}

#[test]
fn options_about_starttls_leave_tls_from_the_first_byte_on() {
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    let session = || {
        Script::new()
            .start_tls(&identity)
            .followed_by(script::greeting())
            .followed_by(script::quit())
    };
    let server = Server::start([session(), session(), session()]);
    let (port, pem) = (server.port().to_string(), authority.pem());
    let Some(said) = run("secure-transport.mjs", &[("PORT", &port), ("CA", &pem)]) else {
        return drop(server);
    };
    assert_eq!(said, "true\ntrue\ntrue\n");
    server.finish();
}
