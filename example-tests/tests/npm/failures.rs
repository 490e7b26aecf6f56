//! Every failure is an error with a code, and its text contains no secret.

use servers::authority::Authority;
use servers::ports::RefusingPort;
use servers::scripted::Server;
use servers::sink::{Account, Sink};

use crate::project::run;
use crate::script;

#[test]
fn a_wrong_password_is_refused_and_never_shown() {
    let authority = Authority::new();
    let account = Account {
        username: "ada".into(),
        password: "right".into(),
    };
    let sink = Sink::start(&authority.issue(&["127.0.0.1"]), vec![account], |_| ());
    let (port, pem) = (sink.port().to_string(), authority.pem());
    let Some(said) = run("password.mjs", &[("PORT", &port), ("CA", &pem)]) else {
        return;
    };
    let words = "rejected at auth: the server refused at AUTH (tried PLAIN): 535 5.7.8 Username or \
                 password is wrong; nothing was delivered; check user name and password; some providers want an app \
                 password or a token instead\n";
    assert!(said.starts_with(words), "{said}");
    assert!(said.contains("code: 'rejected'"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(sink.deliveries().is_empty());
}

#[test]
fn a_refused_recipient_is_named_with_and_without_accepted_ones() {
    let both = script::envelope("b@mail.test", "250 2.1.5 Ok")
        .expect("RCPT TO:<nobody@mail.test>")
        .say("550 5.1.1 Unknown");
    let server = Server::start([script::greeting()
        .followed_by(both)
        .followed_by(script::content())
        .followed_by(script::envelope("nobody@mail.test", "550 5.1.1 Unknown"))
        .followed_by(script::quit())]);
    let port = server.port().to_string();
    let Some(said) = run("recipients.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    let words = "b@mail.test accepted, nobody@mail.test rejected: 550\n\
                 recipients-refused: the server refused recipients: nobody@mail.test: 550 5.1.1 \
                 Unknown; nothing was delivered; check the address\n\
                 refused: nobody@mail.test\n\
                 not-sent, never\n";
    assert_eq!(said, words);
    server.finish();
}

#[test]
fn a_refused_connection_is_reported() {
    let dead = RefusingPort::start();
    let Some(said) = run("dead.mjs", &[("PORT", &dead.port().to_string())]) else {
        return;
    };
    assert!(said.starts_with("connect-failed at connect: "), "{said}");
    assert!(said.contains("check name and port"), "{said}");
}

#[test]
fn after_a_lost_answer_the_message_may_have_been_delivered() {
    let server = Server::start([script::greeting()
        .followed_by(script::envelope("b@mail.test", "250 2.1.5 Ok"))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .hang_up()]);
    let port = server.port().to_string();
    let Some(said) = run("lost.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(
        said,
        "disconnected at acceptance, may-have-been-delivered: the connection ended after the end of \
         the message; the message may have been delivered; sending it again may deliver it twice; if \
         you do, keep its Message-ID, so that the copy can be recognised\n"
    );
    server.finish();
}

#[test]
fn wrong_arguments_are_errors_that_do_not_repeat_them() {
    let Some(said) = run("arguments.mjs", &[]) else {
        return;
    };
    let words = "TypeError: Mailer.setCredentials: an argument is not of the type that envoi's \
                 declarations give it\n\
                 TypeError: Mailer.setPort: an argument is not of the type that envoi's \
                 declarations give it\n\
                 TypeError: Mailer.setLocalName: an argument is not of the type that envoi's \
                 declarations give it\n\
                 TypeError: certificates and keys are a string (PEM) or a Uint8Array (PEM or DER)\n\
                 SmtpError: invalid-argument\n\
                 SmtpError: invalid-argument\n\
                 TypeError: certificates and keys are a string (PEM) or a Uint8Array (PEM or DER)\n\
                 SmtpError: invalid-argument\n\
                 TypeError: raw: content is a string, a Uint8Array, or a stream or async iterable of \
                 these\n\
                 SmtpError: invalid-argument\n\
                 SmtpError: invalid-argument\n\
                 TypeError: certificates and keys are a string (PEM) or a Uint8Array (PEM or DER)\n\
                 SmtpError: invalid-argument\n\
                 TypeError: sendMail: the server is a URL, such as smtps://user:password@mail.example.org, not \
                 undefined\n\
                 TypeError: sendMail: the server is a URL, such as smtps://user:password@mail.example.org, not of the \
                 type object\n\
                 TypeError: settings: give the AbortSignal as { signal }\n\
                 TypeError: settings: envoi has no setting `timeout`; for a timeout, give { signal: \
                 AbortSignal.timeout(milliseconds) }\n\
                 TypeError: settings: `signal` is no AbortSignal\n\
                 TypeError: settings: an object is expected, such as { signal }\n\
                 TypeError: settings: envoi has no setting `timeout`; for a timeout, give { signal: \
                 AbortSignal.timeout(milliseconds) }\n\
                 TypeError: settings: give the AbortSignal as { signal }\n\
                 TypeError: Mailer.sendMail: an argument is not of the type that envoi's declarations give it\n\
                 TypeError: attachments: an array is expected\n\
                 TypeError: alternatives: an array is expected\n\
                 SmtpError: the mailer is closed\n";
    assert_eq!(said, words);
}

#[test]
fn a_stream_that_fails_delivers_nothing_and_the_mailer_goes_on() {
    let server = Server::start([script::begun(), script::whole()]);
    let port = server.port().to_string();
    let Some(said) = run("broken-stream.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "Error: the file is gone\n[ 'b@mail.test' ]\n");
    server.finish();
}

#[test]
fn a_crashed_worker_is_an_error() {
    let Some(said) = run("broken.mjs", &[]) else {
        return;
    };
    assert!(
        said.starts_with("crashed: envoi's Worker crashed: "),
        "{said}"
    );
    assert!(said.contains("envoi.core.wasm"), "{said}");
    assert!(said.ends_with("crashed\ncrashed\n"), "{said}");
}
