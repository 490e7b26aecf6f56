//! What most conversations have.

use servers::scripted::Session;

pub fn greeting() -> Session {
    Session::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
}

/// Of a message to one recipient, whom the server answers so.
pub fn envelope(recipient: &str, reply: &str) -> Session {
    Session::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect(&format!("RCPT TO:<{recipient}>"))
        .say(reply)
}

pub fn content() -> Session {
    Session::new()
        .expect("DATA")
        .say("354 Go ahead")
        .content()
        .say("250 2.0.0 Ok")
}

pub fn quit() -> Session {
    Session::new().expect("QUIT").say("221 Bye").hang_up()
}
