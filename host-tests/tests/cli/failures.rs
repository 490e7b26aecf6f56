//! Not delivered, or not known to be: what is said, and with which exit code.

use servers::authority::Authority;
use servers::ports::RefusingPort;
use servers::scripted::{Script, Server};

use crate::support::{MESSAGE, Output, cli, envelope, hello, to_server};

/// Of a message to a server with this script.
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
fn a_wrong_password_is_a_matter_of_permission() {
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
fn an_unknown_recipient_is_no_user() {
    let script = hello(&[])
        .followed_by(envelope("a@mail.test", &[]))
        .expect("RCPT TO:<b@mail.test>")
        .say("550 5.1.1 No such user")
        .silence();
    expect_failure(script, 67, &["b@mail.test: 550 5.1.1 No such user"]);
}

#[test]
fn an_extension_that_is_missing_is_told_with_who_needs_it() {
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
fn a_server_does_not_command_the_terminal() {
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("550 5.7.1 \x1b[2JNo")
        .silence();
    let output = expect_failure(script, 69, &["\u{fffd}[2JNo"]);
    assert!(!output.stderr.contains('\x1b'));
}

#[test]
fn what_may_do_later_is_a_temporary_failure() {
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("451 4.3.0 Busy")
        .silence();
    expect_failure(script, 75, &["at MAIL", "451 4.3.0 Busy", "later"]);
}

#[test]
fn a_message_that_is_refused_is_unavailable() {
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
fn a_lost_answer_may_have_been_delivered() {
    let script = hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .hang_up();
    expect_failure(script, 75, &["may have been delivered", "twice"]);
}

#[test]
fn a_server_that_speaks_no_smtp_is_a_matter_of_protocol() {
    let script = Script::new().say("SSH-2.0-OpenSSH_10.0").silence();
    expect_failure(script, 76, &["at the greeting", "SMTP port"]);
}

#[test]
fn an_unknown_authority_is_told_with_what_to_set() {
    let identity = Authority::new().issue(&["127.0.0.1"]);
    let script = hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 Go ahead")
        .expect_tls_refusal(&identity);
    expect_failure(script, 76, &["ENVOI_CA"]);
}

#[test]
fn a_silent_server_is_given_up_on() {
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
fn where_no_one_listens_it_is_worth_another_try() {
    let dead = RefusingPort::start();
    let output = cli(&format!("--server smtp://127.0.0.1:{} -t", dead.port())).run(MESSAGE);
    assert_eq!(output.code, 75, "{output:?}");
    assert!(output.stderr.contains("check name and port"), "{output:?}");
}

#[test]
fn a_host_that_grants_nothing_is_told_what_to_grant() {
    let output = cli("--server smtp://127.0.0.1 -t")
        .no_network()
        .run(MESSAGE);
    assert_eq!(output.code, 77, "{output:?}");
    assert!(output.stderr.contains("-S inherit-network"), "{output:?}");
    // Nor names.
    let output = cli("--server smtp://mail.test -t").run(MESSAGE);
    assert_eq!(output.code, 77, "{output:?}");
    assert!(
        output.stderr.contains("-S allow-ip-name-lookup"),
        "{output:?}"
    );
}
