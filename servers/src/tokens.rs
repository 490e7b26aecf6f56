//! Scripts of servers that know OAuth 2.0 access tokens: one grants them, one takes mail with them.

use crate::http::{HttpAnswer, json};
use crate::scripted::Script;

/// `AUTH` for the user `ada@mail.test` with the token `first`.
pub const FIRST: &str = "AUTH XOAUTH2 dXNlcj1hZGFAbWFpbC50ZXN0AWF1dGg9QmVhcmVyIGZpcnN0AQE=";
/// As [`FIRST`], with the token `again`.
pub const AGAIN: &str = "AUTH XOAUTH2 dXNlcj1hZGFAbWFpbC50ZXN0AWF1dGg9QmVhcmVyIGFnYWluAQE=";

/// A token that is good for an hour.
pub fn granted(token: &str) -> HttpAnswer {
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#);
    json(200, &body)
}

/// A mail server that refuses the token of this `AUTH`.
pub fn refusing(auth: &str) -> Script {
    let refused = until(auth).say("535 5.7.8 Not accepted");
    refused.expect("QUIT").say("221 Bye").hang_up()
}

/// A mail server that takes a message of `ada@mail.test` after this `AUTH`.
pub fn taking(auth: &str, recipient: &str) -> Script {
    until(auth)
        .say("235 2.7.0 Welcome")
        .expect("MAIL FROM:<ada@mail.test>")
        .say("250 2.1.0 Ok")
        .expect(&format!("RCPT TO:<{recipient}>"))
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say("250 2.0.0 Taken")
        .expect("QUIT")
        .say("221 Bye")
        .hang_up()
}

fn until(auth: &str) -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250-mail.test\r\n250 AUTH XOAUTH2")
        .expect(auth)
}
