//! UTF-8 in addresses and headers (RFC 6531, RFC 6532), if the server offers it.

use host_tests::{Envelope, Error};

use crate::server_under_test::{ServerUnderTest, TLS_MODES, instance, transcript};

const SENDER: &str = "absénder@example.test";
const RECIPIENT: &str = "empfänger@example.test";

pub(crate) fn may_be_utf8(server: &mut ServerUnderTest) -> String {
    let offered = server.real.extensions().unwrap();
    let offered = offered.iter().any(|line| line == "SMTPUTF8");
    for (security, _) in TLS_MODES {
        let instance = instance();
        let mailer = server.mailer(&instance, security);
        let message = message();
        let sent = mailer.send(&envelope(), &message);
        if !offered {
            let Err(Error::ExtensionUnavailable(missing)) = sent else {
                panic!("{sent:?}")
            };
            assert_eq!(missing.keyword, "SMTPUTF8");
            let is_named = |address| missing.reason.contains(address);
            assert!(
                [SENDER, RECIPIENT].into_iter().any(is_named),
                "{}",
                missing.reason
            );
            continue;
        }
        assert_eq!(sent.unwrap().accepted[0].recipient, RECIPIENT);
        let said = transcript(&mailer);
        let declared = said.lines().find(|line| line.starts_with("MAIL FROM"));
        assert!(declared.unwrap().contains(" SMTPUTF8"), "{said}");
        server.expect_stored(&message);
    }
    server.assert_mailbox();
    let (with, without) = ("UTF-8 addresses", "no UTF-8 addresses (not offered)");
    if offered { with } else { without }.into()
}

fn envelope() -> Envelope {
    Envelope {
        sender: Some(SENDER.into()),
        recipients: vec![RECIPIENT.into()],
    }
}

fn message() -> Vec<u8> {
    format!(
        "From: <{SENDER}>\r\nTo: <{RECIPIENT}>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\
         Message-ID: <utf8@example.test>\r\nSubject: Grüße, 日本語\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         Schöne Grüße\r\n"
    )
    .into_bytes()
}
