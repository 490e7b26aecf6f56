//! The sink follows the standards that it announces.

use std::sync::{Arc, Mutex};

use servers::authority::Authority;
use servers::sink::{Account, Sink};

use crate::client::Client;

/// `\0ada\0sesame`, in base64.
const ADA: &str = "AGFkYQBzZXNhbWU=";

fn ada() -> Vec<Account> {
    vec![Account {
        username: "ada".into(),
        password: "sesame".into(),
    }]
}

fn sink(authority: &Authority) -> (Sink, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let said = said.clone();
        move |line: servers::sink::ObservedLine| said.lock().unwrap().push(line.text.to_owned())
    };
    (
        Sink::start(&authority.issue(&["localhost"]), ada(), observer),
        said,
    )
}

fn inside(sink: &Sink, authority: &Authority) -> Client {
    let mut client = Client::connect(sink.address());
    client.reply();
    client.ask("EHLO me");
    assert_eq!(client.ask("STARTTLS"), "220 2.0.0 Go ahead");
    let mut client = client.start_tls(authority).unwrap();
    assert_eq!(client.ask("EHLO me"), "250 SIZE 67108864");
    client
}

#[test]
fn a_pipelined_message_arrives_as_it_was_sent() {
    let authority = Authority::new();
    let (sink, said) = sink(&authority);
    let mut client = inside(&sink, &authority);
    assert_eq!(
        client.ask(&format!("AUTH PLAIN {ADA}")),
        "235 2.7.0 Welcome"
    );
    client.say("MAIL FROM:<ada@mail.test> BODY=8BITMIME SIZE=20\r\n");
    client.say("RCPT TO:<b@mail.test>\r\nRCPT TO:<c@mail.test>\r\nDATA\r\n");
    let replies = [
        client.reply(),
        client.reply(),
        client.reply(),
        client.reply(),
    ];
    assert_eq!(replies[3], "354 End with a dot");
    assert_eq!(
        client.ask("Hello\r\n..dot\r\n."),
        "250 2.0.0 Taken as message 1"
    );
    assert_eq!(client.ask("QUIT"), "221 2.0.0 Goodbye");
    assert_eq!(client.hear(), "");

    let [delivery] = &sink.deliveries()[..] else {
        panic!("not one message")
    };
    assert_eq!(delivery.sender, "ada@mail.test");
    assert_eq!(delivery.recipients, ["b@mail.test", "c@mail.test"]);
    assert_eq!(delivery.message, b"Hello\r\n.dot\r\n");
    assert_eq!((delivery.username.as_str(), delivery.tls), ("ada", true));
    let said = said.lock().unwrap().join("\n");
    assert!(
        said.contains("AUTH PLAIN (secret)") && !said.contains(ADA),
        "{said}"
    );
}

#[test]
fn a_refused_recipient_is_told_why_and_gets_nothing() {
    let authority = Authority::new();
    let refusal = |to: &str| to.starts_with('x').then(|| "550 5.1.1 Unknown".into());
    let identity = authority.issue(&["localhost"]);
    let sink = Sink::start_refusing(&identity, ada(), refusal, |_| {});
    let mut client = inside(&sink, &authority);
    client.ask(&format!("AUTH PLAIN {ADA}"));
    client.ask("MAIL FROM:<ada@mail.test>");
    assert_eq!(client.ask("RCPT TO:<x@mail.test>"), "550 5.1.1 Unknown");
    assert_eq!(
        client.ask("RCPT TO:<b@mail.test>"),
        "250 2.1.5 Recipient ok"
    );
    client.ask("DATA");
    client.ask("Hello\r\n.");
    assert_eq!(sink.deliveries()[0].recipients, ["b@mail.test"]);
}

#[test]
fn a_wrong_password_gets_nothing_accepted() {
    let authority = Authority::new();
    let (sink, said) = sink(&authority);
    let mut client = inside(&sink, &authority);
    assert_eq!(client.ask("AUTH LOGIN"), "334 VXNlcm5hbWU6");
    assert_eq!(client.ask("YWRh"), "334 UGFzc3dvcmQ6");
    assert_eq!(
        client.ask("Z3Vlc3M="),
        "535 5.7.8 Username or password is wrong"
    );
    assert_eq!(
        client.ask("MAIL FROM:<ada@mail.test>"),
        "530 5.7.0 Authentication required"
    );
    assert!(!said.lock().unwrap().join("\n").contains("Z3Vlc3M="));
}

#[test]
fn passwords_are_refused_in_clear_and_tls_discards_the_earlier_session() {
    let authority = Authority::new();
    let (sink, _) = sink(&authority);
    let mut client = Client::connect(sink.address());
    client.reply();
    client.ask("EHLO me");
    assert_eq!(
        client.ask(&format!("AUTH PLAIN {ADA}")),
        "503 5.5.1 Not now"
    );
    client.ask("STARTTLS");
    let mut client = client.start_tls(&authority).unwrap();
    assert_eq!(
        client.ask(&format!("AUTH PLAIN {ADA}")),
        "503 5.5.1 Not now"
    );
}

#[test]
fn an_open_server_takes_mail_from_everyone_in_clear() {
    let sink = Sink::open(|_| {});
    let mut client = Client::connect(sink.address());
    client.reply();
    assert_eq!(client.ask("EHLO me"), "250 SIZE 67108864");
    assert_eq!(client.ask("STARTTLS"), "503 5.5.1 Not now");
    client.ask("MAIL FROM:<ada@mail.test>");
    client.ask("RCPT TO:<b@mail.test>");
    client.ask("DATA");
    assert_eq!(client.ask("Hello\r\n."), "250 2.0.0 Taken as message 1");
    let deliveries = sink.deliveries();
    assert_eq!(deliveries[0].message, b"Hello\r\n");
    assert_eq!(deliveries[0].username, "");
}
