//! The TLS records in which flights leave.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use host_tests::{OutgoingMessage, PipeliningAfterMessage, Security};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::LOOPBACK;

/// Application data (RFC 8446, section 5.1).
const DATA: u8 = 23;

/// Carries one connection to a server, and counts what the client encrypts.
struct Relay {
    port: u16,
    records: JoinHandle<usize>,
}

impl Relay {
    fn start(server: &Server) -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = server.address();
        let records = thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(server).unwrap();
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let replies = thread::spawn(move || std::io::copy(&mut &back.0, &mut &back.1));
            let records = carry(&client, &server);
            // The server may have closed already.
            let _ = server.shutdown(Shutdown::Write);
            let _ = replies.join();
            records
        });
        Relay { port, records }
    }

    fn finish(self) -> usize {
        self.records.join().unwrap()
    }
}

/// Returns the number of records of application data.
fn carry(mut client: &TcpStream, mut server: &TcpStream) -> usize {
    let mut header = [0; 5];
    let mut count = 0;
    while client.read_exact(&mut header).is_ok() {
        let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        client.read_exact(&mut body).unwrap();
        count += usize::from(header[0] == DATA);
        // After its answer to QUIT, the server reads no more: the end of TLS is only counted.
        let _ = server.write_all(&[&header[..], &body].concat());
    }
    count
}

/// Postfix reads record by record, and answers each in a segment of its own. The second segment would wait for
/// the acknowledgement of the first, which a client delays by 40 ms.
#[test]
fn the_end_of_a_message_shares_its_record_with_what_is_pipelined_after_it() {
    let envelope = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"];
    let go_ahead = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead";
    let authority = Authority::new();
    let script = Script::new()
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(hello(&["PIPELINING"]))
        .expect_group(&envelope)
        .say(go_ahead)
        .expect_content()
        .expect_group(&envelope)
        .say(&format!("{QUEUED}\r\n{go_ahead}"))
        .expect_content()
        .say(QUEUED)
        .followed_by(quit());
    let server = Server::start([script]);
    let relay = Relay::start(&server);
    let instance = instance();
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(relay.port);
    mailer.set_security(Security::ImplicitTls);
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
    mailer
        .add_trust_anchors(authority.pem().as_bytes())
        .unwrap();
    let message = OutgoingMessage {
        envelope: to_b(),
        message: MESSAGE.to_vec(),
    };
    let outcomes = mailer.send_all(&[message.clone(), message]);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    mailer.close();
    server.finish();
    // Finished, EHLO, the first envelope, two contents, QUIT, and the end of TLS.
    assert_eq!(relay.finish(), 7);
}
