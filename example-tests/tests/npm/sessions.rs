//! Sessions, messages in pieces, options and transcripts of the package.

use servers::scripted::{Script, Server};

use crate::project::run;
use crate::script;

#[test]
fn a_session_works_command_by_command() {
    let server = Server::start([Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250-mail.test\r\n250-SIZE 1000000\r\n250 DSN")
        .expect("VRFY ada")
        .say("252 2.1.5 Perhaps")
        .expect("MAIL FROM:<a@mail.test> RET=HDRS ENVID=4711")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test> NOTIFY=FAILURE,DELAY")
        .say("250 2.1.5 Ok")
        .followed_by(script::content())
        .followed_by(script::quit())]);
    let port = server.port().to_string();
    let Some(said) = run("session.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    let words = "mail.test ESMTP\n\
                 SIZE 1000000\n\
                 252\n\
                 2.0.0: 2.0.0 Ok\n\
                 221\n\
                 wrong-state: this session has ended; correct the order of the calls\n\
                 client: QUIT\n";
    assert_eq!(said, words);
    let heard = server.finish();
    assert_eq!(heard.only().messages(), [b"Subject: Hi\r\n\r\nHello.\r\n"]);
}

#[test]
fn several_messages_have_a_result_each() {
    let server = Server::start([script::greeting()
        .followed_by(script::envelope("nobody@mail.test", "550 5.1.1 Unknown"))
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(script::envelope("b@mail.test", "250 2.1.5 Ok"))
        .followed_by(script::content())
        .followed_by(script::quit())]);
    let port = server.port().to_string();
    let Some(said) = run("send-all.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(
        said,
        "err: SmtpError recipients-refused \nerr: SmtpError invalid-argument subject\nerr: SmtpError \
         invalid-argument attachments[0]\nok: b@mail.test\n"
    );
    server.finish();
}
