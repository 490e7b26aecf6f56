//! Messages that arrive.

use servers::authority::Authority;
use servers::scripted::Server;
use servers::sink::{Account, Sink};

use crate::project::run;
use crate::script;

const PASSWORD: &str = r#"pa ss"w\ord"#;

pub(crate) fn sink(authority: &Authority) -> Sink {
    let account = Account {
        username: "ada".into(),
        password: PASSWORD.into(),
    };
    Sink::start(&authority.issue(&["127.0.0.1"]), vec![account], |_| ())
}

/// Runs a program with the sink's port, authority and password in its environment.
pub(crate) fn run_with(sink: &Sink, authority: &Authority, program: &str) -> Option<String> {
    let (port, pem) = (sink.port().to_string(), authority.pem());
    let environment = [("PORT", &*port), ("CA", &pem), ("PASSWORD", PASSWORD)];
    run(program, &environment)
}

#[test]
fn a_message_arrives_over_tls_with_a_password() {
    let authority = Authority::new();
    let sink = sink(&authority);
    let Some(said) = run_with(&sink, &authority, "deliver.mjs") else {
        return;
    };
    assert_eq!(said, "grace@mail.test: 250 2.0.0 Taken as message 1\n");
    let deliveries = sink.deliveries();
    let [delivery] = &*deliveries else {
        panic!("{} messages", deliveries.len());
    };
    assert!(delivery.tls);
    assert_eq!(delivery.username, "ada");
    assert_eq!(delivery.sender, "ada@mail.test");
    assert_eq!(delivery.recipients, ["grace@mail.test"]);
    let message = "Subject: Gr\u{fc}\u{df}e\r\n\r\n.\r\nHello.\r\n";
    assert_eq!(String::from_utf8_lossy(&delivery.message), message);
}

#[test]
fn a_stream_of_five_megabytes_arrives_unchanged() {
    let authority = Authority::new();
    let sink = sink(&authority);
    let Some(said) = run_with(&sink, &authority, "stream.mjs") else {
        return;
    };
    assert_eq!(said, "250\n");
    let line = format!("{}\r\n", "0123456789".repeat(7));
    let expected = format!("Subject: large\r\n\r\n{}", line.repeat(75_000));
    assert_eq!(sink.deliveries()[0].message, expected.as_bytes());
}

#[test]
fn a_program_ends_by_itself_when_its_mailers_are_idle() {
    let authority = Authority::new();
    let sink = sink(&authority);
    let Some(said) = run_with(&sink, &authority, "idle.mjs") else {
        return;
    };
    assert_eq!(said, "sent\n");
    assert_eq!(sink.deliveries().len(), 1);
}

#[test]
fn send_mail_takes_a_url_and_runs_many_times_at_once() {
    let server = Server::start((0..6).map(|_| script::whole()));
    let port = server.port().to_string();
    let Some(said) = run("send-mail.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(
        said,
        "250 2.0.0 Ok 250 2.0.0 Ok 250 2.0.0 Ok 250 2.0.0 Ok 250 2.0.0 Ok 250 2.0.0 Ok\n"
    );
    for heard in server.finish().sessions {
        assert_eq!(heard.messages(), [b"Subject: Hi\r\n\r\nHello.\r\n"]);
    }
}

#[test]
fn the_sync_interface_works_without_the_facade() {
    let server = Server::start([script::whole()]);
    let port = server.port().to_string();
    let Some(said) = run("sync.mjs", &[("PORT", &port)]) else {
        return drop(server);
    };
    assert_eq!(said, "250\nconnect-failed\n");
    server.finish();
}
