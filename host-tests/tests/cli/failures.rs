//! Failures: their messages and exit codes.

use servers::authority::Authority;
use servers::ports::RefusingPort;
use servers::scripted::{Script, Server};

use crate::support::{MESSAGE, Output, cli, envelope, hello, to_server};

/// Runs the command line with a server that has this script.
#[track_caller]
fn expect_failure(script: Script, code: i32, words: &[&str]) -> Output {
    let server = Server::start([script]);
    let output = to_server(&server, "-t").run(MESSAGE);
    assert_eq!(output.code, code, "{output:?}");
    assert_eq!(output.stdout, "");
    for words in words {
        assert!(output.stderr.contains(words), "no {words:?} in {output:?}");
    }
    server.finish();
    output
}

#[test]
fn a_wrong_password_exits_with_noperm() {
    let server = Server::start([hello(&["AUTH PLAIN"])
        .expect("AUTH PLAIN AGFkYQBzZXNhbWU=")
        .say("535 5.7.8 Wrong")
        .silence()]);
    let url = format!("smtp://ada@127.0.0.1:{}", server.port());
    let output = cli(&format!("--server {url} -t -v"))
        .environment("ENVOI_PASSWORD", "sesame")
        .run(MESSAGE);
    assert_eq!(output.code, 77, "{output:?}");
    for words in [
        "at AUTH (tried PLAIN): 535 5.7.8 Wrong",
        "check user name and password",
        "< 535",
    ] {
        assert!(output.stderr.contains(words), "no {words:?} in {output:?}");
    }
    assert!(!output.stderr.contains("sesame") && !output.stderr.contains("AGFkYQ"));
    server.finish();
}

#[test]
fn an_unknown_recipient_exits_with_nouser() {
    let script = hello(&[])
        .followed_by(envelope("a@mail.test", &[]))
        .expect("RCPT TO:<b@mail.test>")
        .say("550 5.1.1 No such user")
        .silence();
    expect_failure(script, 67, &["b@mail.test: 550 5.1.1 No such user"]);
}

#[test]
fn a_missing_extension_is_reported_with_its_reason() {
    for (arguments, message, words) in [
        ("-t --notify never", MESSAGE.into(), ["DSN", "--notify"]),
        (
            "-t",
            MESSAGE.replace("Hi", "Grüße"),
            ["SMTPUTF8", "header field Subject"],
        ),
        (
            "--from a@mail.test --to jörg@mail.test",
            MESSAGE.into(),
            ["SMTPUTF8", "jörg@mail.test"],
        ),
    ] {
        let server = Server::start([hello(&["8BITMIME"]).expect_close()]);
        let output = to_server(&server, arguments).run(message);
        assert_eq!(output.code, 69, "{output:?}");
        for words in words {
            assert!(output.stderr.contains(words), "no {words:?} in {output:?}");
        }
        server.finish();
    }
}

#[test]
fn a_server_cannot_control_the_terminal() {
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("550 5.7.1 \x1b[2JNo")
        .silence();
    let output = expect_failure(script, 69, &["\u{fffd}[2JNo"]);
    assert!(!output.stderr.contains('\x1b'));
}

#[test]
fn a_4yz_reply_exits_with_tempfail() {
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("451 4.3.0 Busy")
        .silence();
    expect_failure(script, 75, &["at MAIL", "451 4.3.0 Busy", "later"]);
}

#[test]
fn a_refused_message_exits_with_unavailable() {
    let script = hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say("554 5.7.1 Spam")
        .silence();
    expect_failure(
        script,
        69,
        &["after the end of the message: 554 5.7.1 Spam"],
    );
}

#[test]
fn after_a_lost_answer_the_message_may_have_been_delivered() {
    let script = hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .hang_up();
    expect_failure(script, 75, &["may have been delivered", "twice"]);
}

#[test]
fn a_server_without_smtp_exits_with_protocol() {
    let script = Script::new().say("SSH-2.0-OpenSSH_10.0").silence();
    expect_failure(script, 76, &["at the greeting", "SMTP port"]);
}

#[test]
fn an_unknown_authority_is_reported_with_the_setting() {
    let identity = Authority::new().issue(&["127.0.0.1"]);
    let script = hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 Go ahead")
        .expect_tls_refusal(&identity);
    expect_failure(script, 76, &["ENVOI_CA"]);
}

#[test]
fn a_silent_server_times_out() {
    let server = Server::start([Script::new().silence()]);
    let output = to_server(&server, "-t --timeout 1").run(MESSAGE);
    assert_eq!(output.code, 75, "{output:?}");
    assert!(
        output.stderr.contains("`total`) was over at the greeting"),
        "{output:?}"
    );
    server.finish();
}

#[test]
fn a_port_without_a_listener_exits_with_tempfail() {
    let dead = RefusingPort::start();
    let output = cli(&format!("--server smtp://127.0.0.1:{} -t", dead.port())).run(MESSAGE);
    assert_eq!(output.code, 75, "{output:?}");
    assert!(output.stderr.contains("check name and port"), "{output:?}");
}

#[test]
fn missing_grants_are_named() {
    let output = cli("--server smtp://127.0.0.1 -t")
        .no_network()
        .run(MESSAGE);
    assert_eq!(output.code, 77, "{output:?}");
    assert!(output.stderr.contains("-S inherit-network"), "{output:?}");
    // Name lookup is not granted either.
    let output = cli("--server smtp://mail.test -t").run(MESSAGE);
    assert_eq!(output.code, 77, "{output:?}");
    assert!(
        output.stderr.contains("-S allow-ip-name-lookup"),
        "{output:?}"
    );
}
