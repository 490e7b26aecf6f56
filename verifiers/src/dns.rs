//! A DNS server on loopback that answers with TXT records (RFC 1035).

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

const HEADER: usize = 12;
/// Octets of a string in a TXT record (RFC 1035, section 3.3).
const MAX_STRING: usize = 255;
/// What an answer says about itself: an authoritative response, recursion desired and available.
const FLAGS: u8 = 0b1000_0101;
const RECURSION: u8 = 0b1000_0000;
const NO_SUCH_NAME: u8 = 3;
/// The types TXT and OPT.
const TXT: [u8; 2] = [0, 16];
const OPT: u8 = 41;
/// A pointer to the name in the question.
const NAME: [u8; 2] = [0xc0, HEADER as u8];
/// Class IN, and a lifetime of a minute.
const IN_FOR_A_MINUTE: [u8; 6] = [0, 1, 0, 0, 0, 60];

/// Serves from a thread of its own until it is dropped.
pub struct DnsServer {
    port: u16,
    records: Arc<Vec<(String, String)>>,
    thread: Option<JoinHandle<()>>,
}

impl DnsServer {
    /// Serves these names and texts.
    pub fn start(records: Vec<(String, String)>) -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let records = Arc::new(records);
        Ok(Self {
            port: socket.local_addr()?.port(),
            records: records.clone(),
            thread: Some(thread::spawn(move || serve(&socket, &records))),
        })
    }

    /// On 127.0.0.1, UDP.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn records(&self) -> &[(String, String)] {
        &self.records
    }
}

impl Drop for DnsServer {
    /// An empty datagram ends the thread.
    fn drop(&mut self) {
        let sent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|socket| socket.send_to(&[], (Ipv4Addr::LOCALHOST, self.port)));
        if let (Ok(_), Some(thread)) = (sent, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn serve(socket: &UdpSocket, records: &[(String, String)]) {
    let mut query = [0; 512];
    while let Ok((length @ 1.., client)) = socket.recv_from(&mut query) {
        if let Some(answer) = answer(&query[..length], records) {
            let _ = socket.send_to(&answer, client);
        }
    }
}

/// `None` if the query is malformed.
fn answer(query: &[u8], records: &[(String, String)]) -> Option<Vec<u8>> {
    let (name, end) = question(query)?;
    let question = query.get(HEADER..end + 4)?;
    let asks_for_txt = query.get(end..end + 2)? == TXT;
    let text = records
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&name));
    let data = text.filter(|_| asks_for_txt).map(|(_, text)| strings(text));
    let code = if text.is_none() { NO_SUCH_NAME } else { 0 };
    // A client that sends an OPT takes more than 512 octets, and gets one back (RFC 6891, section 6.1.1).
    let has_options = query.get(10..HEADER)? != [0, 0];
    let mut answer = query.get(..2)?.to_vec();
    answer.extend([FLAGS, RECURSION | code, 0, 1, 0, u8::from(data.is_some())]);
    answer.extend([0, 0, 0, u8::from(has_options)]);
    answer.extend(question);
    if let Some(data) = data {
        answer.extend([NAME, TXT].concat());
        answer.extend(IN_FOR_A_MINUTE);
        answer.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        answer.extend(data);
    }
    if has_options {
        answer.extend([0, 0, OPT, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    }
    Some(answer)
}

/// The name in the question, and the place behind it.
fn question(query: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = HEADER;
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).into_owned());
        at += length;
    }
}

/// The text as the data of a TXT record.
fn strings(text: &str) -> Vec<u8> {
    let strings = text.as_bytes().chunks(MAX_STRING);
    strings
        .flat_map(|string| [&[string.len() as u8], string].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query for the TXT record of `a.b`, without options.
    const QUERY: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x01b\0\0\x10\0\x01";

    fn answer_with(text: &str) -> Vec<u8> {
        answer(QUERY, &[("A.b".into(), text.into())]).unwrap()
    }

    #[test]
    fn a_text_is_cut_into_strings_of_255_octets() {
        let text = "x".repeat(300);
        let answer = answer_with(&text);
        let data = [
            &[255],
            &text.as_bytes()[..255],
            &[45],
            &text.as_bytes()[255..],
        ]
        .concat();
        assert_eq!(&answer[..8], b"\x12\x34\x85\x80\0\x01\0\x01");
        assert!(answer.ends_with(&[&[1, 46], &data[..]].concat()));
    }

    #[test]
    fn another_name_does_not_exist_and_another_type_has_no_answer() {
        let unknown = answer(QUERY, &[]).unwrap();
        assert_eq!(&unknown[3..8], &[RECURSION | NO_SUCH_NAME, 0, 1, 0, 0]);
        let mut query = QUERY.to_vec();
        query[18] = 1;
        let other = answer(&query, &[("a.b".into(), "x".into())]).unwrap();
        assert_eq!(&other[3..8], &[RECURSION, 0, 1, 0, 0]);
    }

    #[test]
    fn a_query_that_is_cut_short_has_no_answer() {
        for length in 0..QUERY.len() {
            assert_eq!(answer(&QUERY[..length], &[]), None, "{length}");
        }
    }
}
