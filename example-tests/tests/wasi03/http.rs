//! `examples/http-async`, served by wasmtime.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use example_tests::{dist, site};
use servers::report::not_run;
use servers::scripted::{Script, Server, Speaker};
use servers::sink::Sink;
use site::Site;

const MESSAGE: &str = "Subject: Hello\r\n\r\nIs this on?\r\n";
/// A program takes long to start on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn each_step_is_told_while_the_message_is_sent() {
    let (answer, go) = mpsc::channel::<()>();
    let go = Mutex::new(go);
    let sink = Sink::open(move |line| {
        if line.from == Speaker::Client && line.text.starts_with("(message, ") {
            // The answer to the message waits for the test.
            let _ = go.lock().expect("nobody panics").recv_timeout(LIMIT);
        }
    });
    let Some(site) = serve(&sink.address().to_string()) else {
        return;
    };
    let mut client = Client::post(&site, MESSAGE.len());
    assert_eq!(client.status(), "HTTP/1.0 200 OK");
    // The client has sent nothing of the message yet.
    assert_eq!(client.line(), "The mail server awaits your message.");
    client.send(MESSAGE);
    assert_eq!(client.line(), "The message has left your hands.");
    answer.send(()).expect("the server waits");
    assert_eq!(client.line(), "2.0.0 Taken as message 1");
    assert_eq!(client.line(), "");
    let deliveries = sink.deliveries();
    assert_eq!(deliveries[0].message, MESSAGE.as_bytes());
    assert_eq!(deliveries[0].recipients, ["owner@mail.test"]);
}

#[test]
fn a_message_that_breaks_off_is_not_delivered() {
    let script = envelope("250 2.1.5 Ok").expect("DATA").say("354 Go ahead");
    let server = Server::start([script.silence()]);
    let Some(site) = serve(&server.address().to_string()) else {
        return;
    };
    let mut client = Client::post(&site, MESSAGE.len() + 1);
    assert_eq!(client.status(), "HTTP/1.0 200 OK");
    assert_eq!(client.line(), "The mail server awaits your message.");
    client.send(MESSAGE);
    drop(client);
    let transcript = server.finish();
    assert!(
        !transcript.only().commands().contains(&"."),
        "{transcript:?}"
    );
}

#[test]
fn a_refusal_is_an_error_with_a_sentence() {
    let refused = envelope("550 5.1.1 Nobody here");
    let server = Server::start([refused.expect_close()]);
    let Some(site) = serve(&server.address().to_string()) else {
        return;
    };
    let mut client = Client::post(&site, MESSAGE.len());
    assert_eq!(client.status(), "HTTP/1.0 502 Bad Gateway");
    let said = client.line();
    assert!(
        said.starts_with("the server refused recipients: "),
        "{said}"
    );
    server.finish();
}

#[test]
fn a_message_without_a_length_is_refused() {
    let Some(site) = serve("127.0.0.1:1") else {
        return;
    };
    let mut client = Client::ask(&site, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n");
    assert_eq!(client.status(), "HTTP/1.1 411 Length Required");
}

fn envelope(reply: &str) -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
        .expect("MAIL FROM:<form@site.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<owner@mail.test>")
        .say(reply)
}

/// `None` if this machine cannot have wasmtime, which is reported.
fn serve(server: &str) -> Option<Site> {
    if let Err(why) = site::wasmtime() {
        not_run(&"the HTTP handler for WASI 0.3", &why);
        return None;
    }
    assert!(
        dist().join("http-async.wasm").exists(),
        "`cargo xtask test` builds it"
    );
    let url = format!("smtp://{server}");
    let addresses = [
        ("MAIL_FROM", "form@site.test"),
        ("MAIL_TO", "owner@mail.test"),
    ];
    let environment = [&addresses[..], &[("SMTP_URL", &url)]].concat();
    Some(Site::serve("http-async.wasm", &environment).unwrap_or_else(|why| panic!("{why}")))
}

struct Client {
    answer: BufReader<TcpStream>,
}

impl Client {
    /// Announces so many octets. HTTP/1.0, so that the answer comes without chunks.
    fn post(site: &Site, length: usize) -> Client {
        Client::ask(
            site,
            &format!("POST / HTTP/1.0\r\nContent-Length: {length}\r\n"),
        )
    }

    fn ask(site: &Site, head: &str) -> Client {
        let stream = TcpStream::connect(site.authority()).expect("the site listens");
        stream
            .set_read_timeout(Some(LIMIT))
            .expect("it is not zero");
        let answer = BufReader::new(stream);
        let mut client = Client { answer };
        client.send(&format!("{head}Host: {}\r\n\r\n", site.authority()));
        client
    }

    fn send(&mut self, text: &str) {
        let stream = self.answer.get_mut();
        stream.write_all(text.as_bytes()).expect("the site reads");
    }

    /// The status line. Reads the whole header.
    fn status(&mut self) -> String {
        let status = self.line();
        while !self.line().is_empty() {}
        status
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answer.read_line(&mut line).expect("a line in time");
        line.trim_end().to_owned()
    }
}
