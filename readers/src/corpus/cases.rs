//! The cases, by what they are about.

use envoi_message::compose::Destination;

use super::case::{Case, addresses};

const PDF: &[u8] = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n";

/// One red point.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xDE\0\0\0\x0cIDAT\
\x08\xD7c\xF8\xCF\xC0\0\0\x03\x01\x01\0\x18\xDD\x8D\xB0\0\0\0\0IEND\xAEB`\x82";

const INVITATION: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nMETHOD:REQUEST\r\n\
BEGIN:VEVENT\r\nUID:1@example.org\r\nDTSTAMP:20261129T090000Z\r\nDTSTART:20261201T090000Z\r\n\
DTEND:20261201T100000Z\r\nSUMMARY:Gespräch\r\nORGANIZER:mailto:ann@example.org\r\n\
ATTENDEE:mailto:bob@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const HTML: &str = "<p>Hello <b>Bob</b></p>\n";

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(subjects());
    cases.extend(names());
    cases.extend(addresses_of_all_kinds());
    cases.extend(groups_and_hidden_recipients());
    cases.extend(texts());
    cases.extend(forms());
    cases.extend(other_forms());
    cases.extend(file_names());
    cases.extend(attachments());
    cases.extend(fields());
    cases
}

fn subjects() -> Vec<Case> {
    let subject = |name, subject: &str| Case::new(name).subject(subject);
    vec![
        subject("plain", "Hello"),
        subject("subject-none", ""),
        subject("subject-german", "Grüße aus Köln"),
        subject(
            "subject-japanese-long",
            &"おはようございます、世界のみなさん。".repeat(8),
        ),
        subject(
            "subject-japanese-with-latin",
            "a日本b語cの表題d、long enough for several words "
                .repeat(4)
                .trim_end(),
        ),
        subject(
            "subject-arabic",
            "مرحبا بالعالم، هذه رسالة طويلة بما يكفي لتحتاج إلى أكثر من كلمة مشفرة واحدة",
        ),
        subject("subject-emoji", "👩‍👩‍👧‍👦🎉 party ".repeat(9).trim_end()),
        subject("subject-never-three", &format!("ä{}", "€".repeat(60))),
        subject("subject-greek", "αβγδε ζηθικ ".repeat(12).trim_end()),
        subject(
            "subject-plain-long",
            "words that go on ".repeat(12).trim_end(),
        ),
        subject("subject-one-long-word", &"x".repeat(300)),
        subject("subject-run-of-blanks", "a run   of blanks"),
        subject(
            "subject-run-of-blanks-at-the-fold",
            &format!("{} {}  {}", "a".repeat(50), "b".repeat(14), "c".repeat(30)),
        ),
        subject("subject-like-an-encoded-word", "see =?UTF-8?Q?x=20y?= here"),
        subject(
            "subject-plain-beside-encoded",
            "an offer für die Küche from us, 50% off",
        ),
        subject(
            "subject-marks",
            "\"quoted\" (comment) <a@b.org>, \\ : ; = _ ? %41",
        ),
        subject("subject-combining", "e\u{301}te\u{301} \u{200f}שלום"),
    ]
}

fn names() -> Vec<Case> {
    let name = |case, name| Case::new(case).from(&[(name, "ann@example.org")]);
    vec![
        name("name-none", ""),
        name("name-atoms", "Ann O'Hara Miller"),
        name("name-with-dot", "Ann B. Miller"),
        name("name-with-comma", "Miller, Ann"),
        name("name-with-quotes", "Ann \"The Boss\" Miller \\o/"),
        name("name-like-an-address", "ann@example.com <ann>"),
        name("name-german", "Jörg Müller"),
        name("name-german-with-comma-and-quotes", "Müller, \"Jörg\""),
        name("name-german-with-atoms", "Jörg von Müller"),
        name(
            "name-german-long",
            "Jörg Müller-Lüdenscheidt von und zu Österreich-Ungarn und Übersee",
        ),
        name("name-japanese", "山田太郎"),
        name(
            "name-japanese-long",
            "株式会社山田太郎商店東京本社営業部第一課長山田太郎様方御中",
        ),
        name("name-arabic", "محمد بن عبد الله"),
        name("name-emoji", "Ann 🎉"),
        name("name-run-of-blanks", "Ann  Miller"),
        name("name-with-blanks-at-its-ends", "  Jörg ").shown_from(&[("Jörg", "ann@example.org")]),
        name("name-with-backslash-at-its-end", "Ann, ACME\\"),
        name(
            "name-german-long-with-runs-of-blanks",
            "Jörg  Müller-Lüdenscheidt von und  zu Österreich-Ungarn und Übersee",
        ),
        name("name-like-an-encoded-word", "=?UTF-8?Q?x?="),
        name(
            "name-atoms-long",
            "A name of plain words that goes on and on until it no longer fits on a line by itself",
        ),
        name(
            "name-quoted-long",
            "A name, with commas, that goes on and on, until it no longer fits on a line by itself",
        ),
        name("name-equal-to-the-mailbox", "ann@example.org").shown_from(&[("", "ann@example.org")]),
    ]
}

fn addresses_of_all_kinds() -> Vec<Case> {
    let many: Vec<(String, String)> = (0..40)
        .map(|number| {
            (
                format!("Bob Nr. {number}, é"),
                format!("bob{number}@example.net"),
            )
        })
        .collect();
    let many: Vec<_> = many
        .iter()
        .map(|(name, mailbox)| (name.as_str(), mailbox.as_str()))
        .collect();
    let long = format!("{}@{}example.net", "b".repeat(60), "sub.".repeat(20));
    vec![
        Case::new("recipients-many").to(&many).cc(&many[..3]),
        Case::new("recipients-bare").to(&[("", "bob@example.net"), ("", "eve@example.net")]),
        Case::new("mailbox-long").to(&[("Bob", &long), ("Jörg Müller", &long)]),
        Case::new("mailbox-marks").to(&[("", "o'hara+tag=x/y_z@my-host.example.net")]),
        Case::new("mailbox-literal").to(&[("", "bob@[192.0.2.1]")]),
        Case::new("mailbox-utf8").to(&[
            ("Bob", "bob@example.net"),
            ("Jörg", "jörg@bücher.example"),
            ("", "δοκιμή@παράδειγμα.example"),
        ]),
        Case::new("from-several")
            .from(&[("Ann", "ann@example.org"), ("Jörg", "joerg@example.org")])
            .with(|draft| {
                draft
                    .set_sender(addresses(&[("Office", "office@example.org")])[0].clone())
                    .unwrap()
            }),
    ]
}

fn groups_and_hidden_recipients() -> Vec<Case> {
    let group = [("Eve", "eve@example.net"), ("", "joe@example.net")];
    let marks = [
        ("Eve; Ops", "eve@example.net"),
        ("Joe: \"The <@> Boss\"", "joe@example.net"),
    ];
    vec![
        Case::new("bcc-only").to(&[]).with(|draft| {
            draft
                .set_bcc(addresses(&[("Eve", "eve@example.net")]))
                .unwrap()
        }),
        Case::new("bcc-undisclosed").to(&[]).with(|draft| {
            draft
                .set_bcc(addresses(&[("Eve", "eve@example.net")]))
                .unwrap();
            draft
                .add_group(Destination::To, "undisclosed-recipients", vec![])
                .unwrap();
        }),
        Case::new("group").also_to(&group).with(|draft| {
            draft
                .add_group(Destination::To, "Friends", addresses(&group))
                .unwrap()
        }),
        Case::new("group-german").also_to(&group).with(|draft| {
            draft
                .add_group(Destination::To, "Prüfer, alle", addresses(&group))
                .unwrap()
        }),
        Case::new("group-with-marks").also_to(&marks).with(|draft| {
            draft
                .add_group(Destination::To, "Friends; all", addresses(&marks))
                .unwrap()
        }),
        Case::new("reply-to").with(|draft| {
            draft
                .set_reply_to(addresses(&[("Büro, Köln", "office@example.org")]))
                .unwrap();
        }),
    ]
}

fn texts() -> Vec<Case> {
    let text = |name, text: &str| Case::new(name).text(text);
    vec![
        text("text-empty", ""),
        text("text-without-line-end", "Hello Bob"),
        text("text-german", "Schöne Grüße\naus Köln\n"),
        text(
            "text-japanese",
            &"おはようございます、世界のみなさん。\n".repeat(20),
        ),
        text("text-emoji", "👩‍👩‍👧‍👦🎉\n"),
        text("text-lf-cr-crlf", "one\ntwo\rthree\r\nfour\n"),
        text("text-bom", "\u{feff}Hello\n"),
        text("text-trailing-blanks", "one \ntwo\t\n   \n-- \nAnn\n"),
        text("text-leading-blanks", "   one\n\ttwo\n"),
        text("text-from", "From me\n>From you\n From him\nFrom \n"),
        text("text-dots", ".\n..\n.a\n"),
        text(
            "text-long-line",
            &format!("{}\n", "word ".repeat(400).trim_end()),
        ),
        text("text-long-word", &format!("{}\n", "x".repeat(3000))),
        text("text-equals", "a=b =20 =C3=A4 =\nc=\n"),
        text(
            "text-like-a-boundary",
            "--0\n--00000000000000000000000000000000\n--\n",
        ),
        text("text-like-a-header", "\n\nSubject: x\n\ny\n"),
        text("text-blank-lines-at-the-end", "one\n\n\n"),
        text("text-control", "bell \u{7} form feed \u{c} nul \0 end\n"),
    ]
}

fn forms() -> Vec<Case> {
    let html = |name, html: &str| Case::without_text(name).html(html);
    let image = "<p>Bob <img src=\"cid:logo@example.org\" alt=\"logo\"></p>\n";
    let two = "<p><img src='cid:a@example.org'><b style=\"background: url(cid:b)\">b</b></p>\n";
    vec![
        html("html", HTML),
        html("html-german", "<p>Schöne Grüße</p>\n"),
        html(
            "html-long",
            &format!("<p>{}</p>\n", "Grüße <i>an alle</i> ".repeat(900)),
        ),
        Case::new("text-and-html").html(HTML),
        html("html-image", image).inline("logo.png", "image/png", PNG, "logo@example.org"),
        Case::new("text-and-html-image").html(image).inline(
            "logo.png",
            "image/png",
            PNG,
            "logo@example.org",
        ),
        Case::new("text-and-html-images-and-attachment")
            .html(two)
            .inline("", "image/png", PNG, "a@example.org")
            .inline("größe.png", "image/png", &PNG[..40], "b")
            .attach("report.pdf", "application/pdf", PDF),
    ]
}

fn other_forms() -> Vec<Case> {
    let invite =
        |case: Case| case.alternative("text/calendar; method=REQUEST", INVITATION.as_bytes());
    vec![
        invite(Case::new("invitation").html(HTML)).attached(
            "invite.ics",
            "application/ics",
            INVITATION.as_bytes(),
        ),
        invite(Case::new("invitation-with-attachment").html(HTML).attach(
            "report.pdf",
            "application/pdf",
            PDF,
        ))
        .attached("invite.ics", "application/ics", INVITATION.as_bytes()),
        Case::new("alternative-amp").html(HTML).alternative(
            "text/x-amp-html",
            b"<!doctype html><html amp4email></html>\n",
        ),
    ]
}

fn file_names() -> Vec<Case> {
    let file = |case, name| Case::new(case).attach(name, "application/pdf", PDF);
    vec![
        file("file-plain", "report.pdf"),
        file("file-blanks", "my report (1) [final].pdf"),
        file("file-none", ""),
        file("file-german", "größe.pdf"),
        file("file-japanese", "報告書、二〇二六年十一月.pdf"),
        file("file-emoji", "🎉.pdf"),
        file("file-quotes", "a \"quoted\" name.pdf"),
        file("file-marks", "a;b=c'd,e%20f&g.pdf"),
        file("file-apostrophe", "Ann's report.pdf"),
        file("file-run-of-blanks", "a  b .pdf"),
        Case::new("file-with-blanks-at-its-ends")
            .given(" größe.pdf ", "application/pdf", PDF)
            .attached("größe.pdf", "application/pdf", PDF),
        file("file-like-an-encoded-word", "=?UTF-8?Q?x?=.pdf"),
        Case::new("file-plain-long").attach(
            &format!("{}.pdf", "long ".repeat(40)),
            "application/pdf",
            PDF,
        ),
        Case::new("file-german-long").attach(
            &format!("{}.pdf", "ä".repeat(120)),
            "application/pdf",
            PDF,
        ),
        Case::new("file-japanese-long").attach(
            &format!("{}.pdf", "報".repeat(80)),
            "application/pdf",
            PDF,
        ),
    ]
}

fn attachments() -> Vec<Case> {
    let every: Vec<u8> = (0..=255).cycle().take(4099).collect();
    let mail =
        b"From: eve@example.net\r\nTo: ann@example.org\r\nSubject: inner\r\n\r\nInner text \r\n";
    let mail_in_utf8 = "From: eve@example.net\nSubject: Grüße\n\nInner\n".as_bytes();
    vec![
        Case::new("attachment-octets").attach("every.bin", "application/octet-stream", &every),
        Case::new("attachment-empty").attach("empty.txt", "text/plain", b""),
        Case::new("attachment-one-octet").attach("one.bin", "application/octet-stream", b"\n"),
        Case::new("attachment-csv").attach("table.csv", "text/csv", b"1,2\r\n"),
        Case::new("attachment-csv-lf").attach("table.csv", "text/csv", b"1,2\n3,4"),
        Case::new("attachment-text-utf8").attach("note.txt", "text/plain", "Grüße\n".as_bytes()),
        Case::new("attachment-text-latin1").attach(
            "note.txt",
            "text/plain; charset=iso-8859-1",
            b"Gr\xfc\xdfe\n",
        ),
        Case::new("attachment-html").attach("page.html", "text/html", b"<p>x</p>\r\n"),
        Case::new("attachment-calendar").attach(
            "meeting.ics",
            "text/calendar",
            INVITATION.as_bytes(),
        ),
        Case::new("attachment-json").attach("data.json", "application/json", b"{\"a\": 1}\n"),
        Case::new("attachment-message").attach("mail.eml", "message/rfc822", mail),
        Case::new("attachment-message-utf8")
            .given("mail.eml", "message/rfc822", mail_in_utf8)
            .attached("mail.eml", "application/octet-stream", mail_in_utf8),
        Case::new("attachments-many")
            .attach("a.pdf", "application/pdf", PDF)
            .attach("b.png", "image/png", PNG)
            .attach("c.txt", "text/plain", b"c\n")
            .attach("d.bin", "application/octet-stream", &every[..57]),
        Case::without_text("attachment-alone").attach("report.pdf", "application/pdf", PDF),
        Case::without_text("attachment-with-html")
            .html(HTML)
            .attach("a.pdf", "application/pdf", PDF),
    ]
}

fn fields() -> Vec<Case> {
    let ids: Vec<String> = (0..12)
        .map(|number| format!("<id{number}.of.a.thread@mail.example.net>"))
        .collect();
    vec![
        Case::new("reply").with(|draft| {
            draft
                .set_reply("<answered.message@example.net>", &ids)
                .unwrap();
        }),
        Case::new("unsubscribe").with(|draft| {
            let urls = [
                "https://example.org/unsubscribe?list=news&user=0123456789abcdef0123456789abcdef",
                "mailto:leave@example.org?subject=unsubscribe",
            ];
            draft
                .set_unsubscribe(urls.map(String::from).to_vec(), true)
                .unwrap();
        }),
        Case::new("own-fields").with(|draft| {
            draft.add_header("X-Campaign", "Sommer für alle").unwrap();
            draft
                .add_header("Auto-Submitted", "auto-generated")
                .unwrap();
            draft
                .add_header("List-Id", "Neues für alle <news.example.org>")
                .unwrap();
        }),
        Case::new("date-and-id").with(|draft| {
            draft.set_date(1_795_942_800, -570).unwrap();
            draft.set_message_id("<own.id@example.org>").unwrap();
        }),
    ]
}
