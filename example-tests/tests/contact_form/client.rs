//! A minimal HTTP/1.1 client, and the encoding that browsers use for forms.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use example_tests::site::Site;

/// The form waits 20 seconds for a mail server.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Reply {
    pub status: u16,
    headers: String,
    pub body: String,
}

impl Reply {
    /// Empty if the header is missing.
    pub(crate) fn header(&self, wanted: &str) -> &str {
        let mut headers = self
            .headers
            .lines()
            .filter_map(|line| line.split_once(": "));
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value)
    }

    /// Panics unless the reply has this status and contains this sentence.
    pub(crate) fn says(&self, status: u16, sentence: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(
            self.body.contains(sentence),
            "no {sentence:?} in\n{}",
            self.body
        );
    }
}

/// Sends a request without further headers.
pub(crate) fn ask(site: &Site, what: &str) -> Reply {
    exchange(
        site,
        &format!("{what} HTTP/1.1\r\nHost: {}\r\n", site.authority()),
        b"",
    )
}

/// Submits the form as a browser does on the form's page.
pub(crate) fn submit(site: &Site, fields: &[(&str, &str)]) -> Reply {
    let origin = format!("Origin: http://{}", site.authority());
    post(
        site,
        &[&origin, &format!("Content-Type: {FORM}")],
        encode(fields).as_bytes(),
    )
}

pub(crate) fn post(site: &Site, headers: &[&str], body: &[u8]) -> Reply {
    let (authority, headers) = (site.authority(), headers.join("\r\n"));
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {authority}\r\n{headers}\r\nContent-Length: {length}\r\n"
    );
    exchange(site, &head, body)
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    fields.join("&")
}

fn percent(text: &str) -> String {
    let encode = |octet: u8| match octet {
        b' ' => "+".into(),
        _ if octet.is_ascii_alphanumeric() => char::from(octet).into(),
        _ => format!("%{octet:02X}"),
    };
    text.bytes().map(encode).collect::<Vec<String>>().concat()
}

/// `head` ends with CRLF, without the empty line.
fn exchange(site: &Site, head: &str, body: &[u8]) -> Reply {
    let mut stream = connect(site);
    let head = format!("{head}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("the site listens");
    stream
        .write_all(body)
        .expect("the site reads all of a body");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("an answer in time, in UTF-8");
    let (headers, body) = answer.split_once("\r\n\r\n").expect("a whole header");
    let status = headers
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Reply {
        status: status.expect("a status line"),
        headers: headers.into(),
        body: body.into(),
    }
}

pub(crate) fn connect(site: &Site) -> TcpStream {
    let stream = TcpStream::connect(site.authority()).expect("the site listens");
    stream
        .set_read_timeout(Some(LIMIT))
        .expect("it is not zero");
    stream
}
