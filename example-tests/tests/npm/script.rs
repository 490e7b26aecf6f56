//! The common parts of the scripted conversations.

use servers::scripted::Script;

pub(crate) fn greeting() -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
}

/// The envelope of a message with one recipient; `reply` answers RCPT.
pub(crate) fn envelope(recipient: &str, reply: &str) -> Script {
    Script::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect(&format!("RCPT TO:<{recipient}>"))
        .say(reply)
}

pub(crate) fn content() -> Script {
    Script::new()
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say("250 2.0.0 Ok")
}

pub(crate) fn quit() -> Script {
    Script::new().expect("QUIT").say("221 Bye").hang_up()
}

/// A session of one message to b@mail.test.
pub(crate) fn whole() -> Script {
    greeting()
        .followed_by(envelope("b@mail.test", "250 2.1.5 Ok"))
        .followed_by(content())
        .followed_by(quit())
}

/// A session of one message to b@mail.test, of which not all arrives.
pub(crate) fn begun() -> Script {
    greeting()
        .followed_by(envelope("b@mail.test", "250 2.1.5 Ok"))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_close()
}
